"""The SQL files of the migrations."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
_NAME = re.compile(r"(\d{4})-[a-z0-9]+(-[a-z0-9]+)*\.sql")


class MigrationError(Exception):
    """The files, or those that the database has, can't be applied. The message contains the fix."""


@dataclass(frozen=True)
class Migration:
    """A file with SQL statements, which are one transaction."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """The hash of the statements."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def read_migrations(folder: Path = FOLDER) -> list[Migration]:
    """Return the files in order.

    Raises:
        MigrationError: if a name is invalid, or the numbers are not 1, 2, 3 and so on.
    """
    migrations = [_read(path) for path in sorted(folder.glob("*.sql"))]
    for expected, migration in enumerate(migrations, start=1):
        if migration.number != expected:
            raise MigrationError(f"{migration.name} must have the number {expected:04}: rename it")
    return migrations


def _read(path: Path) -> Migration:
    match = _NAME.fullmatch(path.name)
    if match is None:
        raise MigrationError(f'{path.name} must have a name such as "0001-ledger.sql": rename it')
    return Migration(int(match[1]), path.name, path.read_text())
