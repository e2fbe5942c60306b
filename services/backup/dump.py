"""Dumps a database and restores it into a scratch server: `python -m services.backup.dump`, each week.

The dump and the checksums that it is compared with are of one snapshot. Only a dump that was restored with
equal checksums gets a manifest.
"""

import datetime as dt
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypedDict

import psycopg
from botocore.exceptions import BotoCoreError, ClientError

from services.backup.connection import connection_variables, snapshot
from services.backup.scratch_server import ScratchServer, run, running_scratch_server
from services.backup.settings import (
    DatabaseSettings,
    DumpSettings,
    ScratchSettings,
    SettingsError,
    read_settings,
)
from services.backup.store import Store
from services.backup.summaries import read_checksum
from services.backup.tables import count_foreign_keys, list_tables, read_value

FORMAT: Final = 1
_PREFIX: Final = "dumps/"
_NAME_FORMAT: Final = "%Y-%m-%dT%H%M%SZ"
_HASHED_BYTES: Final = 1024 * 1024
# Roles and tablespaces are not in a dump. Extensions that only RDS has are no part of the data.
_RESTORE_OPTIONS: Final = ("--no-owner", "--no-privileges", "--no-tablespaces", "--exit-on-error")


class DumpError(Exception):
    """The dump is not equal to the database. The message has the differences."""


class TableContents(TypedDict):
    """The rows of a table, and the sum of their hashes."""

    rows: int
    checksum: str


@dataclass(frozen=True)
class Contents:
    """The tables of a database by name, and the number of its foreign keys."""

    tables: Mapping[str, TableContents]
    foreign_keys: int


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


def make_dump(database: DatabaseSettings, scratch: ScratchSettings, folder: Path) -> Manifest:
    """Write a dump to `folder`, restore it, and return its manifest.

    Raises:
        DumpError: if the restored database has other contents.
        subprocess.CalledProcessError: if a program of PostgreSQL fails.
    """
    target = folder / "dump"
    with snapshot(database) as connection:
        name = str(read_value(connection, "SELECT pg_export_snapshot()"))
        taken_at = dt.datetime.now(dt.UTC)
        version = str(read_value(connection, "SHOW server_version"))
        with _dumping(database, scratch, target, snapshot_name=name):
            contents = _read_contents(connection)
    with running_scratch_server(scratch.programs, folder, database=database.name) as server:
        _require_equal(contents, _restore(server, target, jobs=scratch.jobs))
    return Manifest(
        format=FORMAT,
        database=database.name,
        server_version=version,
        taken_at=taken_at.replace(microsecond=0).isoformat(),
        files=[_describe(each) for each in sorted(target.iterdir())],
        tables=contents.tables,
        foreign_keys=contents.foreign_keys,
    )


@contextmanager
def _dumping(
    database: DatabaseSettings, scratch: ScratchSettings, target: Path, *, snapshot_name: str
) -> Iterator[None]:
    """Yield while `pg_dump` runs, and wait for its end."""
    command = [
        str(scratch.programs / "pg_dump"),
        *("--format=directory", f"--file={target}", f"--jobs={scratch.jobs}", "--compress=6"),
        *(f"--snapshot={snapshot_name}", "--no-password", "--quote-all-identifiers"),
    ]
    environment = {**os.environ, **connection_variables(database)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            yield
        except BaseException:
            process.terminate()
            raise
        _, errors = process.communicate()
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, "pg_dump", stderr=errors)


def _read_contents(connection: psycopg.Connection[tuple[object, ...]]) -> Contents:
    tables = {}
    for table in list_tables(connection):
        rows, checksum = read_checksum(connection, table)
        tables[table.name] = TableContents(rows=rows, checksum=checksum)
    return Contents(tables, count_foreign_keys(connection))


def _restore(server: ScratchServer, dump: Path, *, jobs: int) -> Contents:
    """Restore a dump, and return the contents of the database."""
    arguments = (*_RESTORE_OPTIONS, f"--jobs={jobs}", f"--dbname={server.database}", dump)
    run(server.programs / "pg_restore", *arguments, variables=server.variables)
    with psycopg.connect(
        host=str(server.socket_folder),
        user=server.variables["PGUSER"],
        dbname=server.database,
        options="-c TimeZone=UTC -c DateStyle=ISO,YMD -c IntervalStyle=postgres -c search_path=pg_catalog",
    ) as connection:
        return _read_contents(connection)


def _require_equal(dumped: Contents, restored: Contents) -> None:
    names = sorted({*dumped.tables, *restored.tables})
    problems = [
        f"{name}: {dumped.tables.get(name)} in the database, and {restored.tables.get(name)} in the dump"
        for name in names
        if dumped.tables.get(name) != restored.tables.get(name)
    ]
    if dumped.foreign_keys != restored.foreign_keys:
        problems.append(f"{dumped.foreign_keys} foreign keys, and {restored.foreign_keys} in the dump")
    if not dumped.tables:
        problems.append("the database has no tables")
    if problems:
        raise DumpError("; ".join(problems))


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
        print(f"The dump failed: {error.cmd}: {_last_line(error.stderr)}", file=sys.stderr)
        return 1
    except (DumpError, OSError, psycopg.Error, BotoCoreError, ClientError) as error:
        print(f"The dump failed: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    size = sum(each["bytes"] for each in manifest["files"])
    print(f"wrote {prefix}: {len(manifest['tables'])} tables in {size} bytes, restored with equal checksums")
    return 0


def _last_line(errors: Sequence[str] | str | None) -> str:
    return (str(errors or "").strip().splitlines() or ["no message"])[-1]


if __name__ == "__main__":
    sys.exit(main())
