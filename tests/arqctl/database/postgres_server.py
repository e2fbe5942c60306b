"""A PostgreSQL server in a temporary folder, prepared like an RDS instance.

RDS's own roles are simulated: `rds_iam` has no special meaning here. `dba` is, like RDS's master user, no
superuser, but it creates roles and databases.
"""

import datetime as dt
import getpass
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import psycopg
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PASSWORD = "a token of IAM"  # noqa: S105 - of a server that only the test reaches
_SUPERUSER = "rdsadmin"
_ACCESS = f"""
local   all {_SUPERUSER} trust
local   all all          trust
hostssl all all          127.0.0.1/32 scram-sha-256
"""
_SETTINGS = """
port = {port}
listen_addresses = '127.0.0.1'
unix_socket_directories = '{folder}'
fsync = off
ssl = on
ssl_cert_file = '{folder}/server.pem'
ssl_key_file = '{folder}/key.pem'
"""
_ROLES: tuple[LiteralString, ...] = (
    "CREATE ROLE rds_iam NOLOGIN",
    "CREATE ROLE rds_superuser NOLOGIN",
    "CREATE ROLE dba LOGIN CREATEROLE CREATEDB PASSWORD 'a token of IAM'",
    "GRANT rds_superuser TO dba",
    # From version 16 on, a role can grant only what it administers.
    "GRANT rds_iam TO dba WITH ADMIN OPTION",
    "GRANT pg_read_all_data TO dba WITH ADMIN OPTION",
)


@dataclass(frozen=True)
class Server:
    """A running server: its programs, the folder of its socket, its TCP port and its CA certificate."""

    programs: Path
    folder: Path
    port: int
    ca_file: Path

    def connect(self, user: str, database: str = "app") -> "psycopg.Connection[tuple[object, ...]]":
        """Log in over the socket, without a password."""
        return psycopg.connect(
            host=str(self.folder), port=self.port, user=user, dbname=database, autocommit=True
        )

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Yield while the server does not run. Its connections are closed, and its data stays."""
        stop_server(self.programs, self.folder)
        try:
            yield
        finally:
            start_server(self.programs, self.folder)

    @contextmanager
    def database(self) -> Iterator[None]:
        """Yield with an empty database `app` of `dba`, and remove it and all new roles at the end."""
        with self.connect(_SUPERUSER, "postgres") as connection:
            connection.execute("CREATE DATABASE app OWNER dba")
        try:
            yield
        finally:
            with self.connect(_SUPERUSER, "postgres") as connection:
                connection.execute("DROP DATABASE app WITH (FORCE)")
                # The master user's own privileges depend on the roles that it created.
                roles = "SELECT rolname FROM pg_roles WHERE rolname !~ '^(pg_|rds)' AND rolname <> 'dba'"
                for (name,) in connection.execute(roles).fetchall():
                    connection.execute(
                        psycopg.sql.SQL("DROP ROLE {}").format(psycopg.sql.Identifier(str(name)))
                    )


def programs_folder() -> Path | None:
    """Return the folder of Debian's newest `initdb`, or that of PATH; None without PostgreSQL."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if installed:
        return installed[-1].parent
    found = shutil.which("initdb")
    return Path(found).parent if found else None


@contextmanager
def running_server(programs: Path) -> Iterator[Server]:
    """Start a server. PostgreSQL refuses to run as root, so root starts it as the user `postgres`."""
    folder = Path(tempfile.mkdtemp(prefix="arq-postgres-"))
    try:
        ca_file = write_certificates(folder)
        user = server_user()
        for path in (folder, *folder.iterdir()):
            if user is not None:
                entry = pwd.getpwnam(user)
                os.chown(path, entry.pw_uid, entry.pw_gid)
        _run(
            programs,
            folder,
            "initdb",
            "--auth=trust",
            f"--username={_SUPERUSER}",
            "--no-sync",
            "--encoding=UTF8",
        )
        (folder / "data/pg_hba.conf").write_text(_ACCESS)
        port = _free_port()
        with (folder / "data/postgresql.conf").open("a") as settings:
            settings.write(_SETTINGS.format(port=port, folder=folder))
        start_server(programs, folder)
        try:
            server = Server(programs, folder, port, ca_file)
            with server.connect(_SUPERUSER, "postgres") as connection:
                for statement in _ROLES:
                    connection.execute(statement)
            yield server
        finally:
            stop_server(programs, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def server_user() -> str | None:
    """Return the user of the server, or None for the user of the tests. PostgreSQL refuses to run as root."""
    return "postgres" if os.geteuid() == 0 else None


def start_server(programs: Path, folder: Path) -> None:
    """Start the server with the data in `folder/data`, and wait until it accepts connections."""
    _run(programs, folder, "pg_ctl", "start", "-w", "-l", str(folder / "log"))


def stop_server(programs: Path, folder: Path) -> None:
    """Stop a server as a crash does."""
    _run(programs, folder, "pg_ctl", "stop", "-m", "immediate")


def _run(programs: Path, folder: Path, program: str, *arguments: str) -> None:
    user = server_user()
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "USER": user or getpass.getuser()}
    command = [str(programs / program), "-D", str(folder / "data"), *arguments]
    subprocess.run(command, check=True, user=user, env=environment, cwd=folder, stdout=subprocess.DEVNULL)


def wait_until_blocked(server: Server, count: int) -> None:
    """Wait until `count` sessions wait for an advisory lock."""
    query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with server.connect(_SUPERUSER, "postgres") as connection:
        for _ in range(500):
            if connection.execute(query).fetchone() == (count,):
                return
            time.sleep(0.01)
    raise AssertionError("no session waits for the lock")


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def write_certificates(folder: Path) -> Path:
    """Write a certificate for `localhost` that signs itself, and its key. Return the certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
    (folder / "key.pem").chmod(0o600)
    (folder / "server.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return folder / "server.pem"
