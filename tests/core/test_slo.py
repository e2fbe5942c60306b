from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_arq.core.alarm import Severity
from constructs_arq.core.burn_rate import BURN_RATES, BurnRate, budget_minutes, error_budget
from constructs_arq.core.errors import ConfigError
from constructs_arq.core.slo import (
    DistributionAvailability,
    DistributionLatency,
    HttpAvailability,
    HttpLatency,
    Slo,
    require_different_names,
)

AVAILABILITY = HttpAvailability(namespace="shop")
API = Slo(service="api", indicator=AVAILABILITY)
objectives = st.integers(min_value=93_100, max_value=99_999).map(lambda value: value / 1000)


def test_the_budget_of_three_nines_is_43_minutes_a_month() -> None:
    assert budget_minutes(99.9, 30) == Decimal("43.2")
    assert budget_minutes(99.9, 28) == Decimal("40.32")


def test_the_windows_page_for_fast_burns_and_open_a_ticket_for_slow_ones() -> None:
    hour, day = 3600, 86_400
    assert [
        (float(each.factor), each.short_seconds, each.long_seconds, each.severity) for each in BURN_RATES
    ] == [
        (14.4, 300, hour, Severity.CRITICAL),
        (6, 1800, 6 * hour, Severity.CRITICAL),
        (3, 2 * hour, day, Severity.WARNING),
        (1, 6 * hour, 3 * day, Severity.WARNING),
    ]


def test_the_highest_burn_rate_detects_a_total_outage_in_a_minute() -> None:
    fastest = BURN_RATES[0]
    assert fastest.seconds_to_detect(Decimal(1), objective=99.9) == Decimal("51.84")
    assert fastest.seconds_to_detect(Decimal("0.1"), objective=99.9) == Decimal("518.4")
    assert fastest.seconds_to_detect(Decimal("0.0144"), objective=99.9) is None


@given(objective=objectives, days=st.integers(7, 35))
def test_a_total_outage_of_the_budget_uses_it_up(objective: float, days: int) -> None:
    minutes = budget_minutes(objective, days)
    assert minutes / (days * 24 * 60) == error_budget(objective)
    assert 0 < error_budget(objective) < 1


@given(objective=objectives, rate=st.sampled_from(BURN_RATES))
def test_each_valid_objective_has_reachable_burn_rates(objective: float, rate: BurnRate) -> None:
    """A threshold of all requests or more would never be exceeded."""
    assert 0 < rate.error_ratio(objective) < 1
    total = rate.seconds_to_detect(Decimal(1), objective=objective)
    assert total is not None
    assert total < rate.long_seconds


@given(objective=objectives, failed=st.decimals(min_value="0.0001", max_value=1, places=4))
def test_more_failures_are_detected_sooner(objective: float, failed: Decimal) -> None:
    fastest = BURN_RATES[0]
    slow, total = (fastest.seconds_to_detect(share, objective=objective) for share in (failed, Decimal(1)))
    assert total is not None
    assert slow is None or slow >= total


def test_a_page_comes_before_a_tenth_of_the_budget_is_used() -> None:
    used = [round(each.budget_used(28), 3) for each in BURN_RATES]
    assert used == [Decimal("0.021"), Decimal("0.054"), Decimal("0.107"), Decimal("0.107")]


def test_an_objective_is_named_by_service_and_aspect() -> None:
    latency = Slo(service="site", indicator=DistributionLatency(threshold_seconds=0.5))
    assert (API.name, API.runbook) == ("api-availability", "api-availability-burn")
    assert latency.name == "site-latency"
    assert Slo(service="site", indicator=DistributionAvailability()).name == "site-availability"


@pytest.mark.parametrize("objective", [50, 93, 100, 101])
def test_an_objective_without_a_detectable_outage_or_a_budget_is_refused(objective: float) -> None:
    with pytest.raises(ConfigError, match="objective"):
        Slo(service="api", indicator=AVAILABILITY, objective=objective)


def test_a_threshold_that_is_no_bucket_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"threshold_seconds 0\.25 is no bucket .* Use one of 0\.1, 0\.3"):
        HttpLatency(namespace="shop", buckets=(0.3, 0.1), threshold_seconds=0.25)


def test_a_reason_must_explain() -> None:
    with pytest.raises(ConfigError, match="reason must explain"):
        Slo(service="api", indicator=AVAILABILITY, reason="because")


def test_two_objectives_of_one_aspect_are_refused() -> None:
    with pytest.raises(ValueError, match="two objectives named api-availability"):
        require_different_names((API, API.model_copy(update={"objective": 99})))
