"""Dumps a database and restores it into a scratch server: `python -m services.backup.dump`, each week.

The dump and what it is compared with are of one snapshot. Only a dump that was restored with equal checksums,
definitions and sequences gets a manifest.
"""

import datetime as dt
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypedDict

import psycopg
from botocore.exceptions import BotoCoreError, ClientError

from services.backup.connection import AnyConnection, connection_variables
from services.backup.definitions import (
    Sequence,
    find_different_definitions,
    find_wrong_sequences,
    read_definitions,
    read_sequences,
)
from services.backup.scratch_server import ScratchServer, run, running_scratch_server
from services.backup.settings import (
    DatabaseSettings,
    DumpSettings,
    ScratchSettings,
    SettingsError,
    read_settings,
)
from services.backup.snapshot import Snapshot, SnapshotError, snapshot, time_is_over
from services.backup.store import Store
from services.backup.summaries import read_checksum
from services.backup.tables import count_foreign_keys, list_tables, read_value

FORMAT: Final = 1
_PREFIX: Final = "dumps/"
_NAME_FORMAT: Final = "%Y-%m-%dT%H%M%SZ"
_HASHED_BYTES: Final = 1024 * 1024
# For a table that a migration changes at the time.
_LOCK_MILLISECONDS: Final = 60_000
# Roles and tablespaces are not in a dump.
_RESTORE_OPTIONS: Final = ("--no-owner", "--no-privileges", "--no-tablespaces", "--exit-on-error")


class DumpError(Exception):
    """The dump is not equal to the database, or not complete. The message has the reason."""


class TableContents(TypedDict):
    """The rows of a table, and the sum of their hashes."""

    rows: int
    checksum: str


@dataclass(frozen=True)
class Contents:
    """The tables of a database, and the definitions of its objects, each by name."""

    tables: Mapping[str, TableContents]
    definitions: Mapping[str, str]


class File(TypedDict):
    """A file of the dump."""

    name: str
    bytes: int
    sha256: str


class Manifest(TypedDict):
    """A dump that was restored with equal contents."""

    format: int
    database: str
    server_version: str
    taken_at: str
    files: list[File]
    tables: Mapping[str, TableContents]
    foreign_keys: int
    definitions: int
    sequences: Mapping[str, int | None]


def make_dump(database: DatabaseSettings, scratch: ScratchSettings, folder: Path) -> Manifest:
    """Write a dump to `folder`, restore it, and return its manifest.

    Raises:
        DumpError: if the restored database has other contents, or the database has large objects.
        SnapshotError: if the database can't be read in the time of a snapshot.
        subprocess.CalledProcessError: if a program of PostgreSQL fails.
    """
    target = folder / "dump"
    with snapshot(database) as session:
        connection = session.connection
        _require_no_large_objects(connection)
        name = str(read_value(connection, "SELECT pg_export_snapshot()"))
        taken_at = dt.datetime.now(dt.UTC)
        version = str(read_value(connection, "SHOW server_version"))
        foreign_keys = count_foreign_keys(connection)
        # They are not part of the snapshot. `pg_dump` reads them between these two times.
        first = read_sequences(connection)
        with _dumping(database, scratch, target, session, snapshot_name=name):
            contents = _read_contents(connection)
        last = read_sequences(connection)
    with running_scratch_server(scratch.programs, folder, database=database.name) as server:
        restored, sequences = _restore(server, target, jobs=scratch.jobs)
    problems = (*_find_differences(contents, restored), *find_wrong_sequences(first, last, sequences))
    if problems:
        raise DumpError("; ".join(problems))
    return Manifest(
        format=FORMAT,
        database=database.name,
        server_version=version,
        taken_at=taken_at.replace(microsecond=0).isoformat(),
        files=[_describe(each) for each in sorted(target.iterdir())],
        tables=contents.tables,
        foreign_keys=foreign_keys,
        definitions=len(contents.definitions),
        sequences={name: each.last for name, each in sequences.items()},
    )


