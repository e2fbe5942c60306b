"""A worker with its queue: its length is known late, pods start, and each processes one message at a time.

KEDA starts the first pod and stops the last one; between them, the autoscaler's controller sets the number.
https://keda.sh/docs/2.20/concepts/scaling-deployments/ and https://keda.sh/docs/2.20/scalers/aws-sqs/
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from constructs_arq.services.queue_scaling import (
    COOLDOWN_SECONDS,
    POLL_SECONDS,
    QueueScaling,
)
from tests.services.autoscaler_controller import TOLERANCE, Controller, desired_for_queue
from tests.services.autoscaler_rules import Rules
from tests.services.cluster_simulation import LONG_AGO, SYNC_SECONDS

Arrivals = Callable[[int], float]
"""The messages that arrive in a second."""


@dataclass(frozen=True)
class WorkerTiming:
    """Delays of the cluster and of SQS, whose lengths are approximate, and the seconds for a message."""

    start_seconds: int = 20
    length_delay: int = 30
    phase: int = 5
    message_seconds: float = 4


@dataclass(frozen=True)
class QueueMoment:
    """The state after a second. `messages` wait or are in process."""

    time: int
    replicas: int
    ready: int
    messages: float

    def is_at_target(self, rules: Rules) -> bool:
        """Return whether the ready pods have at most their messages, or there is the maximum."""
        most = self.ready * rules.target * (1 + TOLERANCE)
        return self.ready == rules.most or self.messages <= most


def simulate_worker(
    scaling: QueueScaling,
    arrivals: Arrivals,
    seconds: int,
    *,
    timing: WorkerTiming | None = None,
    rules: Rules | None = None,
) -> list[QueueMoment]:
    """Return each second of a worker that starts with the minimum of pods and an empty queue."""
    controller = Controller(rules or Rules.of_worker(scaling))
    return list(_seconds(scaling, controller, arrivals, seconds, timing or WorkerTiming()))


def _seconds(
    scaling: QueueScaling,
    controller: Controller,
    arrivals: Arrivals,
    seconds: int,
    timing: WorkerTiming,
) -> Iterator[QueueMoment]:
    starts = [LONG_AGO] * scaling.min_size
    lengths, active = [0.0], LONG_AGO
    for now in range(seconds):
        known, replicas = lengths[max(now - timing.length_delay, 0)], len(starts)
        if now % POLL_SECONDS == timing.phase:
            active = now if known else active
            replicas = _activated(scaling, replicas, now - active)
        if now % SYNC_SECONDS == 0 and replicas:
            proposed = desired_for_queue(replicas, known, controller.rules.target)
            replicas = controller.follow(now, replicas, proposed)
        starts = [*starts[:replicas], *[now] * (replicas - len(starts))]
        ready = sum(now >= start + timing.start_seconds for start in starts)
        length = max(lengths[-1] + arrivals(now) - ready / timing.message_seconds, 0)
        lengths.append(length)
        yield QueueMoment(now, replicas, ready, length)


def _activated(scaling: QueueScaling, replicas: int, idle_seconds: int) -> int:
    """Return the number of pods after KEDA has started the first one or stopped the last one."""
    if idle_seconds == 0:
        return max(replicas, 1)
    is_over = scaling.min_size == 0 and idle_seconds >= COOLDOWN_SECONDS
    return 0 if is_over else replicas
