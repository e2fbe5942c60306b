from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_arq.core.errors import ConfigError
from constructs_arq.core.slo import DistributionAvailability, HttpAvailability, HttpLatency, Slo
from constructs_arq.observability.slo.reachable_objectives import (
    Part,
    Service,
    combined_percent,
    find_unreachable,
    service_levels,
)
from environments.environment import Environment
from environments.objective_parts import require_reachable_objectives
from environments.production import PRODUCTION

API = Slo(service="api", indicator=HttpAvailability(namespace="shop"))
SITE = Slo(service="site", indicator=DistributionAvailability())
percents = st.decimals(min_value=90, max_value=100, places=3)


def with_slos(*slos: Slo, **changes: object) -> Environment:
    return PRODUCTION.model_copy(update={"slos": slos, **changes})


def test_each_figure_has_its_page() -> None:
    for service, level in service_levels().items():
        assert level.url.startswith("https://aws.amazon.com/"), service
        assert level.url.endswith("/sla/")
        assert 99 < level.percent <= 100


@given(st.lists(percents, min_size=1, max_size=8))
def test_parts_together_are_less_available_than_each(values: list[Decimal]) -> None:
    parts = [Part(title="part", percent=value) for value in values]
    assert combined_percent(parts) <= min(values)
    assert round(combined_percent(parts), 9) == round(combined_percent(parts[::-1]), 9)


def test_maintenance_is_a_part_of_the_month() -> None:
    assert Part.maintenance("update", minutes_per_month=432).percent == Decimal("99.00")


def test_three_nines_of_the_api_are_reachable_in_production() -> None:
    require_reachable_objectives(with_slos(API))


def test_the_message_has_each_figure_and_the_fix() -> None:
    with pytest.raises(ConfigError) as raised:
        require_reachable_objectives(with_slos(API.model_copy(update={"objective": 99.95})))
    assert str(raised.value) == (
        "environments/production.py: 1 problem\n"
        "  slos.api-availability: objective is higher than the 99.92 % that its parts allow together (EC2 in "
        "several zones 99.99, RDS Multi-AZ 99.95, maintenance of the database, 2 minutes a month 99.995, "
        "ElastiCache Multi-AZ 99.99), got 99.95. Lower it to 99.92 or less, remove or duplicate a part, or "
        "set reason to the measurement or the need behind it."
    )


def test_the_site_depends_on_the_edge_and_on_the_api() -> None:
    with pytest.raises(ConfigError, match=r"the 99\.66 % .*Route 53 100, CloudFront 99\.9, WAF 99\.95, S3"):
        require_reachable_objectives(with_slos(SITE))


def test_a_reason_accepts_the_objective() -> None:
    reason = "Measured at 99.97 % in the quarter before."
    require_reachable_objectives(with_slos(SITE.model_copy(update={"reason": reason})))


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"database": PRODUCTION.database.model_copy(update={"multi_az": False})}, "one instance 99.5, main"),
        (
            {"cache": PRODUCTION.cache.model_copy(update={"replicas_per_shard": 0})},
            "ElastiCache with one",
        ),
        ({"network": PRODUCTION.network.model_copy(update={"zones": ("euw1-az1",)})}, "one EC2 instance or"),
    ],
)
def test_a_part_without_a_second_one_lowers_the_limit(changes: dict[str, object], part: str) -> None:
    with pytest.raises(ConfigError, match=part):
        require_reachable_objectives(with_slos(API, **changes))


def test_a_service_whose_parts_are_unknown_needs_a_reason() -> None:
    (problem,) = find_unreachable([API], {"site": []})
    assert "unknown" in problem.message


def test_a_latency_is_not_limited_by_availability() -> None:
    indicator = HttpLatency(namespace="shop", buckets=(1,), threshold_seconds=1)
    assert list(find_unreachable([Slo(service="x", objective=99.9, indicator=indicator)], {})) == []


def test_all_services_are_in_the_table() -> None:
    assert set(service_levels()) == set(Service)
