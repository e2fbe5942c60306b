"""Limits of the validator: old or unreadable ledgers, refused logins, large tables and too little time."""

import datetime as dt
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from constructs_arq.recovery.validator import table_size
from constructs_arq.recovery.validator.checks import Deadline
from constructs_arq.recovery.validator.database import Database, TransientError
from constructs_arq.recovery.validator.table_size import Count, count_rows
from services.backup.settings import LedgerSettings, read_settings
from services.backup.snapshot import snapshot
from services.backup.summaries import summarize
from services.backup.tables import list_tables
from tests.arqctl.database.postgres_server import write_certificates
from tests.recovery.ledger_bucket import NAME, VARIABLES, LedgerBucket
from tests.recovery.restore_job import validate
from tests.recovery.shop_database import PASSWORD, ShopDatabase

pytestmark = pytest.mark.slow


def test_a_large_table_without_an_estimate_is_counted(
    shop: ShopDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL knows the rows of a table after ANALYZE only."""
    monkeypatch.setattr(table_size, "FULL_READ_BYTES", -1)
    for name, value in {**VARIABLES, **shop.variables}.items():
        monkeypatch.setenv(name, value)
    settings = read_settings(LedgerSettings, os.environ)
    statements = (
        "CREATE TABLE api.numbers (n integer PRIMARY KEY) WITH (autovacuum_enabled = false)",
        "INSERT INTO api.numbers SELECT generate_series(1, 200000)",
    )
    with shop.restored(*statements):
        with _log_in(shop) as database:
            assert count_rows(database, "api.numbers") == Count(200_000, 0)
            monkeypatch.setattr(table_size, "_SHARE_FOR_COUNT", 0)
            assert count_rows(database, "api.numbers") is None
        with snapshot(settings.database) as session:
            (numbers,) = [each for each in list_tables(session.connection) if each.name == "api.numbers"]
            summary = summarize(session.connection, numbers, settled_key=None, full_read_bytes=0)
        assert (summary["rows"], summary["is_estimate"]) == (200_000, False)
        shop.execute("ANALYZE api.numbers")
        with _log_in(shop) as database:
            count = count_rows(database, "api.numbers")
        assert count
        assert count.rows == pytest.approx(200_000, rel=0.01)
        assert count.margin == int(count.rows / 10)
        with snapshot(settings.database) as session:
            summary = summarize(session.connection, numbers, settled_key=None, full_read_bytes=0)
        assert (summary["rows"], summary["is_estimate"]) == (count.rows, True)


@contextmanager
def _log_in(shop: ShopDatabase) -> Iterator[Database]:
    shop.execute(f"ALTER ROLE restore_validator PASSWORD '{PASSWORD}'")
    database = Database(
        host="localhost",
        port=shop.server.port,
        database="app",
        user="restore_validator",
        password=PASSWORD,
        certificates=shop.server.ca_file.read_text(),
        deadline=Deadline.after(60),
    )
    yield database
    database.close()


def test_without_an_earlier_ledger_nothing_is_valid(
    shop: ShopDatabase, bucket: LedgerBucket, ledger_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken_at = dt.datetime.fromisoformat(json.loads(bucket.read(ledger_key))["taken_at"])
    result = validate(shop, bucket, monkeypatch, recovery_point=taken_at - dt.timedelta(seconds=1))
    assert (result["valid"], result["ledger"]) == (False, "")
    assert "s3://production-dumps/ledger/ has no ledger from before" in result["message"]


def test_a_ledger_of_two_days_before_proves_nothing(
    shop: ShopDatabase, bucket: LedgerBucket, ledger_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken_at = dt.datetime.fromisoformat(json.loads(bucket.read(ledger_key))["taken_at"])
    assert validate(shop, bucket, monkeypatch, recovery_point=taken_at + dt.timedelta(hours=48))["valid"]
    result = validate(shop, bucket, monkeypatch, recovery_point=taken_at + dt.timedelta(hours=48, seconds=1))
    assert not result["valid"]
    assert f"{ledger_key} is the newest ledger before" in result["message"]
    assert "more than 48 hours older" in result["message"]


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


def test_a_table_that_cannot_be_read_takes_no_time_of_others(
    shop: ShopDatabase, bucket: LedgerBucket, ledger_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ledger_key
    with shop.server.connect("rdsadmin") as other, other.transaction():
        other.execute("LOCK TABLE api.receipts IN ACCESS EXCLUSIVE MODE")
        result = validate(shop, bucket, monkeypatch, seconds=36)
    found = {each["name"]: (each["passed"], each["detail"]) for each in result["checks"]}
    assert not result["valid"]
    assert [name for name, (passed, _) in found.items() if passed] == [
        *("tables", "migrations", "foreign-keys", "checksums")
    ]
    assert found["contents"][1] == found["rows"][1] == "there was no time for: api.receipts"
    assert found["checksums"][1] == "3 tables are equal; no time for: api.receipts"
    assert found["references"][1] == "not checked: a statement took too long"
    assert result["seconds"] < 12


def test_checks_without_time_have_not_passed(
    shop: ShopDatabase, bucket: LedgerBucket, ledger_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ledger_key
    result = validate(shop, bucket, monkeypatch, seconds=30)
    assert (result["valid"], len(result["checks"])) == (False, 1)
    assert "there was no time left" in result["message"]
