"""The plugin handshake: environment variables from Terraform, one line on stdout in return.

The line names a socket and the certificate that Terraform requires of the provider. It always names protocol
6: a Terraform that lacks it reports that itself. OpenTofu uses the same handshake.

Terraform's client certificate has a key (P-521) that gRPC's TLS library does not support. So access is
limited by the socket's folder, which only this user can enter.
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
# The system's limit for a socket's path, less the names of the folder and the socket.
_MAX_FOLDER_LENGTH = 83


def is_started_by_terraform() -> bool:
    """Return whether Terraform or OpenTofu started this process."""
    name, value = _COOKIE
    return os.environ.get(name) == value


@contextmanager
def private_socket() -> Iterator[Path]:
    """Yield a path for a socket in a temporary folder that only this user can enter."""
    folder = os.environ.get("PLUGIN_UNIX_SOCKET_DIR") or tempfile.gettempdir()
    if len(os.fsencode(folder)) > _MAX_FOLDER_LENGTH:
        folder = "/tmp"  # noqa: S108 - the folder inside is private
    with tempfile.TemporaryDirectory(prefix="arq-", dir=folder, ignore_cleanup_errors=True) as private:
        yield Path(private) / "socket"


def open_port(server: grpc.Server, socket: Path) -> str:
    """Add a port to a server, and return the handshake line for Terraform.

    Without a client certificate in the environment (a debugging setup), the port is not encrypted.
    """
    address = f"unix:{socket}"
    if not os.environ.get("PLUGIN_CLIENT_CERT"):
        server.add_insecure_port(address)
        return _handshake_line(socket, "")
    own = make_certificate()
    credentials = grpc.ssl_server_credentials([(own.key_pem, own.pem)])
    server.add_secure_port(address, credentials)
    return _handshake_line(socket, base64.b64encode(own.der).decode().rstrip("="))


def _handshake_line(socket: Path, certificate: str) -> str:
    return f"{_PLUGIN_SYSTEM}|{_PROTOCOL}|unix|{socket}|grpc|{certificate}\n"
