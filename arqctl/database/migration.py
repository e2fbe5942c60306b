"""Creates the users in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from arqctl.core.errors import InputError, Problem
from arqctl.database.catalog import Catalog, read_catalog
from arqctl.database.other_access import list_other_access
from arqctl.database.specification import Specification
from arqctl.database.statements import Statement, list_statements, quote

if TYPE_CHECKING:
    from psycopg import Connection

# Any constant number. Two migrations of one database take the same lock.
_LOCK = 4_711_204_836
_LOCK_TIMEOUT = "5min"
# A revoked grant option takes the privileges with it that its holder granted. The second round grants them.
_ROUNDS = 2


@dataclass(frozen=True)
class Result:
    """The statements that ran, and the access of roles that the specification doesn't name."""

    statements: Sequence[str]
    other_access: Sequence[str]


def migrate(connection: "Connection", specification: Specification) -> Result:
    """Create users, schemas and privileges that are missing, and revoke privileges that are too many.

    Everything happens in one transaction. A second migration at the same time waits.

    Raises:
        InputError: if a name has another purpose in the database, or PostgreSQL rejects a statement.
    """
    from psycopg import Error  # noqa: PLC0415 - only this command needs the extra

    try:
        with connection.transaction():
            return _migrate(connection, specification)
    except Error as error:
        where = f"{specification.host}/{specification.database}"
        fix = "Nothing was changed. Check that the session is the master user's"
        raise InputError([Problem(where, f"PostgreSQL reports: {error}".strip(), fix)]) from error


def _migrate(connection: "Connection", specification: Specification) -> Result:
    connection.execute("SELECT set_config('lock_timeout', %s, true)", (_LOCK_TIMEOUT,))
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
    executed: list[str] = []
    for _ in range(_ROUNDS):
        catalog = read_catalog(connection, specification)
        statements = list_statements(specification, catalog)
        _execute(connection, statements, catalog)
        executed += [statement.sql for statement in statements]
    after = read_catalog(connection, specification)
    if left := list_statements(specification, after):
        what = "PostgreSQL ignored " + "; ".join(statement.sql for statement in left)
        fix = "Nothing was changed. Run them as the owner of the objects, or as the grantor of the privileges"
        raise InputError([Problem(specification.host, what, fix)])
    return Result(executed, list_other_access(specification, after))


def _execute(connection: "Connection", statements: Sequence[Statement], catalog: Catalog) -> None:
    """Execute the statements. The session is a member of their owners only for that time."""
    joined: set[str] = set()
    for statement in statements:
        owner = statement.owner
        if owner and owner not in catalog.acts_as | joined:
            _run(connection, f"GRANT {quote(owner)} TO CURRENT_USER")
            joined.add(owner)
        _run(connection, statement.sql)
    for owner in sorted(joined):
        _run(connection, f"REVOKE {quote(owner)} FROM CURRENT_USER")


def _run(connection: "Connection", sql: str) -> None:
    # As text, psycopg accepts literals only, against injection. `quote` makes every name here safe.
    connection.execute(sql.encode())
