"""Applies the migrations that a database does not have yet."""

from collections.abc import Mapping, Sequence

from psycopg import Connection, sql

from services.api.migrations.files import Migration, MigrationError

# "shop-api" as a number. Runs at the same time wait for each other.
_LOCK = 0x73686F7061706931
# A statement that waits longer for a table would block all requests that come after it.
_SECONDS_TO_LOCK_TABLES = 5

_MAKE_TABLE = """
CREATE TABLE IF NOT EXISTS api.migrations (
    number integer PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)
"""
_RECORD = "INSERT INTO api.migrations (number, name, checksum) VALUES (%s, %s, %s)"

AnyConnection = Connection[tuple[object, ...]]


def apply_migrations(connection: AnyConnection, migrations: Sequence[Migration]) -> list[str]:
    """Apply the missing migrations, each in a transaction, and return their names.

    Later migrations that the database has are no error: after a rollback, the release before runs with them.

    Raises:
        MigrationError: if a file changed after it was applied.
    """
    connection.autocommit = True
    connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
    try:
        connection.execute(_MAKE_TABLE)
        missing = _find_missing(migrations, _read_applied(connection))
        for migration in missing:
            _apply(connection, migration)
    finally:
        connection.execute("SELECT pg_advisory_unlock(%s)", (_LOCK,))
    return [migration.name for migration in missing]


def _read_applied(connection: AnyConnection) -> dict[int, str]:
    rows = connection.execute("SELECT number, checksum FROM api.migrations").fetchall()
    return {int(str(number)): str(checksum) for number, checksum in rows}


def _find_missing(migrations: Sequence[Migration], applied: Mapping[int, str]) -> list[Migration]:
    for migration in migrations:
        if applied.get(migration.number, migration.checksum) != migration.checksum:
            raise MigrationError(
                f"{migration.name} changed after it was applied: restore it, and write a new file"
            )
    return [migration for migration in migrations if migration.number not in applied]


def _apply(connection: AnyConnection, migration: Migration) -> None:
    with connection.transaction():
        timeout = sql.SQL("SET LOCAL lock_timeout = {}").format(f"{_SECONDS_TO_LOCK_TABLES}s")
        connection.execute(timeout)
        connection.execute(migration.sql.encode())
        connection.execute(_RECORD, (migration.number, migration.name, migration.checksum))
