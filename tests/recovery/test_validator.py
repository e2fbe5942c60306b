"""The ledger of a real PostgreSQL, and the validator on physical copies: equal ones, and corrupted ones."""

import datetime as dt
import json
import os
from collections.abc import Callable

import pytest

from constructs_arq.recovery.validator.handler import Result
from services.backup import ledger
from services.backup.connection import connect
from services.backup.settings import LedgerSettings, read_settings
from services.backup.settled_keys import UnsettledError, find_settled_keys
from services.backup.snapshot import snapshot
from services.backup.summaries import summarize
from services.backup.tables import list_tables
from tests.recovery.ledger_bucket import NAME, VARIABLES, LedgerBucket
from tests.recovery.restore_job import validate
from tests.recovery.shop_database import ENTRIES, ShopDatabase

pytestmark = pytest.mark.slow

Validate = Callable[..., Result]


def test_the_ledger_has_all_tables_of_one_time(bucket: LedgerBucket, ledger_key: str) -> None:
    found = json.loads(bucket.read(ledger_key))
    tables = {each["name"]: each for each in found["tables"]}
    assert list(tables) == [
        f"api.{name}"
        for name in ("accounts", "entries", "migrations", "receipt_requests", "receipts", "settlements")
    ]
    assert (found["migration_head"], found["foreign_keys"]) == ("0004-receipt-requests.sql", 3)
    assert ledger_key == f"ledger/{dt.datetime.fromisoformat(found['taken_at']):%Y-%m-%dT%H%M%SZ}.json"
    (segment,) = tables["api.entries"]["key_range"]["segments"]
    assert (tables["api.entries"]["rows"], segment["rows"]) == (ENTRIES, ENTRIES)
    assert tables["api.entries"]["key_range"]["through"] == ENTRIES
    assert len(tables["api.accounts"]["samples"]) == 100
    # The validator can't reach the site of the certificates.
    assert bucket.read("certificates/global-bundle.pem").startswith(b"-----BEGIN CERTIFICATE-----")


def test_an_equal_copy_is_valid(run: Validate, ledger_key: str) -> None:
    result = run()
    assert result["valid"], result
    assert (result["message"], result["ledger"]) == ("7 checks passed", ledger_key)
    assert result["restore"]
    assert (result["restore"]["seconds"], result["restore"]["bytes"]) == (21 * 60, 20 * 1024**3)
    details = {each["name"]: each["detail"] for each in result["checks"]}
    names = ["tables", "migrations", "foreign-keys", "contents", "rows", "checksums", "references"]
    assert list(details) == names
    assert details["checksums"] == "4 tables are equal"
    assert details["contents"].endswith(" are equal, 0 were changed, and 0 do not exist")


def test_changes_after_the_ledger_are_no_loss(run: Validate) -> None:
    """New entries, a changed balance, a later migration with a new column, and a taken receipt request."""
    result = run(
        "INSERT INTO api.entries (account_id, idempotency_key, amount_minor, reference) "
        "SELECT account_id, gen_random_uuid(), 1, 'later' FROM api.entries",
        "UPDATE api.accounts SET balance_minor = balance_minor + 1 WHERE currency = 'EUR' AND random() < 0.5",
        "ALTER TABLE api.accounts ADD COLUMN closed_at timestamptz",
        "ALTER TABLE api.settlements RENAME COLUMN entries TO entry_count",
        "INSERT INTO api.migrations VALUES (5, '0005-closed-accounts.sql', 'of the test')",
        "ALTER TABLE api.receipts DROP CONSTRAINT receipts_entry_id_fkey",
    )
    assert result["valid"], result


def test_a_queue_may_be_full_at_the_recovery_point(run: Validate) -> None:
    """The ledger is taken when nothing waits, and the backup in a busy hour."""
    result = run("INSERT INTO api.receipt_requests SELECT id FROM api.entries")
    assert result["valid"], result
    details = {each["name"]: each["detail"] for each in result["checks"]}
    assert details["rows"].endswith("may have any number: api.receipt_requests")
    assert details["checksums"] == "3 tables are equal; changed after the ledger: api.receipt_requests"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (
            ["UPDATE api.receipts SET content = 'lost' WHERE entry_id % 10 < 8"],
            "sampled rows are unchanged, and 50 must be",
        ),
        (
            [
                "DELETE FROM api.receipts",
                "INSERT INTO api.receipts (entry_id, content) "
                "SELECT id, '' FROM api.entries WHERE id % 3 = 1",
            ],
            "api.receipts: 0 of 100 sampled rows exist, and 50 must",
        ),
    ],
)
def test_a_change_of_most_rows_is_a_loss_after_days_without_changes(
    run: Validate, bucket: LedgerBucket, ledger_key: str, changes: list[str], problem: str
) -> None:
    """The number of rows is the same."""
    _add_earlier_ledgers(bucket, ledger_key)
    assert run()["valid"]
    result = run(*changes)
    assert not result["valid"]
    assert problem in result["message"]


