"""An objective whose page would be late is refused: by its own value, or with the intervals of Prometheus."""

import pytest

from constructs_arq.core.alarm import Severity
from constructs_arq.core.burn_rate import BURN_RATES
from constructs_arq.core.errors import ConfigError, ConstructError
from constructs_arq.core.slo import DistributionAvailability, HttpAvailability, HttpLatency, Indicator, Slo
from constructs_arq.observability.slo.prometheus_slos import PrometheusSlos
from tests.kubernetes.cluster_stack import synthesize_in_cluster

HTTP = HttpAvailability(namespace="shop")
LATENCY = HttpLatency(namespace="shop", buckets=(0.3,), threshold_seconds=0.3)


def synthesize(slo: Slo, *, scrape_seconds: int) -> None:
    synthesize_in_cluster(
        lambda stack, _: PrometheusSlos(
            stack,
            "objectives",
            namespace="monitoring",
            slos=[slo],
            scrape_seconds=scrape_seconds,
            depends_on=[],
        )
    )


@pytest.mark.parametrize(
    ("indicator", "objective", "scrape_seconds", "seconds"),
    [(HTTP, 99.72, 30, 306), (HTTP, 99.8, 60, 324), (LATENCY, 99.6, 30, 338), (LATENCY, 99.7, 60, 316)],
)
def test_a_late_page_is_refused(
    indicator: Indicator, objective: float, scrape_seconds: int, seconds: int
) -> None:
    slo = Slo(service="api", indicator=indicator, objective=objective)
    message = (
        f"objective {objective} pages {seconds} s after a total outage, and a page must come within 300 s"
    )
    with pytest.raises(ConstructError, match=message):
        synthesize(slo, scrape_seconds=scrape_seconds)
    synthesize(slo.model_copy(update={"urgency": Severity.WARNING}), scrape_seconds=scrape_seconds)


@pytest.mark.parametrize(
    ("indicator", "objective", "scrape_seconds"),
    [(HTTP, 99.73, 30), (HTTP, 99.9, 60), (LATENCY, 99.7, 30), (LATENCY, 99.68, 10)],
)
def test_a_page_within_five_minutes_is_accepted(
    indicator: Indicator, objective: float, scrape_seconds: int
) -> None:
    synthesize(Slo(service="api", indicator=indicator, objective=objective), scrape_seconds=scrape_seconds)


def test_a_late_page_of_a_distribution_is_refused() -> None:
    indicator = DistributionAvailability()
    with pytest.raises(ConfigError, match=r"pages 328 s after a total outage"):
        Slo(service="site", indicator=indicator, objective=99.6)
    Slo(service="site", indicator=indicator, objective=99.7)


def test_tickets_may_come_later() -> None:
    slo = Slo(service="api", indicator=DistributionAvailability(), objective=95, urgency=Severity.WARNING)
    assert slo.severities == (Severity.WARNING,)
    assert {slo.severity_of(rate) for rate in BURN_RATES} == {Severity.WARNING}
