"""Alarms are charged by their metrics; dashboards and hosted zones have a fixed price."""

from decimal import Decimal

import pytest

from arqctl.core.json_access import Json
from arqctl.cost.estimate import estimate
from arqctl.cost.priceable import PriceableResource
from tests.arqctl.cost.priced_stacks import cents, monthly, quantities, resource, resource_cost

STANDARD, QUICK = "cloudwatch/alarm", "cloudwatch/alarm-high-resolution"


def metric(period: int) -> Json:
    return {"id": "m", "metric": {"metric_name": "CPU", "period": period}}


@pytest.mark.parametrize(
    ("values", "item", "metrics"),
    [
        ({"period": 300, "metric_name": "CPU"}, STANDARD, 1),
        ({"period": 60}, STANDARD, 1),
        ({"period": 10}, QUICK, 1),
        ({"metric_query": [metric(60), metric(60), {"id": "e", "expression": "m1/m2"}]}, STANDARD, 2),
        ({"metric_query": [metric(60), metric(10)]}, QUICK, 2),
        (
            {
                "metric_query": [metric(60), {"id": "b", "expression": "ANOMALY_DETECTION_BAND(m)"}],
                "threshold_metric_id": "b",
            },
            STANDARD,
            3,
        ),
        ({"metric_query": [{"id": "q", "expression": "SELECT MAX(CPU) FROM EC2"}]}, STANDARD, None),
        ({"metric_query": "${var.queries}"}, STANDARD, None),
        ({"period": "${var.period}"}, STANDARD, None),
    ],
)
def test_an_alarm_is_charged_by_the_metric(values: dict[str, Json], item: str, metrics: int | None) -> None:
    found = quantities(resource("aws_cloudwatch_metric_alarm", **values))
    assert found == {item: None if metrics is None else Decimal(metrics)}


def test_an_alarm_costs_ten_cents() -> None:
    assert monthly(resource("aws_cloudwatch_metric_alarm", period=60)) == cents("0.10")


def test_high_resolution_and_composite_alarms_cost_more() -> None:
    for region in ("us-east-1", "eu-west-1", "eu-central-1"):
        quick = resource("aws_cloudwatch_metric_alarm", "main", region, period=10)
        assert monthly(quick) == cents("0.30")
        assert monthly(resource("aws_cloudwatch_composite_alarm", "main", region)) == cents("0.50")
    assert monthly(resource("aws_cloudwatch_composite_alarm", "main", "eu-west-2")) is None


def test_prices_of_dashboards_and_hosted_zones() -> None:
    assert monthly(resource("aws_cloudwatch_dashboard")) == cents("3.00")
    assert monthly(resource("aws_route53_zone")) == cents("0.50")


def metric_filter(name: str, metric: str, region: str = "eu-west-1") -> PriceableResource:
    transformation: Json = {"namespace": "Arq/Audit", "name": metric}
    return resource("aws_cloudwatch_log_metric_filter", name, region, metric_transformation=transformation)


def test_a_metric_of_several_filters_is_charged_once() -> None:
    first = metric_filter("a", "calls")
    assert estimate([first, metric_filter("b", "calls")]).monthly == cents("0.30")
    for other in (metric_filter("c", "others"), metric_filter("c", "calls", "us-east-1")):
        assert estimate([first, other]).monthly == cents("0.60")


def subscription(status: str) -> Json:
    return {"realtime_metrics_subscription_config": {"realtime_metrics_subscription_status": status}}


def test_a_distribution_has_eight_metrics_in_us_east_1() -> None:
    on = resource("aws_cloudfront_monitoring_subscription", monitoring_subscription=subscription("Enabled"))
    (component,) = resource_cost(on).components
    assert (component.region, component.quantity, component.monthly) == (
        "us-east-1",
        Decimal(8),
        cents("2.40"),
    )


def test_possibly_enabled_metrics_are_unknown() -> None:
    maybe = resource("aws_cloudfront_monitoring_subscription", monitoring_subscription="${unknown}")
    assert monthly(maybe) is None


@pytest.mark.parametrize(
    ("expression", "runs"),
    [
        ("rate(1 minute)", 43_800),
        ("rate(15 minutes)", 2_920),
        ("rate(1 hour)", 730),
        # It runs once.
        ("rate(0 minute)", None),
        ("cron(0 8 * * ? *)", None),
        ("${var.rate}", None),
    ],
)
def test_a_canary_is_charged_by_its_runs(expression: str, runs: int | None) -> None:
    found = quantities(resource("aws_synthetics_canary", schedule={"expression": expression}))
    assert found == {"synthetics/run": None if runs is None else Decimal(runs)}
