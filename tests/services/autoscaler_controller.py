"""The algorithm of the HorizontalPodAutoscaler's controller in Kubernetes 1.35, for CPU and memory.

https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#algorithm-details
https://github.com/kubernetes/kubernetes/tree/v1.35.0/pkg/controller/podautoscaler
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import ceil, floor

from tests.services.autoscaler_rules import Limit, Rules

TOLERANCE = 0.1
CPU_INITIALIZATION_SECONDS = 300


@dataclass(frozen=True)
class PodState:
    """A pod as the controller sees it. Usage and time of the metric are None if there is none yet.

    `usage` is that of the CPU, as a percentage of the request; `memory` is that of the memory. `ready_since`
    is None for a pod that was never ready.
    """

    started: float
    ready_since: float | None
    usage: float | None
    measured: float | None = None
    window: float = 15
    memory: float | None = None


@dataclass(frozen=True)
class _Event:
    time: float
    value: int


@dataclass
class Controller:
    """Decides the number of pods at each synchronization, and remembers what the rules need."""

    rules: Rules
    recommendations: list[_Event] = field(default_factory=list)
    added: list[_Event] = field(default_factory=list)
    removed: list[_Event] = field(default_factory=list)

    def sync(self, now: float, current: int, pods: Sequence[PodState]) -> int:
        """Return the new number of pods for their use of CPU and memory."""
        proposals = [desired_replicas(current, pods, self.rules.target, now)]
        if self.rules.memory_target is not None:
            proposals.append(desired_for_memory(current, pods, self.rules.memory_target))
        return self.follow(now, current, largest_proposal(current, proposals))

    def follow(self, now: float, current: int, proposed: int | None) -> int:
        """Return the new number of pods for the proposal of a metric. None: the metric is missing."""
        if current == 0:
            return 0
        if not self.rules.least <= current <= self.rules.most:
            desired = min(max(current, self.rules.least), self.rules.most)
        else:
            if proposed is None:
                return current
            desired = self._limited(now, current, self._stabilized(now, current, proposed))
        self._remember(now, current, desired)
        return desired

    def _stabilized(self, now: float, current: int, proposed: int) -> int:
        """Return the proposal within the lowest recent one for growth and the highest one for shrinkage."""
        lowest = highest = proposed
        for event in self.recommendations:
            if event.time > now - self.rules.up.window:
                lowest = min(lowest, event.value)
            if event.time > now - self.rules.down.window:
                highest = max(highest, event.value)
        longest = max(self.rules.up.window, self.rules.down.window)
        recent = [event for event in self.recommendations if event.time > now - longest]
        self.recommendations = [*recent, _Event(now, proposed)]
        return min(max(current, lowest), highest)

    def _limited(self, now: float, current: int, desired: int) -> int:
        if desired > current:
            return min(desired, self.rules.most, max(current, self._most(now, current)))
        if desired < current:
            return max(desired, self.rules.least, min(current, self._least(now, current)))
        return desired

    def _most(self, now: float, current: int) -> int:
        proposals = []
        for limit in self.rules.up.limits:
            start = current - _sum(self.added, now, limit) + _sum(self.removed, now, limit)
            percent = ceil(start * (1 + limit.value / 100))
            proposals.append(start + limit.value if limit.type == "Pods" else percent)
        return _select(self.rules.up.select, current, proposals, largest=max, smallest=min)

    def _least(self, now: float, current: int) -> int:
        proposals = []
        for limit in self.rules.down.limits:
            start = current + _sum(self.removed, now, limit) - _sum(self.added, now, limit)
            percent = floor(start * (1 - limit.value / 100))
            proposals.append(start - limit.value if limit.type == "Pods" else percent)
        return _select(self.rules.down.select, current, proposals, largest=min, smallest=max)

    def _remember(self, now: float, current: int, desired: int) -> None:
        if desired > current:
            self.added.append(_Event(now, desired - current))
        elif desired < current:
            self.removed.append(_Event(now, current - desired))


def _sum(events: Sequence[_Event], now: float, limit: Limit) -> int:
    return sum(event.value for event in events if event.time > now - limit.period)


def _select(
    policy: str,
    current: int,
    proposals: Sequence[int],
    *,
    largest: Callable[[Sequence[int]], int],
    smallest: Callable[[Sequence[int]], int],
) -> int:
    if policy == "Disabled":
        return current
    return smallest(proposals) if policy == "Min" else largest(proposals)


def largest_proposal(current: int, proposals: Sequence[int | None]) -> int | None:
    """Return the proposal that the controller follows. With a metric missing, it follows no smaller one."""
    known = [proposal for proposal in proposals if proposal is not None]
    if not known or (len(known) < len(proposals) and max(known) < current):
        return None
    return max(known)


def desired_replicas(current: int, pods: Sequence[PodState], target: int, now: float) -> int | None:
    """Return the number of pods for the target of the CPU, or None without metrics.

    Unready pods and pods without a metric count as idle for growth. For shrinkage, pods without a metric use
    their whole request.
    """
    unready = sum(pod.usage is not None and _is_unready(pod, now) for pod in pods)
    measured = [pod.usage for pod in pods if pod.usage is not None and not _is_unready(pod, now)]
    return _desired(current, measured, _Unmeasured.of(pods, [pod.usage for pod in pods], unready), target)


def desired_for_memory(current: int, pods: Sequence[PodState], target: int) -> int | None:
    """Return the number of pods for the target of the memory. It counts from its first metric on."""
    measured = [pod.memory for pod in pods if pod.memory is not None]
    return _desired(current, measured, _Unmeasured.of(pods, [pod.memory for pod in pods], 0), target)


@dataclass(frozen=True)
class _Unmeasured:
    """The numbers of pods whose use does not count, or is not known."""

    ignored: int
    missing: int

    @classmethod
    def of(cls, pods: Sequence[PodState], usages: Sequence[float | None], unready: int) -> "_Unmeasured":
        unknown = [pod for pod, usage in zip(pods, usages, strict=True) if usage is None]
        pending = sum(pod.ready_since is None for pod in unknown)
        return cls(ignored=unready + pending, missing=len(unknown) - pending)


def _desired(current: int, measured: Sequence[float], others: _Unmeasured, target: int) -> int | None:
    if not measured:
        return None
    ratio = _ratio(measured, target)
    is_rebalanced = bool(others.ignored) and ratio > 1
    if not is_rebalanced and not others.missing:
        return current if _is_close(ratio) else ceil(ratio * len(measured))
    assumed = [*measured, *([0.0] * others.ignored if is_rebalanced else [])]
    assumed += [100.0 if ratio < 1 else 0.0] * others.missing if ratio != 1 else []
    new_ratio = _ratio(assumed, target)
    turns = (ratio < 1 < new_ratio) or (ratio > 1 > new_ratio)
    desired = ceil(new_ratio * len(assumed))
    is_against = (new_ratio < 1 and desired > current) or (new_ratio > 1 and desired < current)
    return current if _is_close(new_ratio) or turns or is_against else desired


def desired_for_queue(current: int, messages: float, target: int) -> int:
    """Return the number of pods for an external metric whose target is an average value for each pod."""
    return current if _is_close(messages / (target * current)) else ceil(messages / target)


def _ratio(usages: Sequence[float], target: int) -> float:
    """Return the utilization as an integer percentage, relative to the target."""
    return int(sum(usages) / len(usages)) / target


def _is_close(ratio: float) -> bool:
    return 1 - TOLERANCE <= ratio <= 1 + TOLERANCE


def _is_unready(pod: PodState, now: float) -> bool:
    """Return whether the CPU metric of a pod may come from its start."""
    if pod.ready_since is None:
        return True
    is_new = now < pod.started + CPU_INITIALIZATION_SECONDS
    return is_new and pod.measured is not None and pod.measured < pod.ready_since + pod.window
