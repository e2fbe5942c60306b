"""A PostgreSQL server in a folder, for the time of a check. Only this user reaches its socket."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

USER: Final = "scratch"
# A server that nobody needs after a crash.
_SETTINGS: Final = """
listen_addresses = ''
# In the folder of the data, which only this user can enter.
unix_socket_directories = '.'
fsync = off
full_page_writes = off
synchronous_commit = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = '4GB'
maintenance_work_mem = '256MB'
autovacuum = off
"""


@dataclass(frozen=True)
class ScratchServer:
    """A running server with one database."""

    programs: Path
    socket_folder: Path
    database: str

    @property
    def variables(self) -> dict[str, str]:
        """The connection as variables of PostgreSQL's programs."""
        return {"PGHOST": str(self.socket_folder), "PGUSER": USER, "PGDATABASE": self.database}


@contextmanager
def running_scratch_server(programs: Path, folder: Path, *, database: str) -> Iterator[ScratchServer]:
    """Yield a new server with an empty database, and remove it at the end.

    Raises:
        subprocess.CalledProcessError: if it does not start. PostgreSQL doesn't run as root.
    """
    data = folder / "server"
    try:
        run(programs / "initdb", "-D", data, "-U", USER, "--auth=trust", "--encoding=UTF8", "--locale=C")
        with (data / "postgresql.conf").open("a") as settings:
            settings.write(_SETTINGS)
        run(programs / "pg_ctl", "-D", data, "-l", data / "server.log", "-w", "start")
        try:
            server = ScratchServer(programs, data, database)
            run(programs / "createdb", database, variables={**server.variables, "PGDATABASE": "postgres"})
            yield server
        finally:
            run(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(data, ignore_errors=True)


def run(program: Path, *arguments: object, variables: dict[str, str] | None = None) -> str:
    """Run one of PostgreSQL's programs, and return its output.

    Raises:
        subprocess.CalledProcessError: if it fails. Its `stderr` has the reason.
    """
    done = subprocess.run(  # noqa: S603 - programs of the image
        [str(program), *(str(each) for each in arguments)],
        env={**os.environ, **(variables or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise subprocess.CalledProcessError(done.returncode, program.name, done.stdout, done.stderr)
    return done.stdout
