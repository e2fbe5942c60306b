"""An objective whose page would be late is refused."""

import pytest

from constructs_arq.core.alarm import Severity
from constructs_arq.core.burn_rate import BURN_RATES
from constructs_arq.core.errors import ConfigError
from constructs_arq.core.slo import DistributionAvailability, HttpAvailability, HttpLatency, Indicator, Slo

LATENCY = HttpLatency(namespace="shop", buckets=(0.3,), threshold_seconds=0.3)


@pytest.mark.parametrize(
    ("indicator", "objective"),
    [(HttpAvailability(namespace="shop"), 99.7), (LATENCY, 99.6), (DistributionAvailability(), 99.6)],
)
def test_a_late_page_is_refused(indicator: Indicator, objective: float) -> None:
    with pytest.raises(
        ConfigError, match=r"pages \d+ s after a total outage, and a page must come within 300"
    ):
        Slo(service="api", indicator=indicator, objective=objective)


@pytest.mark.parametrize(
    ("indicator", "objective"),
    [(HttpAvailability(namespace="shop"), 99.72), (LATENCY, 99.7), (DistributionAvailability(), 99.7)],
)
def test_a_page_within_five_minutes_is_accepted(indicator: Indicator, objective: float) -> None:
    assert Slo(service="api", indicator=indicator, objective=objective).severities == (
        Severity.CRITICAL,
        Severity.WARNING,
    )


def test_tickets_may_come_later() -> None:
    slo = Slo(service="api", indicator=LATENCY, objective=95, urgency=Severity.WARNING)
    assert slo.severities == (Severity.WARNING,)
    assert {slo.severity_of(rate) for rate in BURN_RATES} == {Severity.WARNING}
