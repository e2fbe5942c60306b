"""The database and the cache of the tests, and the environment variables that name them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from services.api.migrations.files import read_migrations
from services.api.migrations.runner import apply_migrations
from tests.arqctl.database.migrations import API, RECEIPTS, SETTLEMENT, run
from tests.arqctl.database.postgres_server import Server
from tests.reference_app.redis_server import PASSWORD as CACHE_PASSWORD
from tests.reference_app.redis_server import RedisServer

PASSWORD = "of a user that only the test has"  # noqa: S105


@dataclass(frozen=True)
class Dependencies:
    """A database whose users the migrator made, and a cache."""

    postgres: Server
    redis: RedisServer
    folder: Path

    @property
    def database_environ(self) -> Mapping[str, str]:
        """The variables of programs that use only the database, as the user `api`."""
        return {
            "DATABASE_HOST": "localhost",
            "DATABASE_PORT": str(self.postgres.port),
            "DATABASE_PASSWORD_FILE": str(self.folder / "database-password"),
            "DATABASE_CA_FILE": str(self.postgres.ca_file),
        }

    @property
    def environ(self) -> Mapping[str, str]:
        """The variables of the API."""
        return {
            **self.database_environ,
            "CACHE_HOST": "localhost",
            "CACHE_PORT": str(self.redis.port),
            "CACHE_PASSWORD_FILE": str(self.folder / "cache-password"),
            "SECURE_COOKIES": "false",
        }

    def migrate(self) -> list[str]:
        """Apply the migrations of the API."""
        with self.postgres.connect("api") as connection:
            return apply_migrations(connection, read_migrations())


@contextmanager
def prepared(postgres: Server, redis: RedisServer, folder: Path) -> Iterator[Dependencies]:
    """Yield with a new database, without tables, and an empty cache."""
    (folder / "database-password").write_text(f"{PASSWORD}\n")
    (folder / "cache-password").write_text(f"{CACHE_PASSWORD}\n")
    with postgres.database():
        run(postgres, API, SETTLEMENT, RECEIPTS)
        with postgres.connect("dba") as connection:
            for user in ("api", "settlement", "receipts"):
                connection.execute(f"ALTER ROLE {user} PASSWORD '{PASSWORD}'".encode())
        yield Dependencies(postgres, redis, folder)
    redis.client().flushall()
