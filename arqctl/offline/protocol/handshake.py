"""How Terraform and a provider find each other: environment variables in, one line on stdout out.

The line names a socket, and the certificate that Terraform then holds the provider to. It names protocol 6
whatever Terraform offers: one that doesn't speak it says so itself, and better. OpenTofu does all of it
alike.

Terraform has a certificate too, but with a key (P-521) that gRPC's TLS library takes from nobody. So what
lets only Terraform in is the socket's folder, which is closed to all other users.
"""

import base64
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc

from arqctl.offline.protocol.certificate import make_certificate

_COOKIE = ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2")
_PLUGIN_SYSTEM = 1
_PROTOCOL = 6
# What the system takes for a socket's path, less the name of a folder and the socket.
_LONGEST_FOLDER = 83


def is_started_by_terraform() -> bool:
    """Whether Terraform or OpenTofu started this process, rather than a person."""
    name, value = _COOKIE
    return os.environ.get(name) == value


@contextmanager
def private_socket() -> Iterator[Path]:
    """A path for a socket, in a folder that only this user can enter and that is gone afterwards."""
    folder = os.environ.get("PLUGIN_UNIX_SOCKET_DIR") or tempfile.gettempdir()
    if len(os.fsencode(folder)) > _LONGEST_FOLDER:
        folder = "/tmp"  # noqa: S108 - the folder inside is private
    with tempfile.TemporaryDirectory(prefix="arq-", dir=folder, ignore_cleanup_errors=True) as private:
        yield Path(private) / "socket"


def open_port(server: grpc.Server, socket: Path) -> str:
    """Give a server its port, and return the line that tells Terraform of it.

    Terraform may want no encryption: it can be told so, for debugging.
    """
    address = f"unix:{socket}"
    if not os.environ.get("PLUGIN_CLIENT_CERT"):
        server.add_insecure_port(address)
        return _line(socket, "")
    own = make_certificate()
    credentials = grpc.ssl_server_credentials([(own.key_pem, own.pem)])
    server.add_secure_port(address, credentials)
    return _line(socket, base64.b64encode(own.der).decode().rstrip("="))


def _line(socket: Path, certificate: str) -> str:
    return f"{_PLUGIN_SYSTEM}|{_PROTOCOL}|unix|{socket}|grpc|{certificate}\n"
