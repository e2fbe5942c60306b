import json
import threading

import psycopg
import pytest

from arqctl.core.errors import InputError
from arqctl.database.migration import Result
from arqctl.database.specification import User, read_specification
from tests.arqctl.database.migrations import ALL, API, REPORTS, SETTLEMENT, execute, run, specification
from tests.arqctl.database.postgres_server import Server, wait_until_blocked

# Only `make test-all` installs PostgreSQL (scripts/install_test_programs).
pytestmark = pytest.mark.slow


def test_the_first_run_creates_all_users_and_the_second_changes_nothing(server: Server) -> None:
    first = run(server, *ALL)
    assert 'CREATE ROLE "api" LOGIN' in first.statements
    assert 'GRANT rds_iam TO "reports"' in first.statements
    assert run(server, *ALL).statements == []


def test_a_new_user_needs_no_other_change(server: Server) -> None:
    run(server, API)
    assert run(server, API, REPORTS).statements == [
        'CREATE ROLE "reports" LOGIN',
        'GRANT rds_iam TO "reports"',
        'GRANT USAGE ON SCHEMA "api" TO "reports"',
        'ALTER DEFAULT PRIVILEGES FOR ROLE "api" IN SCHEMA "api" GRANT SELECT ON TABLES TO "reports"',
    ]


def test_a_user_creates_tables_in_its_schema_without_naming_it(server: Server) -> None:
    run(server, *ALL)
    execute(server, "api", "CREATE TABLE ledger (id serial PRIMARY KEY, amount int)")
    assert execute(server, "api", "INSERT INTO ledger (amount) VALUES (5)", "SELECT amount FROM ledger") == [
        (5,)
    ]
    assert execute(server, "api", "SELECT tablename::text FROM pg_tables WHERE schemaname = 'api'") == [
        ("ledger",)
    ]


def test_no_user_creates_tables_in_the_public_schema(server: Server) -> None:
    execute(server, "dba", "GRANT CREATE ON SCHEMA public TO PUBLIC")
    assert 'REVOKE CREATE ON SCHEMA "public" FROM PUBLIC CASCADE' in run(server, *ALL).statements
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        execute(server, "api", "CREATE TABLE public.ledger (id int)")


def test_a_writer_changes_rows_of_later_tables_but_not_the_tables(server: Server) -> None:
    run(server, *ALL)
    execute(server, "api", "CREATE TABLE ledger (id serial PRIMARY KEY, amount int)")
    execute(server, "settlement", "INSERT INTO api.ledger (amount) VALUES (5)")
    execute(server, "settlement", "UPDATE api.ledger SET amount = 6", "DELETE FROM api.ledger")
    for forbidden in ("DROP TABLE api.ledger", "CREATE TABLE api.mine (id int)", "TRUNCATE api.ledger"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            execute(server, "settlement", forbidden)


def test_a_reader_reads_existing_and_later_tables_and_writes_none(server: Server) -> None:
    run(server, API)
    execute(server, "api", "CREATE TABLE earlier (id int)")
    run(server, *ALL)
    execute(server, "api", "CREATE TABLE later (id int)")
    for table in ("earlier", "later"):
        assert execute(server, "reports", f"TABLE api.{table}") == []
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            execute(server, "reports", f"TRUNCATE api.{table}")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            execute(server, "reports", f"COPY api.{table} FROM STDIN")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        execute(server, "reports", "CREATE SCHEMA mine")


def test_access_that_is_no_longer_specified_is_revoked(server: Server) -> None:
    run(server, *ALL)
    execute(server, "api", "CREATE TABLE ledger (id serial PRIMARY KEY)")
    reader = User(name="settlement", has_schema=True, reads=("api",))
    run(server, API, reader, REPORTS)
    assert execute(server, "settlement", "SELECT * FROM api.ledger") == []
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        execute(server, "settlement", "DELETE FROM api.ledger")
    run(server, API, User(name="settlement", has_schema=True), REPORTS)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="schema api"):
        execute(server, "settlement", "SELECT * FROM api.ledger")


def test_a_removed_user_stays_with_its_tables_and_is_reported(server: Server) -> None:
    run(server, *ALL)
    execute(server, "api", "CREATE TABLE ledger (id int)")
    result = run(server, SETTLEMENT.model_copy(update={"writes": ()}))
    assert result.other_access == ["api logs in with IAM", "reports logs in with IAM"]
    assert execute(server, "api", "SELECT * FROM ledger") == []


def test_a_failure_changes_nothing(server: Server) -> None:
    execute(server, "rdsadmin", "CREATE SCHEMA settlement")
    with pytest.raises(InputError, match="settlement: is a schema that rdsadmin owns"):
        run(server, *ALL)
    assert execute(server, "dba", "SELECT rolname FROM pg_roles WHERE rolname = 'api'") == []


