"""The pods of a worker follow its queue: simulations of KEDA and the autoscaler's controller with our values.

https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/
"""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_arq.services.queue_scaling import COOLDOWN_SECONDS, QueueScaling
from tests.services.autoscaler_controller import desired_for_queue
from tests.services.autoscaler_rules import Direction, Limit, Rules
from tests.services.cluster_simulation import changes_of_direction
from tests.services.queue_simulation import Arrivals, WorkerTiming, simulate_worker

SECONDS_TO_TARGET = 180
HOUR = 3600
SCALINGS = st.builds(
    lambda least, more, messages: QueueScaling(
        min_size=least, max_size=max(least + more, 1), messages_per_pod=messages
    ),
    st.integers(0, 5),
    st.integers(0, 35),
    st.integers(1, 100),
)
TIMINGS = st.builds(
    WorkerTiming,
    start_seconds=st.integers(2, 30),
    length_delay=st.integers(0, 60),
    phase=st.integers(0, 14),
    message_seconds=st.sampled_from((1, 4, 10)),
)


def burst(messages: int, at: int) -> Arrivals:
    return lambda now: messages if now == at else 0


def noisy(mean: float, amplitude: float, seed: int) -> Arrivals:
    values = random.Random(seed)  # noqa: S311 - a load
    factors = [1 + values.uniform(-amplitude, amplitude) for _ in range(2 * HOUR // 5)]
    return lambda now: mean * factors[now // 5]


@pytest.mark.parametrize(
    ("current", "messages", "expected"),
    [(1, 0, 0), (2, 44, 2), (2, 45, 3), (2, 36, 2), (2, 20, 1), (1, 900, 45)],
)
def test_the_number_of_pods_is_the_messages_by_the_target_with_a_tolerance(
    current: int, messages: int, expected: int
) -> None:
    assert desired_for_queue(current, messages, 20) == expected


@settings(deadline=None, max_examples=60)
@given(SCALINGS, TIMINGS, st.floats(0.1, 2), st.integers(0, 14))
def test_a_burst_has_its_pods_within_3_minutes(
    scaling: QueueScaling, timing: WorkerTiming, used: float, phase: int
) -> None:
    start = 300 + phase
    messages = int(scaling.max_size * scaling.messages_per_pod * used) + 1
    moments = simulate_worker(scaling, burst(messages, start), start + 600, timing=timing)
    rules = Rules.of_worker(scaling)
    late = [moment for moment in moments if moment.time >= start + SECONDS_TO_TARGET]
    assert all(moment.is_at_target(rules) for moment in late)
    assert all(scaling.min_size <= moment.replicas <= scaling.max_size for moment in moments)


@pytest.mark.parametrize("least", [0, 2])
def test_a_queue_drains_and_its_pods_stop(least: int) -> None:
    scaling = QueueScaling(min_size=least, max_size=20, messages_per_pod=30)
    moments = simulate_worker(scaling, burst(500, 60), HOUR)
    assert max(moment.replicas for moment in moments) >= 16
    empty = next(moment.time for moment in moments if moment.time > 60 and not moment.messages)
    assert empty <= 60 + SECONDS_TO_TARGET + 30 * WorkerTiming().message_seconds
    # The autoscaler keeps a pod. Without messages, KEDA stops it.
    assert all(moment.replicas for moment in moments if 120 < moment.time < empty + COOLDOWN_SECONDS)
    assert moments[-1].replicas == least


@settings(deadline=None, max_examples=25)
@given(
    TIMINGS,
    st.floats(1.2, 16),
    st.integers(60, 300),
    st.floats(0, 0.3),
    st.integers(0, 1000),
)
def test_constant_arrivals_with_noise_do_not_flap(
    timing: WorkerTiming, busy: float, share_seconds: int, amplitude: float, seed: int
) -> None:
    """`busy` pods can process all messages, and each pod's share of the queue takes a minute or more."""
    messages = round(share_seconds / timing.message_seconds)
    scaling = QueueScaling(min_size=1, max_size=40, messages_per_pod=messages)
    arrivals = noisy(busy / timing.message_seconds, amplitude, seed)
    settled = simulate_worker(scaling, arrivals, 2 * HOUR, timing=timing)[HOUR:]
    # At most once in about four minutes, and near the number of busy pods.
    assert changes_of_direction(settled) <= 16
    sizes = {moment.replicas for moment in settled}
    assert min(sizes) >= busy / 2 - 1
    assert max(sizes) <= busy * 1.6 + 1


def test_with_the_default_shrinkage_of_kubernetes_nearly_all_pods_stop() -> None:
    scaling = QueueScaling(min_size=1, max_size=20, messages_per_pod=5)
    rules = Rules.of_worker(scaling)
    default = replace(rules, down=Direction(300, [Limit("Percent", 100, 15)]))

    def least(rules: Rules) -> int:
        moments = simulate_worker(scaling, lambda now: 8 / 4, 2 * HOUR, rules=rules)
        return min(moment.replicas for moment in moments[HOUR:])

    assert least(default) == 1
    assert least(rules) >= 4
