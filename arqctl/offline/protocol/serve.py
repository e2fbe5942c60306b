"""The life of a provider's process: from Terraform's start of it to the end of either."""

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

_BY_HAND = (
    "This is the provider of offline AWS. Terraform starts it: "
    "run `arqctl plan ENVIRONMENT --offline`, or set ARQ_OFFLINE=1 for `cdktf`.\n"
)
# How long calls in hand may take, in seconds, once the end has come.
_GRACE = 1.0


def serve(make_provider: Callable[[], Provider]) -> int:
    """Serve a provider to the Terraform that started this process, until either ends. Returns the exit code.

    Started by a person, it says what it is and returns 1. Ctrl-C reaches this process too, but is Terraform's
    to handle. What `make_provider` raises, Terraform can't show: so it should leave to `schema_response` what
    may fail. Then end the process by `os._exit`, which waits for no thread.
    """
    if not is_started_by_terraform():
        sys.stderr.write(_BY_HAND)
        return 1
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    configure_logging()
    terraform = _take_stdout()
    end, awake = os.pipe()
    for each in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, lambda *_: _wake(awake))
    server = make_server(make_provider(), on_shutdown=lambda: _wake(awake))
    with private_socket() as socket:
        line = open_port(server, socket)
        server.start()
        with contextlib.suppress(BrokenPipeError):
            os.write(terraform, line.encode())
        _wait(terraform, end)
        server.stop(_GRACE).wait()
    return 0


def _take_stdout() -> int:
    """Terraform's end of stdout. What anything else prints from now on goes to stderr."""
    terraform = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return terraform


def _wake(awake: int) -> None:
    os.write(awake, b"\0")


def _wait(terraform: int, end: int) -> None:
    """Until told to end, or nobody reads our stdout any more: Terraform is gone, even if it was killed."""
    poll = select.poll()
    poll.register(terraform, 0)
    poll.register(end, select.POLLIN)
    poll.poll()
