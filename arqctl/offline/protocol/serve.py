"""Runs a provider process from its start by Terraform to the end of either process."""

import contextlib
import os
import select
import signal
import sys
from collections.abc import Callable

from arqctl.offline.protocol.handshake import is_started_by_terraform, open_port, private_socket
from arqctl.offline.protocol.provider import Provider
from arqctl.offline.protocol.server import make_server
from arqctl.offline.protocol.terraform_log import configure_logging

_USAGE = (
    "This is the provider of offline AWS. Terraform starts it: "
    "run `arqctl plan ENVIRONMENT --offline`, or set ARQ_OFFLINE=1 for `cdktf`.\n"
)
# Seconds that running calls may take after shutdown begins.
_GRACE = 1.0


def serve(make_provider: Callable[[], Provider]) -> int:
    """Serve a provider to the Terraform that started this process, and return the exit code at its end.

    Started from a shell, print a hint and return 1. Ctrl-C is left to Terraform. Terraform can't show an
    exception of `make_provider`, so work that may fail belongs into `schema_response`. Afterwards, end the
    process by `os._exit`, which does not wait for threads.
    """
    if not is_started_by_terraform():
        sys.stderr.write(_USAGE)
        return 1
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    configure_logging()
    terraform = _take_stdout()
    end, wake_up = os.pipe()
    for each in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, lambda *_: _wake(wake_up))
    server = make_server(make_provider(), on_shutdown=lambda: _wake(wake_up))
    with private_socket() as socket:
        line = open_port(server, socket)
        server.start()
        with contextlib.suppress(BrokenPipeError):
            os.write(terraform, line.encode())
        _wait(terraform, end)
        server.stop(_GRACE).wait()
    return 0


def _take_stdout() -> int:
    """Return a copy of stdout for the handshake, and redirect all later output to stderr."""
    terraform = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return terraform


def _wake(wake_up: int) -> None:
    os.write(wake_up, b"\0")


def _wait(terraform: int, end: int) -> None:
    """Wait for a shutdown, or until stdout has no reader: then Terraform has ended or was killed."""
    poll = select.poll()
    poll.register(terraform, 0)
    poll.register(end, select.POLLIN)
    poll.poll()
