"""Point-in-time recovery with a real PostgreSQL: a dropped table comes back as it was the second before."""

import datetime as dt
import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.backup import ledger
from tests.arqctl.database.postgres_server import Server, programs_folder
from tests.recovery.ledger_bucket import LedgerBucket
from tests.recovery.page_commands import read_constraints, run_as_master_user, section_blocks
from tests.recovery.point_in_time import archive_log, archiving_server, make_base_backup, recovered_server
from tests.recovery.restore_job import validate
from tests.recovery.shop_database import ENTRIES, ShopDatabase, filled_database

pytestmark = pytest.mark.slow


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the user of the server reaches, with a short path for sockets."""
    path = Path(tempfile.mkdtemp(prefix="arq-recovery-"))
    path.chmod(0o777)
    yield path
    shutil.rmtree(path)


def test_a_dropped_table_comes_back_as_it_was_the_second_before(
    folder: Path, bucket: LedgerBucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = programs_folder()
    assert programs, "PostgreSQL is not installed: run scripts/install_test_programs"
    archive, base, recovered = folder / "archive", folder / "base", folder / "new"
    log_in, save, restore = section_blocks("Bring back a dropped table")
    archive.mkdir()
    recovered.mkdir()
    with archiving_server(programs, archive) as server, filled_database(server, folder) as shop:
        make_base_backup(server, base)
        _write_ledger(shop, monkeypatch)
        _add_receipts(shop)
        expected, constraints = _read_receipts(server), read_constraints(server, "api.receipts")
        second_before = _read_time(server)
        time.sleep(1)
        shop.execute("DROP TABLE api.receipts CASCADE")
        archive_log(server, archive)

        damaged = validate(shop, bucket, monkeypatch)
        assert "1 tables are missing: api.receipts" in damaged["message"]

        with (
            server.stopped(),
            recovered_server(server, base, archive, recovered, until=second_before) as copy,
        ):
            assert _read_receipts(copy) == expected
            result = validate(
                ShopDatabase(copy, shop.password_file), bucket, monkeypatch, recovery_point=second_before
            )
            assert result["valid"], result
            run_as_master_user(copy, folder, [*log_in, *save])
        # The rest of the database keeps what came later.
        run_as_master_user(server, folder, [*log_in, *restore])
        assert _read_receipts(server) == expected
        assert read_constraints(server, "api.receipts") == constraints
        # All rows have new versions, as after an UPDATE of all of them. The next ledger has them.
        after = validate(shop, bucket, monkeypatch)
        problem = "api.receipts: 0 of 100 sampled rows are unchanged, and 5 must be"
        assert after["message"] == f"1 of 7 checks failed: contents: {problem}"
        _write_ledger(shop, monkeypatch)
        assert validate(shop, bucket, monkeypatch)["valid"]
    assert json.loads(bucket.read(result["ledger"]))["tables"][1]["rows"] == ENTRIES


def _write_ledger(shop: ShopDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in shop.variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("services.backup.settled_keys._SECONDS_FOR_FIRST_ROW", 0)
    assert ledger.main() == 0
    # A ledger has a whole second, which is not earlier than its rows.
    time.sleep(1)


def _add_receipts(shop: ShopDatabase) -> None:
    shop.execute(
        "INSERT INTO api.receipts (entry_id, content) "
        "SELECT id, 'later ' || id FROM api.entries WHERE id % 300 = 1"
    )


def _read_receipts(server: Server) -> list[tuple[object, ...]]:
    with server.connect("rdsadmin") as connection:
        return connection.execute("SELECT * FROM api.receipts ORDER BY entry_id").fetchall()


def _read_time(server: Server) -> dt.datetime:
    with server.connect("rdsadmin") as connection:
        row = connection.execute("SELECT clock_timestamp()").fetchone()
    assert row
    assert isinstance(row[0], dt.datetime)
    return row[0]
