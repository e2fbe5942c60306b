"""Dumps of a real PostgreSQL, restored into a scratch server, and uploaded to moto's S3."""

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from services.backup import definitions, dump, scratch_server
from services.backup.connection import AnyConnection
from services.backup.settings import DumpSettings, SettingsError, read_settings
from services.backup.snapshot import SnapshotError, snapshot
from tests.arqctl.database.migrations import API, RECEIPTS, SETTLEMENT, run
from tests.arqctl.database.postgres_server import Server
from tests.recovery.ledger_bucket import NAME, LedgerBucket
from tests.recovery.page_commands import read_constraints, run_as_master_user, section_blocks
from tests.recovery.server_programs import make_programs
from tests.recovery.shop_database import BACKUP, ENTRIES, VALIDATOR, ShopDatabase

pytestmark = pytest.mark.slow

# Kinds of objects that the shop's migrations do not use yet, too.
OBJECTS = (
    "CREATE TYPE api.size AS ENUM ('small', 'large')",
    "CREATE SEQUENCE api.numbers",
    "SELECT setval('api.numbers', 42)",
    "CREATE SEQUENCE api.unused",
    """CREATE TABLE api.orders (
        number bigint PRIMARY KEY DEFAULT nextval('api.numbers'),
        size api.size, state varchar(9) DEFAULT 'open',
        CONSTRAINT known_state CHECK (state IN ('open', 'paid')))""",
    "CREATE INDEX orders_by_state ON api.orders (lower(state)) WHERE size = 'large'",
    "CREATE VIEW api.open AS SELECT number FROM api.orders WHERE state IN ('open', 'paid')",
    """CREATE FUNCTION api.check_order() RETURNS trigger LANGUAGE plpgsql
        AS $$BEGIN RETURN new; END$$""",
    """CREATE TRIGGER check_order BEFORE INSERT ON api.orders
        FOR EACH ROW EXECUTE FUNCTION api.check_order()""",
)
# Of the restored copy, and what the job prints about each.
DEFECTS = {
    "DELETE FROM api.receipts WHERE entry_id = 3": "api.receipts: {'rows': 1000",
    "DROP INDEX api.orders_by_state": "index api.orders_by_state: CREATE INDEX",
    "ALTER TABLE api.accounts DROP CONSTRAINT accounts_currency_check": (
        "constraint api.accounts.accounts_currency_check: CHECK"
    ),
    "ALTER TABLE api.receipts ALTER content DROP NOT NULL": "column api.receipts.content: text NOT NULL",
    "CREATE OR REPLACE VIEW api.open AS SELECT 1::bigint AS number": "view api.open: ",
    "DROP TRIGGER check_order ON api.orders": "trigger api.orders.check_order: CREATE TRIGGER",
    "ALTER TYPE api.size ADD VALUE 'huge'": "enum api.size: 'small' 'large' in the database",
    "ALTER SEQUENCE api.numbers CACHE 7": "sequence api.numbers: bigint 1 1 1",
    "SELECT setval('api.numbers', 41)": "sequence api.numbers: 42 to 42 in the database, and 41 in the dump",
    "SELECT nextval('api.unused')": "sequence api.unused: None to None in the database, and 1 in the dump",
}


@pytest.fixture
def objects(shop: ShopDatabase) -> Iterator[ShopDatabase]:
    with shop.restored(*OBJECTS):
        yield shop


