"""Applies the migrations: `python -m services.api.migrations`. It needs only the database's variables."""

import os
import sys

import psycopg

from services.api.database import connect
from services.api.migrations.files import MigrationError, read_migrations
from services.api.migrations.runner import apply_migrations
from services.api.settings import SettingsError, read_database_settings


def main() -> int:
    """Apply the missing migrations. Return 2 if the settings are invalid, and 1 if a migration fails."""
    try:
        settings = read_database_settings(os.environ)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        with connect(settings) as connection:
            applied = apply_migrations(connection, read_migrations())
    except (MigrationError, OSError, psycopg.Error) as error:
        print(f"The migration failed: {error}", file=sys.stderr)
        return 1
    print(*(f"applied {name}" for name in applied), f"{len(applied)} new migrations", sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
