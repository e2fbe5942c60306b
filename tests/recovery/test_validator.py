"""The ledger of a real PostgreSQL, and the validator on physical copies: equal ones, and corrupted ones."""

import datetime as dt
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from constructs_arq.recovery.validator.database import TransientError
from constructs_arq.recovery.validator.handler import Result
from services.backup import ledger
from services.backup.connection import connect, snapshot
from services.backup.settings import LedgerSettings, read_settings
from services.backup.settled_keys import UnsettledError, find_settled_keys
from services.backup.summaries import summarize
from services.backup.tables import list_tables
from tests.arqctl.database.postgres_server import write_certificates
from tests.recovery.ledger_bucket import NAME, VARIABLES, LedgerBucket
from tests.recovery.restore_job import validate
from tests.recovery.shop_database import ENTRIES, ShopDatabase

pytestmark = pytest.mark.slow

Validate = Callable[..., Result]


@pytest.fixture
def ledger_key(shop: ShopDatabase, bucket: LedgerBucket, monkeypatch: pytest.MonkeyPatch) -> str:
    """Write the ledger of the database, and return its key."""
    for name, value in shop.variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("services.backup.settled_keys._SECONDS_FOR_FIRST_ROW", 0)
    assert ledger.main() == 0
    (key,) = bucket.keys("ledger/")
    return key


@pytest.fixture
def run(
    shop: ShopDatabase, bucket: LedgerBucket, ledger_key: str, monkeypatch: pytest.MonkeyPatch
) -> Validate:
    """Return a function that validates a copy of the database after changes."""
    assert ledger_key

    def validate_copy(*changes: str, **values: float) -> Result:
        with shop.restored(*changes):
            return validate(shop, bucket, monkeypatch, **values)  # type: ignore[arg-type]

    return validate_copy


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
    assert (result["message"], result["ledger"]) == ("6 checks passed", ledger_key)
    names = [each["name"] for each in result["checks"]]
    assert names == ["tables", "migrations", "foreign-keys", "contents", "rows", "references"]


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
    tables = {each["name"]: each for each in json.loads(bucket.read(ledger_key))["tables"]}
    (entry,) = tables["api.receipts"]["samples"][0]["key"]
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
        result = validate(shop, bucket, monkeypatch)
    assert "1 unchanged rows of api.receipts have other values" in result["message"]


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
    with snapshot(settings.database) as connection:
        (entries,) = [each for each in list_tables(connection) if each.name == "api.entries"]
        summary = summarize(connection, entries, settled_key=ENTRIES, full_read_bytes=0)
    assert summary["checksum"] is None
    assert summary["key_range"]
    segments = summary["key_range"]["segments"]
    assert [each["rows"] for each in segments] == [10] * 32
    assert (segments[0]["first"] > 1, segments[-1]["last"]) == (True, ENTRIES)


def test_without_an_earlier_ledger_nothing_is_valid(
    shop: ShopDatabase, bucket: LedgerBucket, ledger_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken_at = dt.datetime.fromisoformat(json.loads(bucket.read(ledger_key))["taken_at"])
    result = validate(shop, bucket, monkeypatch, recovery_point=taken_at - dt.timedelta(seconds=1))
    assert (result["valid"], result["ledger"]) == (False, "")
    assert "s3://production-dumps/ledger/ has no ledger from before" in result["message"]


@pytest.mark.parametrize("text", [b"{}", b"no JSON", b'{"format": 2}', b"[]"])
def test_an_unreadable_ledger_is_not_valid(
    shop: ShopDatabase, bucket: LedgerBucket, ledger_key: str, monkeypatch: pytest.MonkeyPatch, text: bytes
) -> None:
    bucket.s3.put_object(Bucket=NAME, Key=ledger_key, Body=text, ChecksumAlgorithm="SHA256")
    result = validate(shop, bucket, monkeypatch)
    assert not result["valid"]
    assert ledger_key in result["message"]


def test_a_server_with_another_certificate_gets_no_token(
    shop: ShopDatabase, bucket: LedgerBucket, ledger_key: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert ledger_key
    other = write_certificates(tmp_path).read_bytes()
    bucket.s3.put_object(
        Bucket=NAME, Key="certificates/global-bundle.pem", Body=other, ChecksumAlgorithm="SHA256"
    )
    result = validate(shop, bucket, monkeypatch)
    assert not result["valid"]
    assert "the certificate of localhost is not trusted" in result["message"]


def test_a_refused_login_is_not_valid_and_an_unreachable_server_is_tried_again(
    shop: ShopDatabase, bucket: LedgerBucket, ledger_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ledger_key
    shop.execute("ALTER ROLE restore_validator NOLOGIN")
    try:
        result = validate(shop, bucket, monkeypatch)
    finally:
        shop.execute("ALTER ROLE restore_validator LOGIN")
    assert "restore_validator@localhost" in result["message"]
    assert not result["valid"]
    with pytest.raises(TransientError, match="can't be reached"):
        validate(shop, bucket, monkeypatch, port=1)


def test_checks_without_time_have_not_passed(
    shop: ShopDatabase, bucket: LedgerBucket, ledger_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ledger_key
    with shop.server.connect("rdsadmin") as other, other.transaction():
        other.execute("LOCK TABLE api.receipts IN ACCESS EXCLUSIVE MODE")
        result = validate(shop, bucket, monkeypatch, seconds=32)
    passed = {each["name"]: each["passed"] for each in result["checks"]}
    assert passed["tables"]
    assert not result["valid"]
    assert {passed[each] for each in ("contents", "rows", "references")} == {False}
    assert "contents: not checked: a statement took too long" in result["message"]
    assert "rows: not checked: there was no time left" in result["message"]
    assert result["seconds"] < 10

    result = validate(shop, bucket, monkeypatch, seconds=30)
    assert (result["valid"], len(result["checks"])) == (False, 1)
    assert "there was no time left" in result["message"]
