"""The shop's database with entries, and physical copies of it, which are what a restored volume has."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from arqctl.database.specification import User
from services.api.migrations.files import read_migrations
from services.api.migrations.runner import apply_migrations
from tests.arqctl.database.migrations import API, RECEIPTS, SETTLEMENT, run
from tests.arqctl.database.postgres_server import Server

BACKUP = User(name="backup", has_schema=False, reads_all=True)
VALIDATOR = User(name="restore_validator", has_schema=False, reads_all=True)
PASSWORD = "of a user that only the test has"  # noqa: S105
ACCOUNTS, ENTRIES = 200, 3000
_FILL = """
INSERT INTO api.accounts (customer_id, currency)
    SELECT gen_random_uuid(), 'EUR' FROM generate_series(1, {accounts});
INSERT INTO api.entries (account_id, idempotency_key, amount_minor, reference)
    SELECT id, gen_random_uuid(), n, 'entry ' || n FROM generate_series(1, {entries}) n
    JOIN (SELECT id, row_number() OVER () AS number FROM api.accounts) a ON number = 1 + n % {accounts};
INSERT INTO api.receipts (entry_id, content)
    SELECT id, 'receipt ' || id FROM api.entries WHERE id % 3 = 0;
INSERT INTO api.settlements VALUES ('2026-11-29', 'EUR', {entries}, 4501500);
UPDATE api.accounts
    SET balance_minor = (SELECT sum(amount_minor) FROM api.entries WHERE account_id = accounts.id);
"""


@dataclass(frozen=True)
class ShopDatabase:
    """The database `app` of a server, and the file with the password of its users."""

    server: Server
    password_file: Path

    def execute(self, *statements: str) -> None:
        """Change the database as its superuser."""
        with self.server.connect("rdsadmin") as connection:
            for statement in statements:
                connection.execute(statement.encode())

    @property
    def variables(self) -> Mapping[str, str]:
        """The variables of the programs that read it."""
        return {
            "DATABASE_HOST": "localhost",
            "DATABASE_PORT": str(self.server.port),
            "DATABASE_CA_FILE": str(self.server.ca_file),
            "DATABASE_PASSWORD_FILE": str(self.password_file),
            "APPEND_ONLY_TABLES": "api.entries",
        }

    @contextmanager
    def restored(self, *changes: str) -> Iterator[None]:
        """Yield while `app` is a copy of the files, after some changes. The original is back at the end."""
        with self.server.connect("rdsadmin", "postgres") as connection:
            connection.execute("ALTER DATABASE app RENAME TO original")
            connection.execute("CREATE DATABASE app TEMPLATE original OWNER dba")
        try:
            self.execute(*changes)
            yield
        finally:
            with self.server.connect("rdsadmin", "postgres") as connection:
                connection.execute("DROP DATABASE app WITH (FORCE)")
                connection.execute("ALTER DATABASE original RENAME TO app")


@contextmanager
def filled_database(
    server: Server, folder: Path, *, accounts: int = ACCOUNTS, entries: int = ENTRIES
) -> Iterator[ShopDatabase]:
    password_file = folder / "password"
    password_file.write_text(PASSWORD)
    with server.database():
        run(server, API, SETTLEMENT, RECEIPTS, BACKUP, VALIDATOR)
        with server.connect("api") as connection:
            apply_migrations(connection, read_migrations())
        database = ShopDatabase(server, password_file)
        database.execute(
            *(f"ALTER ROLE {user.name} PASSWORD '{PASSWORD}'" for user in (BACKUP, VALIDATOR)),
            _FILL.format(accounts=accounts, entries=entries),
        )
        yield database