def _add_earlier_ledgers(bucket: LedgerBucket, key: str) -> None:
    """Nothing has changed for two days."""
    found = json.loads(bucket.read(key))
    for days in (1, 2):
        taken_at = dt.datetime.fromisoformat(found["taken_at"]) - dt.timedelta(days=days)
        text = json.dumps({**found, "taken_at": taken_at.isoformat()}).encode()
        name = f"ledger/{taken_at:%Y-%m-%dT%H%M%SZ}.json"
        bucket.s3.put_object(Bucket=NAME, Key=name, Body=text, ChecksumAlgorithm="SHA256")


CORRUPTIONS = {
    "missing entries": (
        ["DELETE FROM api.receipts WHERE entry_id = 3", "DELETE FROM api.entries WHERE id = 3"],
        ("contents", "has 2999 rows, and the ledger has 3000"),
    ),
    "changed entry": (
        ["UPDATE api.entries SET reference = 'x' WHERE id = 7"],
        (
            "contents",
            "api.entries with id from -9223372036854775808 to 3000 has other values than the ledger",
        ),
    ),
    "missing accounts": (
        [
            "SET session_replication_role = replica",
            "DELETE FROM api.accounts WHERE ctid IN (SELECT ctid FROM api.accounts LIMIT 50)",
        ],
        ("rows", "api.accounts has 150 rows, and must have from 170 to 230"),
    ),
    "changed accounts": (
        ["UPDATE api.accounts SET balance_minor = 0"],
        ("contents", "api.accounts: 0 of 100 sampled rows are unchanged, and 5 must be"),
    ),
    "dangling reference": (
        [
            "SET session_replication_role = replica",
            "DELETE FROM api.accounts WHERE id = (SELECT account_id FROM api.entries WHERE id = 1)",
        ],
        ("references", "15 rows of api.entries refer to no row of api.accounts (entries_account_id_fkey)"),
    ),
    "old migration head": (
        ["DELETE FROM api.migrations WHERE number = 4"],
        ("migrations", "the newest migration is 0003-receipts.sql, and the ledger has 0004"),
    ),
    "missing table": (["DROP TABLE api.receipts"], ("tables", "1 tables are missing: api.receipts")),
    "missing constraint": (
        ["ALTER TABLE api.receipts DROP CONSTRAINT receipts_entry_id_fkey"],
        ("foreign-keys", "2 foreign keys, and the ledger has 3"),
    ),
    "missing column": (
        ["ALTER TABLE api.entries DROP COLUMN reference"],
        ("contents", "columns are missing, without a migration: api.entries"),
    ),
    "empty tables": (["TRUNCATE api.accounts CASCADE"], ("rows", "api.entries has 0 rows")),
    "empty database": (
        ["DROP SCHEMA api CASCADE"],
        ("tables", "6 tables are missing: api.accounts, api.entries"),
    ),
}


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_a_corrupted_copy_is_not_valid(run: Validate, kind: str) -> None:
    changes, (check, detail) = CORRUPTIONS[kind]
    result = run(*changes)
    assert not result["valid"]
    failed = {each["name"]: each["detail"] for each in result["checks"] if not each["passed"]}
    assert detail in failed[check]
    assert check in result["message"]
    assert len(result["message"]) <= 1000


