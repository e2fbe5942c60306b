"""All checks of a restored database, in order."""

import datetime as dt
from collections.abc import Sequence

from constructs_arq.recovery.validator.checks import Check, NamedCheck, run_checks
from constructs_arq.recovery.validator.checksum_checks import check_checksums
from constructs_arq.recovery.validator.content_checks import check_contents
from constructs_arq.recovery.validator.database import Database
from constructs_arq.recovery.validator.ledger_document import Ledger
from constructs_arq.recovery.validator.reference_checks import check_references
from constructs_arq.recovery.validator.row_checks import check_rows
from constructs_arq.recovery.validator.schema_checks import (
    check_foreign_keys,
    check_migrations,
    check_tables,
    find_tables,
)


def check_database(
    database: Database, *, ledgers: Sequence[Ledger], recovery_point: dt.datetime
) -> list[Check]:
    """Compare a database with the ledgers before its recovery point, the newest one first.

    Raises:
        OutOfTimeError: if there is no time for the first check.
    """
    newest = ledgers[0]
    found = find_tables(database, newest)
    checks: list[NamedCheck] = [
        ("tables", lambda: check_tables(found, newest)),
        ("migrations", lambda: check_migrations(database, found, newest)),
        ("foreign-keys", lambda: check_foreign_keys(database, found, newest)),
        ("contents", lambda: check_contents(database, found, ledgers, recovery_point)),
        ("rows", lambda: check_rows(database, found, ledgers, recovery_point)),
        ("checksums", lambda: check_checksums(database, found, newest)),
        ("references", lambda: check_references(database)),
    ]
    return list(run_checks(checks, database.limited))
