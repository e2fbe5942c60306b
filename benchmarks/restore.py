"""Measures dumps, restores, ledgers and validations of databases against the size of the data.

`python -m benchmarks.restore` prints the durations for 100 MB and 1 GB with a real PostgreSQL, their slope,
and an extrapolation to 10 GB. Durations of other machines differ; the shares of one run can be compared. The
server does not wait for the disk (`fsync = off`), and nothing is uploaded.
"""

import datetime as dt
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from constructs_arq.recovery.validator.checks import Deadline, summarize
from constructs_arq.recovery.validator.database import Database
from constructs_arq.recovery.validator.ledger_document import parse_ledger
from constructs_arq.recovery.validator.validation import check_database
from services.backup.dump import make_dump
from services.backup.ledger import take_ledger
from services.backup.settings import DatabaseSettings, ScratchSettings, TableSettings
from tests.arqctl.database.postgres_server import Server, programs_folder, running_server
from tests.recovery.server_programs import make_programs
from tests.recovery.shop_database import PASSWORD, VALIDATOR, ShopDatabase, filled_database

_GB = 1e9
# An entry with its indexes, and its share of receipts, has at least this size: the database reaches its size.
_BYTES_OF_ENTRY = 260
_SIZES_GB = (0.1, 1.0)
_EXTRAPOLATED_GB = 10
_JOBS = 2
# The time that Lambda gives the validator.
_MOST_SECONDS = 870.0
_SECONDS_PER_MINUTE = 60
_console = Console()


@dataclass(frozen=True)
class _Run:
    """The size of a database, and the seconds of each operation."""

    gigabytes: float
    seconds: Mapping[str, float]


@dataclass(frozen=True)
class _Bench:
    """A database, and a folder that the user of the server reaches."""

    shop: ShopDatabase
    folder: Path

    @property
    def server(self) -> Server:
        return self.shop.server

    @property
    def settings(self) -> DatabaseSettings:
        return DatabaseSettings.model_validate({**self.shop.variables, "AWS_REGION": "eu-west-1"})

    def dump(self) -> None:
        """Write a dump, as the job does."""
        options = ("--format=directory", f"--jobs={_JOBS}", "--compress=6", f"--file={self.folder / 'dump'}")
        self._run("pg_dump", *options, "app")

    def restore(self) -> None:
        """Restore the dump into an empty database."""
        self._run("createdb", "restored")
        self._run("pg_restore", f"--jobs={_JOBS}", "--dbname=restored", str(self.folder / "dump"))

    def run_dump_job(self) -> None:
        """Dump, restore into a scratch server, and compare all rows."""
        programs = make_programs(self.folder / "bin", self.server.programs)
        variables = {"SCRATCH_FOLDER": self.folder, "POSTGRES_PROGRAMS": programs, "DUMP_JOBS": _JOBS}
        job = self.folder / "job"
        job.mkdir()
        make_dump(self.settings, ScratchSettings.model_validate(variables), job)

    def take_ledger(self) -> None:
        """Take a ledger, and keep it."""
        tables = TableSettings.model_validate({"APPEND_ONLY_TABLES": "api.entries"})
        ledger = take_ledger(self.settings, tables)
        (self.folder / "ledger.json").write_text(json.dumps(ledger))

    def validate(self) -> None:
        """Validate the database itself, which is equal to its ledger."""
        database = Database(
            host="localhost",
            port=self.server.port,
            database="app",
            user=VALIDATOR.name,
            password=PASSWORD,
            certificates=self.server.ca_file.read_text(),
            deadline=Deadline.after(_MOST_SECONDS),
        )
        ledger = parse_ledger("ledger.json", (self.folder / "ledger.json").read_bytes())
        try:
            checks = check_database(database, ledgers=[ledger], recovery_point=dt.datetime.now(dt.UTC))
        finally:
            database.close()
        if not all(each["passed"] for each in checks):
            raise SystemExit(f"the database is not valid: {summarize(checks)}")

    def _run(self, program: str, *arguments: str) -> None:
        connection = (f"--host={self.server.folder}", f"--port={self.server.port}", "--username=rdsadmin")
        subprocess.run([self.server.programs / program, *connection, *arguments], check=True)


def main() -> None:
    """Measure both sizes, and print the results."""
    programs = programs_folder()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed: run scripts/install_test_programs")
    small, large = (_measure(programs, size) for size in _SIZES_GB)
    _console.print(_describe(small, large))
    version = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True)
    today = f"{dt.datetime.now(dt.UTC):%Y-%m-%d}"
    _console.print(f"{version.stdout.strip()}, {os.cpu_count()} cores, {today}", style="dim")


def _measure(programs: Path, gigabytes: float) -> _Run:
    with tempfile.TemporaryDirectory(prefix="arq-restore-") as name, running_server(programs) as server:
        folder = Path(name)
        folder.chmod(0o755)
        entries = int(gigabytes * _GB / _BYTES_OF_ENTRY)
        with filled_database(server, folder, accounts=1000, entries=entries) as shop:
            shop.execute("VACUUM ANALYZE", "CHECKPOINT")
            size = _read_size(server)
            if size < gigabytes * _GB:
                raise SystemExit(f"the database has {size} bytes: lower _BYTES_OF_ENTRY")
            bench = _Bench(shop, folder)
            operations = {
                "pg_dump": bench.dump,
                "pg_restore": bench.restore,
                "dump job: dump, restore, compare": bench.run_dump_job,
                "ledger": bench.take_ledger,
                "validation": bench.validate,
            }
            seconds = {operation: _time(run) for operation, run in operations.items()}
            with server.connect("rdsadmin", "postgres") as connection:
                connection.execute("DROP DATABASE restored")
    return _Run(size / _GB, seconds)


def _time(run: Callable[[], None]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _read_size(server: Server) -> int:
    with server.connect("rdsadmin") as connection:
        row = connection.execute("SELECT pg_database_size('app')").fetchone()
    return int(str(row[0])) if row else 0


def _describe(small: _Run, large: _Run) -> Table:
    table = Table(title="Dumps and restores of a database")
    table.add_column("operation")
    for run in (small, large):
        table.add_column(f"{run.gigabytes:.2f} GB", justify="right")
    for title in ("slope", f"{_EXTRAPOLATED_GB} GB, extrapolated", "share of pg_restore"):
        table.add_column(title, justify="right")
    for operation, seconds in large.seconds.items():
        per_gb = (seconds - small.seconds[operation]) / (large.gigabytes - small.gigabytes)
        extrapolated = seconds + per_gb * (_EXTRAPOLATED_GB - large.gigabytes)
        table.add_row(
            operation,
            f"{small.seconds[operation]:.1f} s",
            f"{seconds:.1f} s",
            f"{_SECONDS_PER_MINUTE / per_gb:.1f} GB/min",
            f"{extrapolated / _SECONDS_PER_MINUTE:.1f} min",
            f"{seconds / large.seconds['pg_restore']:.2f}",
        )
    return table


if __name__ == "__main__":
    main()
