"""A server that archives its log, and servers that recover to a time from a base backup and the log."""

import datetime as dt
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.arqctl.database.postgres_server import (
    Server,
    running_server,
    server_user,
    start_server,
    stop_server,
)

_SUPERUSER = "rdsadmin"


@contextmanager
def archiving_server(programs: Path, folder: Path) -> Iterator[Server]:
    """Yield a server with `folder` as archive. RDS uploads its log each five minutes in the same way."""
    with running_server(programs) as server:
        give_to_server(folder)
        with server.connect(_SUPERUSER, "postgres") as connection:
            connection.execute("ALTER SYSTEM SET archive_mode = on")
            connection.execute(f"ALTER SYSTEM SET archive_command = 'cp %p {folder}/%f'".encode())
        with (server.folder / "data/pg_hba.conf").open("a") as access:
            access.write(f"local replication {_SUPERUSER} trust\n")
        with server.stopped():
            pass
        yield server


def make_base_backup(server: Server, target: Path) -> None:
    """Copy the files of a running server."""
    subprocess.run(
        [
            server.programs / "pg_basebackup",
            *("--pgdata", target, "--wal-method=none", "--checkpoint=fast", "--no-sync"),
            *("--host", server.folder, "--port", str(server.port), "--username", _SUPERUSER),
        ],
        user=server_user(),
        cwd="/",
        check=True,
        capture_output=True,
    )


def archive_log(server: Server, archive: Path) -> None:
    """Wait until the archive has all that the server has written."""
    with server.connect(_SUPERUSER, "postgres") as connection:
        row = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
        assert row
        for _ in range(500):
            if (archive / str(row[0])).exists():
                return
            time.sleep(0.01)
    raise AssertionError("the log was not archived")


@contextmanager
def recovered_server(
    source: Server, base: Path, archive: Path, folder: Path, *, until: dt.datetime
) -> Iterator[Server]:
    """Yield a server with the data of a time, on the port of `source`, which must not run."""
    data = folder / "data"
    shutil.copytree(base, data)
    data.chmod(0o700)
    for name in ("server.pem", "key.pem"):
        shutil.copy(source.folder / name, folder / name)
    with (data / "postgresql.auto.conf").open("a") as settings:
        settings.write(
            f"restore_command = 'cp {archive}/%f %p'\n"
            f"recovery_target_time = '{until.isoformat()}'\n"
            "recovery_target_action = 'promote'\n"
            "archive_mode = off\n"
            f"unix_socket_directories = '{folder}'\n"
            f"ssl_cert_file = '{folder}/server.pem'\n"
            f"ssl_key_file = '{folder}/key.pem'\n"
        )
    (data / "recovery.signal").touch()
    give_to_server(folder)
    start_server(source.programs, folder)
    try:
        server = Server(source.programs, folder, source.port, source.ca_file)
        with server.connect(_SUPERUSER, "postgres") as connection:
            while connection.execute("SELECT pg_is_in_recovery()").fetchone() == (True,):
                time.sleep(0.05)
        yield server
    finally:
        stop_server(source.programs, folder)


def give_to_server(folder: Path) -> None:
    """Make the user of servers the owner of a folder, and let it pass through those above."""
    user = server_user()
    if user is None:
        return
    entry = pwd.getpwnam(user)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, entry.pw_uid, entry.pw_gid)