def test_a_changed_byte_of_a_row_is_found(
    shop: ShopDatabase, bucket: LedgerBucket, ledger_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A defect of a volume changes bytes, and no transaction has written the row."""
    sampled = _read_sampled_receipts(bucket, ledger_key)
    result = _validate_with_changed_receipt(shop, bucket, monkeypatch, sampled[0])
    assert "1 unchanged rows of api.receipts have other values" in result["message"]


def test_a_changed_byte_of_a_row_that_is_not_sampled_changes_the_checksum(
    shop: ShopDatabase, bucket: LedgerBucket, ledger_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sampled = _read_sampled_receipts(bucket, ledger_key)
    other = next(key for key in range(ENTRIES, 0, -3) if key not in sampled)
    result = _validate_with_changed_receipt(shop, bucket, monkeypatch, other)
    problem = "checksums: nobody has changed api.receipts, and it has other values than the ledger"
    assert result["message"] == f"1 of 7 checks failed: {problem}"


def _read_sampled_receipts(bucket: LedgerBucket, key: str) -> list[int]:
    """Return the keys of four digits: the text of such a receipt is in no other one."""
    tables = {each["name"]: each for each in json.loads(bucket.read(key))["tables"]}
    keys = [int(each["key"][0]) for each in tables["api.receipts"]["samples"]]
    return [each for each in keys if each >= 1000]


def _validate_with_changed_receipt(
    shop: ShopDatabase, bucket: LedgerBucket, monkeypatch: pytest.MonkeyPatch, entry: int
) -> Result:
    before = f"receipt {entry}".encode()
    with shop.restored():
        with shop.server.connect("rdsadmin") as connection:
            row = connection.execute("SELECT pg_relation_filepath('api.receipts')").fetchone()
            assert row
            connection.execute("CHECKPOINT")
        file = shop.server.folder / "data" / str(row[0])
        with shop.server.stopped():
            assert file.read_bytes().count(before)
            file.write_bytes(file.read_bytes().replace(before, before[:-1] + b"x"))
        return validate(shop, bucket, monkeypatch)


def test_keys_of_a_fixed_length_are_found(
    shop: ShopDatabase, bucket: LedgerBucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = (
        "CREATE TABLE api.codes (code character(8), day date, rate numeric(6, 2), "
        "PRIMARY KEY (code, day, rate))",
        "INSERT INTO api.codes SELECT 'code ' || n, '2026-11-30', n / 4.0 FROM generate_series(1, 40) n",
    )
    with shop.restored(*codes):
        for name, value in shop.variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("services.backup.settled_keys._SECONDS_FOR_FIRST_ROW", 0)
        assert ledger.main() == 0
        result = validate(shop, bucket, monkeypatch)
    assert result["valid"], result
    (contents,) = [each["detail"] for each in result["checks"] if each["name"] == "contents"]
    assert contents.endswith("0 were changed, and 0 do not exist")


def test_a_row_of_another_transaction_is_waited_for(
    shop: ShopDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has a smaller key than rows that are there already, so it would look like a corruption later."""
    for name, value in {**VARIABLES, **shop.variables}.items():
        monkeypatch.setenv(name, value)
    settings = read_settings(LedgerSettings, os.environ)
    insert = (
        b"INSERT INTO api.entries (account_id, idempotency_key, amount_minor, reference) "
        b"SELECT account_id, gen_random_uuid(), 1, 'late' FROM api.entries WHERE id = 1"
    )
    with shop.restored(), shop.server.connect("rdsadmin") as late, shop.server.connect("rdsadmin") as early:
        late.execute("BEGIN")
        late.execute(insert)
        early.execute(insert)
        waits: list[float] = []

        def sleep(seconds: float) -> None:
            waits.append(seconds)
            if len(waits) == 3:
                late.execute("COMMIT")

        with connect(settings.database) as connection:
            entries = [each for each in list_tables(connection) if each.name == "api.entries"]
            assert find_settled_keys(connection, entries, sleep=sleep) == {"api.entries": ENTRIES + 2}
            late.execute("BEGIN")
            late.execute(insert)
            with pytest.raises(UnsettledError, match="is active since more than 300 seconds"):
                find_settled_keys(connection, entries, sleep=waits.append)


def test_a_large_table_is_compared_in_parts(shop: ShopDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**VARIABLES, **shop.variables}.items():
        monkeypatch.setenv(name, value)
    settings = read_settings(LedgerSettings, os.environ)
    monkeypatch.setattr("services.backup.summaries._KEYS_OF_SEGMENT", 10)
    with snapshot(settings.database) as session:
        (entries,) = [each for each in list_tables(session.connection) if each.name == "api.entries"]
        summary = summarize(session.connection, entries, settled_key=ENTRIES, full_read_bytes=0)
    assert summary["checksum"] is None
    assert summary["key_range"]
    segments = summary["key_range"]["segments"]
    assert [each["rows"] for each in segments] == [10] * 32
    assert (segments[0]["first"] > 1, segments[-1]["last"]) == (True, ENTRIES)
