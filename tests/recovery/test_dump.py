"""Dumps of a real PostgreSQL, restored into a scratch server, and uploaded to moto's S3."""

import hashlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.backup import dump, scratch_server
from services.backup.settings import DumpSettings, SettingsError, read_settings
from tests.recovery.ledger_bucket import NAME, LedgerBucket
from tests.recovery.server_programs import make_programs
from tests.recovery.shop_database import ENTRIES, ShopDatabase

pytestmark = pytest.mark.slow


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

    # The runbook's command restores it, with owners and privileges.
    with shop.restored("DROP SCHEMA api CASCADE", "DROP SCHEMA settlement", "DROP SCHEMA receipts"):
        subprocess.run(
            [
                *(shop.server.programs / "pg_restore", "--exit-on-error", "--jobs=2", "--dbname=app"),
                *("--host", shop.server.folder, "--port", str(shop.server.port), "--username=rdsadmin"),
                tmp_path,
            ],
            check=True,
        )
        with shop.server.connect("settlement") as connection:
            assert connection.execute("SELECT count(*) FROM api.entries").fetchone() == (ENTRIES,)


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
