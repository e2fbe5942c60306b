"""The alerts of objectives over synthetic outages, evaluated by promtool in simulated time."""

from pathlib import Path

import pytest

from constructs_arq.core.alarm_delivery import REACTION_SECONDS
from tests.observability.slo.promtool import (
    AVAILABILITY,
    FAULT,
    HISTORY,
    HOUR,
    LATENCY,
    STEP_SECONDS,
    Simulation,
    available_pods,
    requests,
)

AVAILABLE = "ApiAvailabilityBurn"
FAST = "ApiLatencyBurn"
# Seconds from the fault to the page. docs/slo.md has them.
SECONDS_TO_PAGE = {1.0: 60, 0.5: 120, 0.1: 540, 0.02: 2610}


def require(simulation: Simulation, folder: Path) -> None:
    result = simulation.run(folder)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("share", SECONDS_TO_PAGE)
def test_an_outage_pages_in_time(share: float, tmp_path: Path) -> None:
    seconds = SECONDS_TO_PAGE[share]
    length = seconds + 120
    simulation = Simulation(
        series={
            **requests([(HISTORY, 0, 0), (length, share, 0)]),
            **available_pods([(HISTORY + length, 3)]),
        }
    )
    simulation.expect_firing(AVAILABLE, "critical", False, at=FAULT + seconds - STEP_SECONDS)
    simulation.expect_firing(AVAILABLE, "critical", True, at=FAULT + seconds)
    result = simulation.run(tmp_path, [AVAILABILITY])
    assert result.returncode == 0, result.stdout
    if share >= 0.5:
        assert seconds <= REACTION_SECONDS / 2


@pytest.mark.slow
def test_slow_answers_page_in_time(tmp_path: Path) -> None:
    simulation = Simulation(series=requests([(HISTORY, 0, 0), (HOUR, 0, 1)]))
    simulation.expect_firing(FAST, "critical", False, at=FAULT + 150)
    simulation.expect_firing(FAST, "critical", True, at=FAULT + 180)
    result = simulation.run(tmp_path, [LATENCY])
    assert result.returncode == 0, result.stdout


@pytest.mark.slow
def test_a_service_without_pods_pages_and_uses_up_its_budget(tmp_path: Path) -> None:
    """No pod counts the requests that fail."""
    simulation = Simulation(
        series={**requests([(HISTORY, 0, 0)]), **available_pods([(HISTORY, 3), (2 * HOUR, 0)])}
    )
    simulation.expect_firing(AVAILABLE, "critical", False, at=FAULT)
    simulation.expect_firing(AVAILABLE, "critical", True, at=FAULT + 90)
    after = FAULT + HOUR + 300
    simulation.expect("round(sum(slo:requests:rate1h))", 20, at=after)
    simulation.expect("round(sum(slo:sli_error:ratio_rate1h), 0.01)", 1, at=after)
    result = simulation.run(tmp_path, [AVAILABILITY])
    assert result.returncode == 0, result.stdout


def test_an_outage_of_one_hour_ends_with_its_alert(tmp_path: Path) -> None:
    simulation = Simulation(series=requests([(HOUR, 0, 0), (600, 1, 0), (HOUR, 0, 0)]))
    simulation.expect_firing(AVAILABLE, "critical", True, at=HOUR + 600)
    # The short window of the slower page is half an hour, and the alert stays for ten minutes.
    simulation.expect_firing(AVAILABLE, "critical", False, at=HOUR + 600 + 1800 + 660)
    require(simulation, tmp_path)


def test_failures_within_the_budget_notify_nobody(tmp_path: Path) -> None:
    """Half of the budget all the time, and a deployment that fails one request in a hundred for a minute."""
    noise, deployment = 0.0005, 0.01
    simulation = Simulation(
        series=requests([(HOUR, noise, 0.001), (60, deployment, 0.02), (HOUR, noise, 0.001)])
    )
    for seconds in range(0, 2 * HOUR, 300):
        simulation.expect_silence(at=seconds)
    require(simulation, tmp_path)


def test_a_few_failures_of_few_requests_notify_nobody(tmp_path: Path) -> None:
    """Six requests a minute, of which nine fail: more than the burn rate, but no evidence."""
    simulation = Simulation(series=requests([(HOUR, 0, 0), (90, 1, 0), (HOUR, 0, 0)], per_second=0.1))
    simulation.expect("sum(slo:sli_error:ratio_rate1h) > bool 0.0144", 1, at=HOUR + 120)
    for seconds in range(0, 2 * HOUR, 300):
        simulation.expect_silence(at=seconds)
    require(simulation, tmp_path)


def test_without_requests_the_ratio_is_zero(tmp_path: Path) -> None:
    idle = dict.fromkeys(requests([(HOUR, 0, 0)]), f"5x{HOUR // STEP_SECONDS}")
    simulation = Simulation(series=idle)
    for window in ("5m", "1h", "6h", "3d", "28d"):
        simulation.expect(f'sum(slo:sli_error:ratio_rate{window}{{slo="api-availability"}})', 0, at=HOUR)
    simulation.expect("count(slo:sli_error:ratio_rate5m != slo:sli_error:ratio_rate5m)", None, at=HOUR)
    simulation.expect_silence(at=HOUR)
    require(simulation, tmp_path)


def test_probes_show_that_an_idle_service_is_measured(tmp_path: Path) -> None:
    probe = 'namespace="shop", service="api", pod="a", method="GET", route="/healthz", status="200"'
    simulation = Simulation(
        series={f"http_request_duration_seconds_count{{{probe}}}": f"0+3x{HOUR // STEP_SECONDS}"}
    )
    simulation.expect('sum(slo:requests:rate5m{slo="api-availability"})', 0, at=HOUR)
    simulation.expect_silence(at=HOUR)
    require(simulation, tmp_path)


def test_an_objective_without_data_opens_a_ticket(tmp_path: Path) -> None:
    simulation = Simulation(series={"up": f"1x{HOUR // STEP_SECONDS}"})
    simulation.expect_silence(at=900 - STEP_SECONDS)
    simulation.expect('count(ALERTS{alertname="SloWithoutData", alertstate="firing"})', 2, at=930)
    simulation.expect_firing(AVAILABLE, "critical", False, at=HOUR)
    require(simulation, tmp_path)


def test_the_restart_of_a_pod_is_no_failure(tmp_path: Path) -> None:
    """Counters begin at zero again."""
    before, after = requests([(HOUR, 0.0005, 0)]), requests([(HOUR, 0.0005, 0)])
    simulation = Simulation(series={name: f"{before[name]} {after[name]}" for name in before})
    simulation.expect('round(sum(slo:requests:rate5m{slo="api-availability"}))', 20, at=HOUR + 120)
    for seconds in range(HOUR, 2 * HOUR, 300):
        simulation.expect_silence(at=seconds)
    require(simulation, tmp_path)


def test_a_ratio_counts_each_request_once(tmp_path: Path) -> None:
    """Pods with an eleventh of the requests fail in the second of two hours: that is 2 of 44, not a half."""
    most = requests([(2 * HOUR, 0, 0)], per_second=20)
    few = requests([(HOUR, 0, 0), (HOUR, 1, 0)], per_second=2)
    series = {name: values for name, values in most.items() if '"200"' in name}
    series |= {name.replace('pod="', 'pod="other-'): values for name, values in few.items()}
    simulation = Simulation(series=series)
    ratio = 'sum(slo:sli_error:ratio_rate28d{slo="api-availability"})'
    simulation.expect(f"round({ratio} * 1000)", round(1000 * 2 / 44), at=2 * HOUR)
    require(simulation, tmp_path)
