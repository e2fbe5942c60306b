"""The library's autoscaler follows the load: simulations of the controller with our values.

https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/
"""

import random
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_arq import ScalingPolicy
from tests.services.autoscaler_rules import Rules
from tests.services.cluster_simulation import Load, Moment, Timing, changes_of_direction, simulate

RulesOf = Callable[[ScalingPolicy], Rules]
SECONDS_TO_TARGET = 180
HOUR = 3600
TRACES = sorted((Path(__file__).parent / "load_traces").glob("*.toml"))
SCALING = ScalingPolicy(min_size=2, max_size=20, target_cpu_percent=60)
POLICIES = st.builds(
    lambda least, more, target: ScalingPolicy(
        min_size=least, max_size=least + more, target_cpu_percent=target
    ),
    st.integers(2, 6),
    st.integers(0, 40),
    st.integers(40, 80),
)
TIMINGS = st.builds(
    Timing,
    start_seconds=st.integers(2, 30),
    scrape_offset=st.integers(0, 14),
    metric_delay=st.integers(0, 10),
    most_usage=st.integers(150, 400),
    start_usage=st.integers(0, 400),
)


OWNERS = st.sampled_from([Rules.of, Rules.of_gateway])


def load_of(trace: Path) -> tuple[Load, int]:
    """Return the load and the length of a trace in seconds."""
    data = tomllib.loads(trace.read_text())
    values, step = data["percent"], data["step_seconds"]

    def load(now: float) -> float:
        position, part = divmod(now / step, 1)
        first, second = values[int(position)], values[min(int(position) + 1, len(values) - 1)]
        return float(first + (second - first) * part)

    return load, len(values) * step


def noisy(load: float, amplitude: float, seed: int, *, period: int = 5) -> Load:
    """Return a constant load with noise that changes every few seconds."""
    values = random.Random(seed)  # noqa: S311 - a load
    factors = [1 + values.uniform(-amplitude, amplitude) for _ in range(2 * HOUR // period)]
    return lambda now: load * factors[int(now // period)]


def is_within(moments: list[Moment], scaling: ScalingPolicy) -> bool:
    return all(scaling.min_size <= moment.replicas <= scaling.max_size for moment in moments)


@settings(deadline=None, max_examples=100)
@given(OWNERS, POLICIES, TIMINGS, st.floats(0.2, 1.0), st.floats(1.0, 4.0), st.integers(0, 14))
def test_the_target_is_reached_within_3_minutes_of_a_step(
    rules_of: RulesOf, scaling: ScalingPolicy, timing: Timing, used: float, factor: float, phase: int
) -> None:
    rules = rules_of(scaling)
    before = scaling.min_size * rules.target * used
    step = 600 + phase
    moments = simulate(rules, lambda now: before * (factor if now >= step else 1), step + 600, timing=timing)
    late = [moment for moment in moments if moment.time >= step + SECONDS_TO_TARGET]
    assert all(moment.is_at_target(rules) for moment in late)
    assert is_within(moments, scaling)


@settings(deadline=None, max_examples=60)
@given(POLICIES, TIMINGS, st.lists(st.integers(0, 5000), min_size=2, max_size=8), st.integers(0, 1000))
def test_the_size_stays_within_its_limits(
    scaling: ScalingPolicy, timing: Timing, loads: list[int], seed: int
) -> None:
    values = random.Random(seed)  # noqa: S311 - a load
    moments = simulate(
        Rules.of(scaling),
        lambda now: loads[int(now // 60) % len(loads)],
        1200,
        timing=timing,
        misses_metric=lambda time, pod: values.random() < 0.2,
    )
    assert is_within(moments, scaling)


@settings(deadline=None, max_examples=40)
@given(OWNERS, POLICIES, TIMINGS, st.floats(0.5, 3.0), st.floats(0, 0.3), st.integers(0, 1000))
def test_a_constant_load_with_noise_does_not_flap(
    rules_of: RulesOf, scaling: ScalingPolicy, timing: Timing, used: float, amplitude: float, seed: int
) -> None:
    rules = rules_of(scaling)
    load = noisy(scaling.min_size * rules.target * used, amplitude, seed)
    settled = simulate(rules, load, HOUR, timing=timing)[600:]
    assert changes_of_direction(settled) <= 4
    sizes = {moment.replicas for moment in settled[600:]}
    assert max(sizes) - min(sizes) <= max(2, max(sizes) // 5)


def test_without_the_window_the_same_load_flaps() -> None:
    rules = Rules.of(SCALING)
    hasty = replace(rules, down=replace(rules.down, window=0))
    load = noisy(SCALING.min_size * rules.target * 2, 0.3, 1, period=15)
    assert changes_of_direction(simulate(hasty, load, HOUR)[600:]) > 10
    assert changes_of_direction(simulate(rules, load, HOUR)[600:]) <= 4


def test_with_slow_growth_the_target_is_late() -> None:
    rules = Rules.of(SCALING)
    slow = replace(rules, up=replace(rules.up, window=300))
    step = simulate(slow, lambda now: 400 if now >= 600 else 100, 1200)
    assert not all(moment.is_at_target(rules) for moment in step if moment.time >= 600 + SECONDS_TO_TARGET)


@pytest.mark.parametrize("trace", TRACES, ids=lambda path: path.stem)
def test_a_trace_is_served_within_the_limits_and_without_flapping(trace: Path) -> None:
    load, seconds = load_of(trace)
    rules = Rules.of(SCALING)
    moments = simulate(rules, load, seconds, replicas=_needed(load(0), rules))
    assert is_within(moments, SCALING)
    assert changes_of_direction(moments) <= max(4, 2 * seconds // HOUR)
    assert sum(moment.load > moment.ready * 100 for moment in moments) <= SECONDS_TO_TARGET
    missed = 0
    for moment in moments:
        missed = 0 if moment.is_at_target(rules, noise=0.2) else missed + 1
        assert missed <= SECONDS_TO_TARGET, moment


def test_a_dip_during_a_deployment_removes_no_pods() -> None:
    load, seconds = load_of(next(trace for trace in TRACES if trace.stem == "deploy_dip"))
    rules = Rules.of(SCALING)
    moments = simulate(rules, load, seconds, replicas=_needed(520, rules))
    assert min(moment.replicas for moment in moments) >= _needed(520, rules) - 1


def test_a_flash_crowd_leaves_no_idle_pods_after_an_hour() -> None:
    crowd: Callable[[float], float] = lambda now: 800 if 300 <= now < 1500 else 100  # noqa: E731 - short
    moments = simulate(Rules.of(SCALING), crowd, 1500 + HOUR)
    assert max(moment.replicas for moment in moments) >= 12
    assert moments[-1].replicas == SCALING.min_size


def _needed(load: float, rules: Rules) -> int:
    return max(rules.least, -int(-load // rules.target))
