"""A deployment with its autoscaler: pods start, metrics are late, and a load is divided over ready pods."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

from tests.services.autoscaler_controller import TOLERANCE, Controller, PodState
from tests.services.autoscaler_rules import Rules

SYNC_SECONDS = 15
SCRAPE_SECONDS = 15
"""Periods of the autoscaler's controller and of metrics-server."""
LONG_AGO = -3600

Load = Callable[[float], float]
"""The CPU demand of all requests at a time, in percent of the request of one pod."""

Memory = Callable[[float], float]
"""The memory of a pod in percent of its request, by the largest use of the CPU since its start."""


@dataclass(frozen=True)
class Timing:
    """Delays of the cluster. `most_usage` is the CPU limit of a pod in percent of its request."""

    start_seconds: int = 20
    scrape_offset: int = 5
    metric_delay: int = 5
    most_usage: float = 200
    start_usage: float = 150


@dataclass(frozen=True)
class Moment:
    """The state after a second. `load` is a percentage of one pod's request."""

    time: float
    replicas: int
    ready: int
    load: float

    def is_at_target(self, rules: Rules, *, noise: float = 0) -> bool:
        """Return whether the ready pods have the target load with its tolerance, or there is the maximum."""
        use = int(self.load / self.ready / (1 + noise))
        return self.ready == rules.most or use <= rules.target * (1 + TOLERANCE)


@dataclass(frozen=True)
class _Metric:
    """The metrics of a pod, in percent of its requests."""

    cpu: float
    memory: float


@dataclass
class _Deployment:
    """Pods by the time of their start, and the sum of a ready pod's use until each second.

    A pod frees no memory: `peaks` has its largest use of the CPU.
    """

    timing: Timing
    starts: list[int]
    memory: Memory
    peaks: list[float] = field(default_factory=list)
    sums: list[float] = field(default_factory=lambda: [0.0])
    metrics: dict[int, _Metric] = field(default_factory=dict)
    measured: int = 0

    def ready(self, now: int) -> int:
        return bisect_right(self.starts, now - self.timing.start_seconds)

    def serve(self, now: int, demand: float) -> None:
        use = min(demand / self.ready(now), self.timing.most_usage)
        self.sums.append(self.sums[-1] + use)
        self.peaks += [0.0] * (len(self.starts) - len(self.peaks))
        for number in range(self.ready(now)):
            self.peaks[number] = max(self.peaks[number], use)

    def usage(self, start: int, now: int) -> float:
        """Return the mean use of a pod in the last period. It must have run all the time."""
        begin = now - SCRAPE_SECONDS
        served = min(max(start + self.timing.start_seconds, begin), now)
        total = self.timing.start_usage * (served - begin) + self.sums[now] - self.sums[max(served, 0)]
        return total / SCRAPE_SECONDS

    def scrape(self, now: int, misses_metric: Callable[[float, int], bool]) -> dict[int, _Metric]:
        """Return the metrics of pods by their position."""
        return {
            number: _Metric(self.usage(start, now), self.memory(self.peaks[number]))
            for number, start in enumerate(self.starts)
            if start <= now - SCRAPE_SECONDS and not misses_metric(now, number)
        }

    def states(self, now: int) -> list[PodState]:
        ready = self.ready(now)
        return [
            PodState(
                started=start,
                ready_since=start + self.timing.start_seconds if number < ready else None,
                usage=metric.cpu if metric else None,
                measured=self.measured,
                window=SCRAPE_SECONDS,
                memory=metric.memory if metric else None,
            )
            for number, start in enumerate(self.starts)
            for metric in (self.metrics.get(number),)
        ]

    def resize(self, now: int, wanted: int) -> None:
        """Add pods, or remove the youngest ones, as a ReplicaSet does."""
        self.starts = [*self.starts[:wanted], *[now] * (wanted - len(self.starts))]
        self.peaks = self.peaks[:wanted]
        self.metrics = {number: metric for number, metric in self.metrics.items() if number < wanted}


def simulate(
    rules: Rules,
    load: Load,
    seconds: int,
    *,
    timing: Timing | None = None,
    replicas: int | None = None,
    misses_metric: Callable[[float, int], bool] = lambda time, pod: False,
    memory: Memory = lambda peak: 0,
) -> list[Moment]:
    """Return each second of a deployment. `misses_metric` decides which scrape of which pod fails."""
    deployment = _Deployment(timing or Timing(), [LONG_AGO] * (replicas or rules.least), memory)
    return list(_seconds(Controller(rules), deployment, load, seconds, misses_metric))


def _seconds(
    controller: Controller,
    deployment: _Deployment,
    load: Load,
    seconds: int,
    misses_metric: Callable[[float, int], bool],
) -> Iterator[Moment]:
    timing = deployment.timing
    late: dict[int, tuple[int, dict[int, _Metric]]] = {}
    for now in range(seconds):
        if now >= SCRAPE_SECONDS and now % SCRAPE_SECONDS == timing.scrape_offset:
            late[now + timing.metric_delay] = (now, deployment.scrape(now, misses_metric))
        if now in late:
            deployment.measured, found = late.pop(now)
            deployment.metrics = {
                number: metric for number, metric in found.items() if number < len(deployment.starts)
            }
        if now % SYNC_SECONDS == 0:
            deployment.resize(now, controller.sync(now, len(deployment.starts), deployment.states(now)))
        demand = load(now)
        deployment.serve(now, demand)
        yield Moment(now, len(deployment.starts), deployment.ready(now), demand)


class Sized(Protocol):
    """A state with a number of pods."""

    @property
    def replicas(self) -> int: ...


def changes_of_direction(moments: Sequence[Sized]) -> int:
    """Return how often growth follows shrinkage or the other way round."""
    steps = [after.replicas - before.replicas for before, after in pairwise(moments)]
    signs = [step > 0 for step in steps if step]
    return sum(before != after for before, after in pairwise(signs))
