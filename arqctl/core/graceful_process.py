"""Runs Terraform so that an interruption does not lose the state.

At the first SIGINT, Terraform stops running operations and saves the state. At the second one it exits at
once, and the state is lost. A terminal sends Ctrl-C to all processes of its foreground group. So Terraform
runs in a group of its own, and gets exactly one SIGINT from arqctl.
https://developer.hashicorp.com/terraform/cli/commands/apply
"""

import os
import select
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import IO

from arqctl.core.interruption import handle_interruptions

# Plans and local states contain secrets.
_OWNER_ONLY_UMASK = 0o077
_MAX_WAIT_SECONDS = 1
_CHUNK_BYTES = 65_536


class _Forwarder:
    """Forwards the first signal to the process as SIGINT, also if it came before the process started."""

    def __init__(self) -> None:
        self.is_interrupted = False
        self._process: subprocess.Popen[str] | None = None

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        if not self.is_interrupted:
            self.is_interrupted = True
            self._send()

    def start(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        if self.is_interrupted:
            self._send()

    def _send(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)


@contextmanager
def graceful_process(
    command: Sequence[str | Path], *, folder: Path, variables: Mapping[str, str]
) -> Iterator[subprocess.Popen[str]]:
    """Run a command, with its errors in its standard output. Interrupt it at most once, and wait for it.

    Raises:
        KeyboardInterrupt: after the process has ended, if the run was interrupted.
    """
    forwarder = _Forwarder()
    with (
        handle_interruptions(forwarder) as is_handled,
        subprocess.Popen(  # noqa: S603 - the user's own Terraform, with literal arguments
            command,
            cwd=folder,
            env={**os.environ, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            umask=_OWNER_ONLY_UMASK,
            process_group=0 if is_handled else None,
        ) as process,
    ):
        forwarder.start(process)
        yield process
    if forwarder.is_interrupted:
        raise KeyboardInterrupt


def read_lines(stream: IO[str] | None) -> Iterator[str]:
    """Yield the lines of a process's output, without their ends.

    A signal that arrives just before a read does not end the read, and Python calls its handler only
    afterwards. So no wait is longer than a second: without that, an interruption could be lost.
    """
    if stream is None:
        return
    output, rest = stream.fileno(), b""
    while True:
        if not select.select([output], [], [], _MAX_WAIT_SECONDS)[0]:
            continue
        chunk = os.read(output, _CHUNK_BYTES)
        *lines, rest = (rest + chunk).split(b"\n")
        yield from (line.decode(errors="replace") for line in lines)
        if not chunk:
            break
    if rest:
        yield rest.decode(errors="replace")
