"""A load that `python -m benchmarks.record_load` recorded, for other pods and more customers."""

import csv
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Self

from constructs_arq.services.pod_resources import PodResources
from tests.services.cluster_simulation import Load, Memory


@dataclass(frozen=True)
class Second:
    """Complete requests, CPU time and resident memory of the recorded process."""

    requests: int
    cpu_seconds: float
    mib: float


@dataclass(frozen=True)
class Recording:
    """A recording of one process of the API."""

    header: str
    seconds: tuple[Second, ...]

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read the lines of a recording. Its header is a comment."""
        lines = file.read_text().splitlines()
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        return cls(
            header="\n".join(line for line in lines if line.startswith("#")),
            seconds=tuple(
                Second(int(row["requests"]), float(row["cpu_seconds"]), float(row["resident_mib"]))
                for row in rows
            ),
        )

    def load(self, pod: PodResources, *, processes: float, stretch: float = 1, phase: int = 0) -> Load:
        """Return the demand of as many customers as `processes` recorded ones have, again and again.

        With `stretch`, changes take longer. `phase` is the second in which the load begins.
        """
        percents = [self._cpu_percent(second, pod) * processes for second in self.seconds]
        return lambda now: percents[int((now + phase) / stretch) % len(percents)]

    def memory(self, pod: PodResources) -> Memory:
        """Return the memory of a pod: that of the recorded process while it used at most as much CPU."""

        pairs = sorted((self._cpu_percent(second, pod), second.mib) for second in self.seconds)
        uses = [use for use, _ in pairs]
        peaks = list(accumulate((mib for _, mib in pairs), max))
        return lambda peak: peaks[max(bisect_right(uses, peak) - 1, 0)] / pod.memory_mib * 100

    def _cpu_percent(self, second: Second, pod: PodResources) -> float:
        return second.cpu_seconds * 1000 / pod.cpu_millicores * 100
