"""Privileges that somebody granted by hand: a migration revokes them, or reports them."""

import psycopg
import pytest

from arqctl.core.errors import InputError
from tests.arqctl.database.migrations import ALL, API, REPORTS, execute, run
from tests.arqctl.database.postgres_server import Server

# Only `make test-all` installs PostgreSQL (scripts/install_test_programs).
pytestmark = pytest.mark.slow

USAGE = "GRANT USAGE ON SCHEMA api TO legacy"


@pytest.fixture
def migrated(server: Server) -> Server:
    """A server with all users and a table of `api`."""
    run(server, *ALL)
    execute(server, "api", "CREATE TABLE ledger (id serial PRIMARY KEY, amount int)")
    assert run(server, *ALL).statements == []
    return server


@pytest.mark.parametrize(
    ("grantor", "grant", "attack"),
    [
        ("api", "GRANT ALL ON api.ledger TO PUBLIC", "DELETE FROM api.ledger"),
        ("api", "GRANT ALL ON SEQUENCE api.ledger_id_seq TO PUBLIC", "SELECT nextval('api.ledger_id_seq')"),
        ("api", "GRANT TRUNCATE ON api.ledger TO reports", "TRUNCATE api.ledger"),
        ("api", "GRANT UPDATE (amount) ON api.ledger TO reports", "UPDATE api.ledger SET amount = 0"),
        ("api", "GRANT UPDATE (amount) ON api.ledger TO PUBLIC", "UPDATE api.ledger SET amount = 0"),
        ("api", "GRANT CREATE ON SCHEMA api TO reports", "CREATE TABLE api.mine (id int)"),
        ("api", "GRANT CREATE ON SCHEMA api TO PUBLIC", "CREATE TABLE api.mine (id int)"),
        ("dba", "GRANT CREATE ON SCHEMA public TO reports", "CREATE TABLE public.mine (id int)"),
        ("dba", "GRANT CREATE ON DATABASE app TO reports", "CREATE SCHEMA mine"),
        ("dba", "GRANT CREATE ON DATABASE app TO PUBLIC", "CREATE SCHEMA mine"),
        ("rdsadmin", "GRANT api TO reports", "DROP TABLE api.ledger"),
        ("rdsadmin", "GRANT pg_write_all_data TO reports", "DELETE FROM api.ledger"),
        ("rdsadmin", "GRANT rds_iam TO reports WITH ADMIN OPTION", "GRANT rds_iam TO settlement"),
        (
            "api",
            "GRANT SELECT ON api.ledger TO reports WITH GRANT OPTION",
            "GRANT SELECT ON api.ledger TO rds_iam",
        ),
    ],
)
def test_an_excessive_grant_is_revoked(migrated: Server, grantor: str, grant: str, attack: str) -> None:
    execute(migrated, grantor, grant)
    statements = run(migrated, *ALL).statements
    assert [statement.split()[0] for statement in statements] == ["REVOKE"]
    if "GRANT OPTION" in grant:
        # PostgreSQL reports a missing grant option as a warning, and grants nothing.
        execute(migrated, "reports", attack)
        privilege = "SELECT has_table_privilege('rds_iam', 'api.ledger', 'SELECT')"
        assert execute(migrated, "rdsadmin", privilege) == [(False,)]
    else:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            execute(migrated, "reports", attack)
    assert run(migrated, *ALL).statements == []


@pytest.mark.parametrize("scope", ["", "IN SCHEMA api"])
@pytest.mark.parametrize("grantee", ["PUBLIC", "reports"])
def test_excessive_default_privileges_are_revoked(migrated: Server, scope: str, grantee: str) -> None:
    execute(migrated, "api", f"ALTER DEFAULT PRIVILEGES {scope} GRANT DELETE ON TABLES TO {grantee}")
    assert len(run(migrated, *ALL).statements) == 1
    execute(migrated, "api", "CREATE TABLE later (id int)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        execute(migrated, "reports", "DELETE FROM api.later")
    assert run(migrated, *ALL).statements == []


def test_a_specified_privilege_survives_the_revocation_of_its_grantor(migrated: Server) -> None:
    execute(migrated, "api", "REVOKE SELECT ON ledger FROM reports")
    execute(migrated, "api", "GRANT SELECT ON ledger TO settlement WITH GRANT OPTION")
    execute(migrated, "settlement", "GRANT SELECT ON api.ledger TO reports")
    run(migrated, *ALL)
    assert execute(migrated, "reports", "SELECT * FROM api.ledger") == []
    assert run(migrated, *ALL).statements == []


def test_a_table_without_a_privilege_gets_it_though_two_grantors_gave_another_twice(migrated: Server) -> None:
    execute(migrated, "rdsadmin", "CREATE ROLE legacy")
    execute(migrated, "api", "CREATE TABLE later (id int)", "REVOKE SELECT ON later FROM reports")
    execute(migrated, "api", "GRANT SELECT ON ledger TO legacy WITH GRANT OPTION", USAGE)
    execute(migrated, "rdsadmin", "SET ROLE legacy", "GRANT SELECT ON api.ledger TO reports")
    run(migrated, *ALL)
    assert execute(migrated, "reports", "SELECT * FROM api.later") == []


@pytest.mark.parametrize("owner", ["reports", "legacy"])
def test_a_table_that_another_role_owns_is_rejected(migrated: Server, owner: str) -> None:
    execute(migrated, "rdsadmin", "CREATE ROLE legacy", f"ALTER TABLE api.ledger OWNER TO {owner}")
    with pytest.raises(InputError, match=f"api: is a schema with tables that {owner} owns"):
        run(migrated, *ALL)


def test_a_privilege_that_another_role_granted_is_an_error(migrated: Server) -> None:
    execute(migrated, "rdsadmin", "CREATE ROLE legacy")
    execute(migrated, "api", "GRANT DELETE ON ledger TO legacy WITH GRANT OPTION", USAGE)
    execute(migrated, "rdsadmin", "SET ROLE legacy", "GRANT DELETE ON api.ledger TO reports")
    with pytest.raises(InputError, match="ignored REVOKE DELETE ON ALL TABLES"):
        run(migrated, *ALL)


def test_access_of_other_roles_is_reported_and_unchanged(migrated: Server) -> None:
    execute(migrated, "rdsadmin", "CREATE ROLE legacy LOGIN", "GRANT api TO legacy")
    execute(
        migrated, "api", "GRANT UPDATE (amount) ON ledger TO legacy", "GRANT CREATE ON SCHEMA api TO legacy"
    )
    execute(migrated, "dba", "GRANT CREATE ON DATABASE app TO legacy")
    result = run(migrated, API, REPORTS)
    assert result.other_access == [
        "legacy has CREATE on the database app",
        "legacy has CREATE on the schema api",
        "legacy has UPDATE on tables in api",
        "legacy is a member of api",
        "settlement has DELETE, INSERT, SELECT, UPDATE on tables in api",
        "settlement has SELECT, USAGE on sequences in api",
        "settlement has USAGE on the schema api",
        "settlement logs in with IAM",
    ]
    assert execute(migrated, "legacy", "SELECT * FROM api.ledger") == []
