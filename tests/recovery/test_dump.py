"""Dumps of a real PostgreSQL, restored into a scratch server, and uploaded to moto's S3."""

import hashlib
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import LiteralString

import pytest

from services.backup import dump, scratch_server
from services.backup.settings import DumpSettings, SettingsError, read_settings
from tests.arqctl.database.migrations import API, RECEIPTS, SETTLEMENT, run
from tests.arqctl.database.postgres_server import Server
from tests.recovery.ledger_bucket import NAME, LedgerBucket
from tests.recovery.server_programs import make_programs
from tests.recovery.shop_database import BACKUP, ENTRIES, VALIDATOR, ShopDatabase

pytestmark = pytest.mark.slow

# The migrator makes schemas, and RDS has extensions of its own.
LEFT_OUT = " (SCHEMA|EXTENSION) - "
OWNERS: LiteralString = "api, settlement, receipts"


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
        (tmp_path / file["name"]).write_bytes(content)
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


def restore_as_master_user(server: Server, dump: Path) -> None:
    """Run the commands of docs/dumps.md, after the migrator has made users and schemas."""
    run(server, API, SETTLEMENT, RECEIPTS, BACKUP, VALIDATOR)
    connection = (f"--host={server.folder}", f"--port={server.port}", "--username=dba", "--dbname=app")

    def restore(*arguments: str) -> str:
        command = [str(server.programs / "pg_restore"), *arguments, str(dump)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    entries = [line for line in restore("--list").splitlines() if not re.search(LEFT_OUT, line)]
    (dump / "entries").write_text("\n".join(entries) + "\n")
    with server.connect("dba") as session:
        session.execute(f"GRANT {OWNERS} TO CURRENT_USER")
        restore("--exit-on-error", "--jobs=2", f"--use-list={dump / 'entries'}", *connection)
        session.execute(f"REVOKE {OWNERS} FROM CURRENT_USER")


def test_the_guide_has_these_commands() -> None:
    guide = Path("docs/dumps.md").read_text()
    assert f"grep --invert-match --extended-regexp '{LEFT_OUT}'" in guide
    assert f"GRANT {OWNERS} TO CURRENT_USER" in guide
    assert f"REVOKE {OWNERS} FROM CURRENT_USER" in guide


def test_a_dump_that_differs_from_the_database_is_not_uploaded(
    bucket: LedgerBucket, scratch: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The restored copy loses a row, as after a defect of the volume."""
    restore = scratch_server.run

    def lose_a_row(program: Path, *arguments: object, variables: dict[str, str] | None = None) -> str:
        output = restore(program, *arguments, variables=variables)
        statement = "DELETE FROM api.receipts WHERE entry_id = 3"
        restore(program.with_name("psql"), "--command", statement, variables=variables)
        return output

    monkeypatch.setattr(dump, "run", lose_a_row)
    assert dump.main() == 1
    assert "api.receipts: {'rows': 1000" in capsys.readouterr().err
    assert bucket.keys("dumps/") == []
    assert [each.name for each in scratch.iterdir() if each.name != "bin"] == []


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