@pytest.fixture
def scratch(shop: ShopDatabase, bucket: LedgerBucket, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of the job's volume. Its path is short: the server's socket is in it."""
    assert bucket
    folder = Path(tempfile.mkdtemp(prefix="arq-scratch-"))
    folder.chmod(0o755)
    programs = make_programs(folder / "bin", shop.server.programs)
    variables = {"SCRATCH_FOLDER": str(folder), "POSTGRES_PROGRAMS": str(programs)}
    for name, value in {**shop.variables, **variables}.items():
        monkeypatch.setenv(name, value)
    yield folder
    shutil.rmtree(folder)


def test_a_dump_is_restored_compared_and_uploaded_with_its_manifest(
    shop: ShopDatabase, bucket: LedgerBucket, scratch: Path, tmp_path: Path
) -> None:
    assert dump.main() == 0
    (manifest_key,) = [key for key in bucket.keys("dumps/") if key.endswith("/manifest.json")]
    manifest = json.loads(bucket.read(manifest_key))
    assert manifest["tables"]["api.entries"]["rows"] == ENTRIES
    assert manifest["foreign_keys"] == 3
    for file in manifest["files"]:
        content = bucket.read(f"{manifest_key.rpartition('/')[0]}/{file['name']}")
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file["bytes"], file["sha256"])
        (tmp_path / "dump").mkdir(exist_ok=True)
        (tmp_path / "dump" / file["name"]).write_bytes(content)
    head = bucket.s3.head_object(Bucket=NAME, Key=manifest_key)
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", bucket.key)
    # Nothing is left on the volume.
    assert [each.name for each in scratch.iterdir() if each.name != "bin"] == []

    with shop.restored("DROP SCHEMA api CASCADE", "DROP SCHEMA settlement", "DROP SCHEMA receipts"):
        restore_as_master_user(shop.server, tmp_path)
        with shop.server.connect("settlement") as connection:
            assert connection.execute("SELECT count(*) FROM api.entries").fetchone() == (ENTRIES,)
        with shop.server.connect("api") as connection:
            connection.execute("ALTER TABLE api.entries ADD COLUMN note text")
        constraints = read_constraints(shop.server, "api.receipts")
        shop.execute("DROP TABLE api.receipts")
        restore_table_as_master_user(shop.server, tmp_path)
        assert read_constraints(shop.server, "api.receipts") == constraints
        with shop.server.connect("receipts") as connection:
            assert connection.execute("SELECT count(*) FROM api.receipts").fetchone() == (ENTRIES // 3,)


def restore_as_master_user(server: Server, folder: Path) -> None:
    """Run the commands of docs/dumps.md, after the migrator has made users and schemas."""
    run(server, API, SETTLEMENT, RECEIPTS, BACKUP, VALIDATOR)
    _, _, log_in, restore, *_ = section_blocks("Restore from a dump")
    run_as_master_user(server, folder, [*log_in, *restore])


def restore_table_as_master_user(server: Server, folder: Path) -> None:
    """Run the commands of docs/dumps.md for one table, which has no other indexes than that of its key."""
    *_, choose, restore = section_blocks("Restore from a dump")
    _, _, log_in, *_ = section_blocks("Restore from a dump")
    run_as_master_user(server, folder, [*log_in, choose[0], *restore])


def test_a_dump_that_differs_from_the_database_is_not_uploaded(
    objects: ShopDatabase,
    bucket: LedgerBucket,
    scratch: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The restored copy loses parts, as after a defect of the volume."""
    assert objects
    restore = scratch_server.run

    def lose(program: Path, *arguments: object, variables: dict[str, str] | None = None) -> str:
        output = restore(program, *arguments, variables=variables)
        commands = [f"--command={each}" for each in DEFECTS]
        restore(program.with_name("psql"), "--set=ON_ERROR_STOP=1", *commands, variables=variables)
        return output

    monkeypatch.setattr(dump, "run", lose)
    assert dump.main() == 1
    errors = capsys.readouterr().err
    for difference in DEFECTS.values():
        assert difference in errors
    # Nothing else differs: PostgreSQL writes the casts of `known_state` in another order after a restore.
    assert errors.count(" in the database, and ") == len(DEFECTS)
    assert bucket.keys("dumps/") == []
    assert [each.name for each in scratch.iterdir() if each.name != "bin"] == []


def test_values_that_sequences_give_out_during_a_dump_are_no_difference(
    objects: ShopDatabase, bucket: LedgerBucket, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert scratch
    read_all = definitions.read_definitions

    def read_late(connection: AnyConnection) -> Mapping[str, str]:
        # It is called while `pg_dump` runs, and for the restored copy.
        objects.execute("SELECT nextval('api.numbers')", "SELECT nextval('api.unused')")
        return read_all(connection)

    monkeypatch.setattr(dump, "read_definitions", read_late)
    assert dump.main() == 0
    assert bucket.keys("dumps/")


def test_a_snapshot_ends_at_its_limit(
    shop: ShopDatabase,
    bucket: LedgerBucket,
    scratch: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A migration locks a table for longer."""
    assert scratch
    monkeypatch.setenv("SNAPSHOT_SECONDS", "1")
    with shop.server.connect("rdsadmin") as migration, migration.transaction():
        migration.execute("LOCK TABLE api.receipts IN ACCESS EXCLUSIVE MODE")
        assert dump.main() == 1
        sessions = migration.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = 'backup'")
        assert sessions.fetchone() == (0,)
    assert "the snapshot was open for 1 seconds, its limit" in capsys.readouterr().err
    assert bucket.keys("dumps/") == []


def test_a_program_that_does_not_end_is_ended_at_the_limit(
    shop: ShopDatabase, scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert scratch
    monkeypatch.setenv("SNAPSHOT_SECONDS", "1")
    program = tmp_path / "pg_dump"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    settings = read_settings(DumpSettings, os.environ)
    slow = settings.scratch.model_copy(update={"programs": tmp_path})
    start = time.monotonic()
    with pytest.raises(SnapshotError, match="1 seconds, its limit"):
        dump.make_dump(settings.database, slow, tmp_path)
    assert time.monotonic() - start < 30
    assert shop


def test_a_larger_database_is_not_read(shop: ShopDatabase, scratch: Path) -> None:
    assert shop.server.port
    assert scratch
    settings = read_settings(DumpSettings, os.environ).database.model_copy(update={"most_gib": 0})
    with pytest.raises(SnapshotError, match="GiB, and this job reads at most 0 GiB"), snapshot(settings):
        pass


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("SELECT lo_from_bytea(0, 'content')", "the database has 1 large objects"),
        ("ALTER TABLE api.receipts ENABLE ROW LEVEL SECURITY", "row-level security policy"),
    ],
)
def test_a_dump_that_could_not_be_complete_fails(
    shop: ShopDatabase,
    bucket: LedgerBucket,
    scratch: Path,
    capsys: pytest.CaptureFixture[str],
    change: str,
    reason: str,
) -> None:
    assert scratch
    with shop.restored(change):
        assert dump.main() == 1
    assert reason in capsys.readouterr().err
    assert bucket.keys("dumps/") == []


def test_a_user_that_cannot_read_all_tables_makes_no_dump(
    shop: ShopDatabase, bucket: LedgerBucket, scratch: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert scratch
    shop.execute("REVOKE pg_read_all_data FROM backup")
    try:
        assert dump.main() == 1
    finally:
        shop.execute("GRANT pg_read_all_data TO backup")
    assert "permission denied for schema api" in capsys.readouterr().err
    assert bucket.keys("dumps/") == []


def test_missing_variables_are_listed_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SettingsError, match=r"AWS_REGION is missing\n  DATABASE_CA_FILE is missing"):
        read_settings(DumpSettings, {"DATABASE_HOST": ""})
    assert capsys.readouterr().err == ""
