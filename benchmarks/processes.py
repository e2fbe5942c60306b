"""Runs a program and measures it whole: wall time, and peak memory of it and all processes it started."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_SAMPLE_SECONDS = 0.02


@dataclass(frozen=True)
class Measured:
    """What one run took, and what it printed."""

    seconds: float
    peak_mib: float
    output: str


def measure(
    command: Sequence[str], *, environment: Mapping[str, str], rounds: int, of: str | None = None
) -> Measured:
    """Run `command` with more environment variables: the fastest of `rounds` runs, and the peak of one more.

    The peak is that of the whole family of processes, or of the largest in it whose command line holds `of`.

    Memory is sampled from /proc, so Linux only, and in a run of its own: sampling takes time from the run.
    Compiled Python is kept between runs, whatever this process was told: warm is warm.
    """
    environment = {**_without_settings_of_compilation(), **environment}
    timed = [_timed(command, environment) for _ in range(rounds)]
    seconds, output = min(timed)
    return Measured(seconds, _peak_mib(command, environment, of), output)


def _without_settings_of_compilation() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _timed(command: Sequence[str], environment: Mapping[str, str]) -> tuple[float, str]:
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    seconds = time.perf_counter() - start
    _require_success(command, done.returncode)
    return seconds, done.stdout


def _peak_mib(command: Sequence[str], environment: Mapping[str, str], of: str | None) -> float:
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    sampler = _Sampler(process.pid, of)
    sampler.start()
    process.wait()
    sampler.finished.set()
    sampler.join()
    _require_success(command, process.returncode)
    return sampler.peak_kib / 1024


def _require_success(command: Sequence[str], returncode: int) -> None:
    if returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {returncode}")


class _Sampler(threading.Thread):
    """Keeps the most resident memory that a process and its descendants, or one of these, had at a moment."""

    def __init__(self, root: int, of: str | None) -> None:
        super().__init__(daemon=True)
        self.finished = threading.Event()
        self.peak_kib = 0
        self._root = root
        self._of = of

    def run(self) -> None:
        while not self.finished.wait(_SAMPLE_SECONDS):
            self.peak_kib = max(self.peak_kib, self._kib())

    def _kib(self) -> int:
        family = _family(self._root)
        if self._of is None:
            return sum(map(_resident_kib, family))
        return max((_resident_kib(pid) for pid in family if self._of in _command_line(pid)), default=0)


def _family(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (parent := _parent(entry)) is not None:
            children.setdefault(parent, []).append(int(entry.name))
    family, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        family.append(pid)
        waiting += children.get(pid, [])
    return family


def _parent(process: Path) -> int | None:
    try:
        # The name of the program, in parentheses, may hold spaces: the parent is the second field after it.
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def _resident_kib(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    lines = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(lines[0].split()[1]) if lines else 0