@contextmanager
def _dumping(
    database: DatabaseSettings,
    scratch: ScratchSettings,
    target: Path,
    session: Snapshot,
    *,
    snapshot_name: str,
) -> Iterator[None]:
    """Yield while `pg_dump` runs, and wait for its end, at most until that of the snapshot."""
    command = [
        str(scratch.programs / "pg_dump"),
        *("--format=directory", f"--file={target}", f"--jobs={scratch.jobs}", "--compress=6"),
        *(f"--snapshot={snapshot_name}", "--no-password", "--quote-all-identifiers"),
        f"--lock-wait-timeout={_LOCK_MILLISECONDS}",
    ]
    environment = {**os.environ, **connection_variables(database)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            yield
            _, errors = process.communicate(timeout=session.remaining_seconds)
        except subprocess.TimeoutExpired:
            process.terminate()
            raise time_is_over(database) from None
        except BaseException:
            process.terminate()
            raise
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, "pg_dump", stderr=errors)


def _require_no_large_objects(connection: AnyConnection) -> None:
    """Raise if there are large objects: `pg_dump` includes them, but `pg_read_all_data` can't read them."""
    count = read_value(connection, "SELECT count(*) FROM pg_largeobject_metadata")
    if count != 0:
        raise DumpError(f"the database has {count} large objects, which a dump can't include: use bytea")


def _read_contents(connection: AnyConnection) -> Contents:
    tables = {}
    for table in list_tables(connection):
        rows, checksum = read_checksum(connection, table)
        tables[table.name] = TableContents(rows=rows, checksum=checksum)
    return Contents(tables, read_definitions(connection))


def _restore(server: ScratchServer, dump: Path, *, jobs: int) -> tuple[Contents, Mapping[str, Sequence]]:
    """Restore a dump, and return the contents of the database, and its sequences."""
    arguments = (*_RESTORE_OPTIONS, f"--jobs={jobs}", f"--dbname={server.database}", dump)
    run(server.programs / "pg_restore", *arguments, variables=server.variables)
    with psycopg.connect(
        host=str(server.socket_folder),
        user=server.variables["PGUSER"],
        dbname=server.database,
        options="-c TimeZone=UTC -c DateStyle=ISO,YMD -c IntervalStyle=postgres -c search_path=pg_catalog",
    ) as connection:
        return _read_contents(connection), read_sequences(connection)


def _find_differences(dumped: Contents, restored: Contents) -> Iterator[str]:
    for name in sorted({*dumped.tables, *restored.tables}):
        found, copied = dumped.tables.get(name), restored.tables.get(name)
        if found != copied:
            yield f"{name}: {found} in the database, and {copied} in the dump"
    yield from find_different_definitions(dumped.definitions, restored.definitions)
    if not dumped.tables:
        yield "the database has no tables"


def _describe(file: Path) -> File:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while part := content.read(_HASHED_BYTES):
            digest.update(part)
    return File(name=file.name, bytes=file.stat().st_size, sha256=digest.hexdigest())


def _upload(store: Store, manifest: Manifest, folder: Path) -> str:
    """Write the files, and then the manifest: a dump without it is not complete."""
    prefix = f"{_PREFIX}{dt.datetime.fromisoformat(manifest['taken_at']):{_NAME_FORMAT}}/"
    for file in manifest["files"]:
        store.upload(f"{prefix}{file['name']}", folder / "dump" / file["name"])
    store.put(f"{prefix}manifest.json", json.dumps(manifest, indent=1).encode())
    return prefix


def main() -> int:
    """Write a dump. Return 2 for invalid settings, and 1 for a failure."""
    try:
        settings = read_settings(DumpSettings, os.environ)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    folder = Path(tempfile.mkdtemp(prefix="dump-", dir=settings.scratch.folder))
    try:
        manifest = make_dump(settings.database, settings.scratch, folder)
        prefix = _upload(Store(settings.store), manifest, folder)
    except subprocess.CalledProcessError as error:
        print(f"The dump failed: {error.cmd}: {_join_lines(error.stderr)}", file=sys.stderr)
        return 1
    except (DumpError, SnapshotError, OSError, psycopg.Error, BotoCoreError, ClientError) as error:
        print(f"The dump failed: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    size = sum(each["bytes"] for each in manifest["files"])
    print(f"wrote {prefix}: {len(manifest['tables'])} tables in {size} bytes, restored with equal contents")
    return 0


def _join_lines(errors: str | None) -> str:
    """Return all messages: the reason of a parallel process is not in the last one."""
    return "; ".join((errors or "").strip().splitlines()) or "no message"


if __name__ == "__main__":
    sys.exit(main())
