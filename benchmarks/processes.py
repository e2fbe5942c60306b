"""Measures the time and memory of processes and commands."""

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
    """Duration, peak memory and output of a command."""

    seconds: float
    peak_mib: float
    output: str


def measure(
    command: Sequence[str], *, environment: Mapping[str, str], rounds: int, process_name: str | None = None
) -> Measured:
    """Return the shortest duration of `rounds` runs of a command, and the peak memory of a separate run.

    `environment` is added to the environment variables. The peak is the sum over the process tree or, if
    `process_name` is given, that of the largest process whose command line contains it. Memory is sampled
    from /proc, so this requires Linux, and in a separate run, because sampling slows the command. Python's
    bytecode cache is on.
    """
    environment = {**_environment_with_bytecode_cache(), **environment}
    timed = [_timed(command, environment) for _ in range(rounds)]
    seconds, output = min(timed)
    return Measured(seconds, _peak_mib(command, environment, process_name), output)


def _environment_with_bytecode_cache() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _timed(command: Sequence[str], environment: Mapping[str, str]) -> tuple[float, str]:
    start = time.perf_counter()
    result = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    seconds = time.perf_counter() - start
    _require_success(command, result.returncode)
    return seconds, result.stdout


def _peak_mib(command: Sequence[str], environment: Mapping[str, str], process_name: str | None) -> float:
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    sampler = _Sampler(process.pid, process_name)
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
    """Samples the peak resident memory of a process and its descendants, or of one of them."""

    def __init__(self, root: int, process_name: str | None) -> None:
        super().__init__(daemon=True)
        self.finished = threading.Event()
        self.peak_kib = 0
        self._root = root
        self._process_name = process_name

    def run(self) -> None:
        while not self.finished.wait(_SAMPLE_SECONDS):
            self.peak_kib = max(self.peak_kib, self._kib())

    def _kib(self) -> int:
        tree = _process_tree(self._root)
        if self._process_name is None:
            return sum(map(resident_kib, tree))
        return max((resident_kib(pid) for pid in tree if self._process_name in _command_line(pid)), default=0)


def _process_tree(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (parent := _parent(entry)) is not None:
            children.setdefault(parent, []).append(int(entry.name))
    tree, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        tree.append(pid)
        waiting += children.get(pid, [])
    return tree


def _parent(process: Path) -> int | None:
    try:
        # The program name is in parentheses and may contain spaces. The parent is the second field after it.
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of all threads of a process, in steps of the kernel's clock tick."""
    # The program name is in parentheses. User and system time are the 12th and 13th field after it.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_kib(pid: int) -> int:
    """Return the resident memory of a process, or 0 if it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    lines = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(lines[0].split()[1]) if lines else 0