@pytest.mark.parametrize("attribute", ["SUPERUSER", "CREATEROLE", "CREATEDB", "REPLICATION", "BYPASSRLS"])
def test_an_administrator_is_not_taken_over(server: Server, attribute: str) -> None:
    execute(server, "rdsadmin", f"CREATE ROLE api LOGIN {attribute}")
    with pytest.raises(InputError, match="api: is a role that administers the server"):
        run(server, *ALL)


def test_the_master_user_does_not_stay_a_member_of_the_users(server: Server) -> None:
    run(server, *ALL)
    membership = "SELECT rolname::text FROM pg_roles WHERE pg_has_role('dba', oid, 'USAGE')"
    assert {name for (name,) in execute(server, "dba", membership)} == {
        "dba",
        "rds_superuser",
        "rds_iam",
        "pg_database_owner",
        "pg_read_all_data",
    }


def test_migrations_at_the_same_time_wait_for_each_other(server: Server) -> None:
    results: list[Result] = []
    with server.connect("dba") as holder, holder.transaction():
        holder.execute("SELECT pg_advisory_xact_lock(4711204836)")
        threads = [threading.Thread(target=lambda: results.append(run(server, *ALL))) for _ in range(3)]
        for thread in threads:
            thread.start()
        wait_until_blocked(server, 3)
    for thread in threads:
        thread.join()
    assert sorted(bool(result.statements) for result in results) == [False, False, True]


def test_a_role_without_login_gets_it(server: Server) -> None:
    execute(server, "dba", "CREATE ROLE api NOLOGIN")
    assert run(server, API).statements[:2] == ['ALTER ROLE "api" LOGIN', 'GRANT rds_iam TO "api"']


def test_new_users_connect_even_if_public_may_not(server: Server) -> None:
    execute(server, "dba", "REVOKE CONNECT ON DATABASE app FROM PUBLIC")
    assert 'GRANT CONNECT ON DATABASE "app" TO "api"' in run(server, API).statements
    assert execute(server, "api", "SELECT 1") == [(1,)]


def test_a_server_without_rds_iam_is_rejected(server: Server) -> None:
    execute(server, "rdsadmin", "ALTER ROLE rds_iam RENAME TO other")
    try:
        with pytest.raises(InputError, match="has no role rds_iam"):
            run(server, *ALL)
    finally:
        execute(server, "rdsadmin", "ALTER ROLE other RENAME TO rds_iam")


@pytest.mark.parametrize(
    "name",
    ['api"; DROP TABLE ledger; --', "Api", "pg_monitor", "rds_superuser", "rdsadmin", "public", "a" * 64, ""],
)
def test_odd_names_are_refused(name: str) -> None:
    text = specification(API).model_dump_json().replace('"name":"api"', '"name":' + repr_json(name))
    with pytest.raises(InputError, match=r"users\.0\.name"):
        read_specification(text, source="users.json")


def repr_json(text: str) -> str:
    return '"' + text.replace('"', '\\"') + '"'


def test_the_output_can_be_quoted_as_terraform_prints_it_in_json() -> None:
    expected = specification(API)
    text = json.dumps(expected.model_dump_json())
    assert read_specification(text, source="users.json") == expected


@pytest.mark.parametrize("text", ['"', '"text"', "[]", '{"database_users": {"value": ""}}'])
def test_other_texts_name_the_command_that_writes_the_file(text: str) -> None:
    with pytest.raises(InputError, match="terraform output -raw database_users"):
        read_specification(text, source="users.json")


@pytest.mark.parametrize(
    ("users", "message"),
    [
        ((API, API), "different names"),
        ((User(name="dba", has_schema=True),), "dba is the master user"),
        ((REPORTS,), "no user owns the schema api"),
    ],
)
def test_inconsistent_users_are_refused(users: tuple[User, ...], message: str) -> None:
    text = specification().model_copy(update={"users": users}).model_dump_json()
    with pytest.raises(InputError, match=message):
        read_specification(text, source="users.json")


def test_a_reader_of_all_tables_reads_every_schema_and_writes_none(server: Server) -> None:
    reader = User(name="backup", has_schema=False, reads_all=True)
    assert 'GRANT pg_read_all_data TO "backup"' in run(server, API, SETTLEMENT, reader).statements
    for schema in ("api", "settlement"):
        execute(server, schema, f"CREATE TABLE {schema}.ledger (id serial PRIMARY KEY, amount int)")
        assert execute(server, "backup", f"TABLE {schema}.ledger") == []
    # pg_dump reads sequences too.
    execute(server, "backup", "SELECT last_value FROM api.ledger_id_seq")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        execute(server, "backup", "DELETE FROM api.ledger")
    assert run(server, API, SETTLEMENT, reader).statements == []
    assert run(server, API, SETTLEMENT, User(name="backup", has_schema=False)).statements == [
        'REVOKE "pg_read_all_data" FROM "backup" CASCADE'
    ]
