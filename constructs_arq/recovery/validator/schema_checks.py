"""Compares migrations, tables and foreign keys of a restored database with a ledger."""

from typing import Final

from constructs_arq.recovery.validator.checks import Finding
from constructs_arq.recovery.validator.database import Database
from constructs_arq.recovery.validator.ledger_document import Ledger

_EXISTING: Final = "SELECT name FROM unnest(CAST(:names AS text[])) name WHERE to_regclass(name) IS NOT NULL"
_FOREIGN_KEYS: Final = """
SELECT count(*) FROM pg_constraint JOIN pg_namespace ON pg_namespace.oid = connamespace
WHERE contype = 'f' AND conparentid = 0 AND nspname !~ '^(pg_|information_schema$)'
"""
_MOST_NAMES: Final = 5


def find_tables(database: Database, ledger: Ledger) -> frozenset[str]:
    """Return the names of the ledger's tables that the database has."""
    rows = database.rows(_EXISTING, names=[each.name for each in ledger.tables])
    return frozenset(str(name) for (name,) in rows)


def check_tables(found: frozenset[str], ledger: Ledger) -> Finding:
    """Require all tables of the ledger."""
    if not ledger.tables:
        return Finding("", [f"{ledger.object_key} has no tables, so it proves nothing"])
    missing = [each.name for each in ledger.tables if each.name not in found]
    if missing:
        return Finding("", [f"{len(missing)} tables are missing: {shorten(missing)}"])
    return Finding(f"all {len(ledger.tables)} tables exist")


def check_migrations(database: Database, found: frozenset[str], ledger: Ledger) -> Finding:
    """Require the newest migration of the ledger. Later ones can follow it before the recovery point."""
    table = ledger.migration_table
    if table not in found:
        return Finding("", [f"the table of migrations {table} is missing"])
    # The name is one that PostgreSQL found, with its quotes.
    ((head, has_ledgers),) = database.rows(
        f"SELECT max(name), count(*) FILTER (WHERE name = :head) FROM {table}",  # noqa: S608
        head=ledger.migration_head,
    )
    if not has_ledgers:
        return Finding("", [f"the newest migration is {head}, and the ledger has {ledger.migration_head}"])
    return Finding(f"the newest migration is {head}, and the ledger has {ledger.migration_head}")


def check_foreign_keys(database: Database, found: frozenset[str], ledger: Ledger) -> Finding:
    """Require as many foreign keys as the ledger has, if no migration followed it."""
    number = int(str(database.value(_FOREIGN_KEYS)))
    detail = f"{number} foreign keys, and the ledger has {ledger.foreign_keys}"
    if has_head(database, found, ledger) and number != ledger.foreign_keys:
        return Finding("", [detail])
    return Finding(detail)


def has_head(database: Database, found: frozenset[str], ledger: Ledger) -> bool:
    """Return whether no migration followed the ledger."""
    if ledger.migration_table not in found:
        return False
    head = database.value(f"SELECT max(name) FROM {ledger.migration_table}")  # noqa: S608 - PostgreSQL found it
    return head == ledger.migration_head


def shorten(names: list[str]) -> str:
    """Return up to five names as text."""
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more
