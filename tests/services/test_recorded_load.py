"""The library's autoscaler follows a load that the reference API had, by CPU and memory."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.load_profile import draw_arrivals
from benchmarks.record_load import main
from constructs_arq.services.pod_resources import PodResources
from environments.production import PRODUCTION
from tests.services.autoscaler_rules import Rules
from tests.services.cluster_simulation import Moment, Timing, changes_of_direction, simulate
from tests.services.recorded_load import Recording

RECORDING = Recording.read(Path(__file__).parent / "load_traces" / "recorded_api.csv")
POD = PRODUCTION.shop.api.resources
BY_CPU = PRODUCTION.shop.api.scaling
SECONDS_TO_TARGET = 180
HALF_HOUR = 1800
# In half an hour, by how much longer the changes of the load take. The recorded spikes come every three
# minutes, so no pods stop between them. Longer peaks are more than five minutes apart.
CHANGES = {1: 2, 3: 8, 10: 6}
TIMINGS = st.builds(
    Timing,
    start_seconds=st.integers(2, 30),
    scrape_offset=st.integers(0, 14),
    metric_delay=st.integers(0, 10),
    start_usage=st.integers(0, 200),
)


def by_memory_too(target: int) -> Rules:
    return Rules.of(BY_CPU.model_copy(update={"target_memory_percent": target}))


def sizes(moments: list[Moment]) -> list[int]:
    return [moment.replicas for moment in moments]


@settings(deadline=None, max_examples=25)
@given(TIMINGS, st.floats(1, 10), st.sampled_from(list(CHANGES)), st.integers(0, 179), st.booleans())
def test_the_recorded_load_is_served_within_the_limits_and_without_flapping(
    timing: Timing, processes: float, stretch: int, phase: int, with_memory: bool
) -> None:
    rules = by_memory_too(70) if with_memory else Rules.of(BY_CPU)
    load = RECORDING.load(POD, processes=processes, stretch=stretch, phase=phase)
    moments = simulate(rules, load, HALF_HOUR, timing=timing, memory=RECORDING.memory(POD))
    assert all(BY_CPU.min_size <= size <= BY_CPU.max_size for size in sizes(moments))
    assert changes_of_direction(moments) <= CHANGES[stretch]
    missed = 0
    for moment in moments:
        missed = 0 if moment.is_at_target(rules, noise=0.2) else missed + 1
        assert missed <= SECONDS_TO_TARGET, moment


def test_the_spikes_of_the_recording_need_more_pods() -> None:
    load = RECORDING.load(POD, processes=8)
    found = sizes(simulate(Rules.of(BY_CPU), load, HALF_HOUR))
    assert max(found) > 2 * BY_CPU.min_size


def test_the_recorded_memory_changes_no_decision() -> None:
    load, memory = RECORDING.load(POD, processes=8), RECORDING.memory(POD)
    by_both = simulate(by_memory_too(70), load, HALF_HOUR, memory=memory)
    assert sizes(by_both) == sizes(simulate(Rules.of(BY_CPU), load, HALF_HOUR, memory=memory))


def test_a_memory_request_below_that_of_an_idle_process_needs_all_pods() -> None:
    small = PodResources(cpu_millicores=POD.cpu_millicores, memory_mib=88)
    load, memory = RECORDING.load(small, processes=0.1), RECORDING.memory(small)
    assert sizes(simulate(by_memory_too(80), load, 600, memory=memory))[-1] == BY_CPU.max_size
    assert sizes(simulate(Rules.of(BY_CPU), load, 600, memory=memory))[-1] == BY_CPU.min_size


def test_the_larger_proposal_of_both_metrics_counts() -> None:
    rules = by_memory_too(50)
    # A busy pod needs its whole memory, which it keeps.
    moments = simulate(
        rules, lambda now: 300 if 300 <= now < 600 else 30, HALF_HOUR, memory=lambda peak: min(10 + peak, 99)
    )
    pods_for_the_cpu = -(-300 // rules.target)
    assert max(sizes(moments)) > pods_for_the_cpu
    assert sizes(moments)[-1] > BY_CPU.min_size


def test_the_header_states_how_the_load_was_recorded() -> None:
    assert "python -m benchmarks.record_load" in RECORDING.header
    assert "0 of " in RECORDING.header
    rates = [second.requests for second in RECORDING.seconds]
    assert len(rates) == 180
    assert max(rates) > 20 * min(rates) > 0
    milliseconds = sum(second.cpu_seconds for second in RECORDING.seconds) / sum(rates) * 1000
    assert 0.5 < milliseconds < 10


def test_the_same_seed_gives_the_same_arrivals() -> None:
    arrivals = list(draw_arrivals(11))
    assert arrivals == list(draw_arrivals(11)) == sorted(arrivals)
    assert arrivals != list(draw_arrivals(12))
    spike = [each for each in arrivals if 65 <= each < 77]
    assert len(spike) == pytest.approx(12 * 180, rel=0.1)


@pytest.mark.slow
def test_the_reference_api_is_recorded(tmp_path: Path) -> None:
    file = tmp_path / "recording.csv"
    main(file, seed=1, scale=4, seconds=4)
    recorded = Recording.read(file)
    assert len(recorded.seconds) == 4
    assert sum(second.requests for second in recorded.seconds) > 40
    assert sum(second.cpu_seconds for second in recorded.seconds) > 0
    assert all(second.mib > 20 for second in recorded.seconds)
    assert "seed 1, rates x 4" in recorded.header
