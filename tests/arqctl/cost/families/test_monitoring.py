"""Alarms by what they watch, dashboards and zones by the piece."""

from decimal import Decimal

import pytest

from arqctl.core.assembly import Json
from tests.arqctl.cost.priced_stacks import cents, line, monthly, quantities, resource

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


def test_a_quick_or_a_composite_one_costs_more_where_it_is_known() -> None:
    quick = resource("aws_cloudwatch_metric_alarm", "main", "us-east-1", period=10)
    assert monthly(quick) == cents("0.30")
    assert monthly(resource("aws_cloudwatch_composite_alarm", "main", "us-east-1")) == cents("0.50")
    assert monthly(resource("aws_cloudwatch_composite_alarm")) is None


def test_a_dashboard_and_a_zone_have_their_price() -> None:
    assert monthly(resource("aws_cloudwatch_dashboard")) == cents("3.00")
    assert monthly(resource("aws_route53_zone")) == cents("0.50")


def subscription(status: str) -> Json:
    return {"realtime_metrics_subscription_config": {"realtime_metrics_subscription_status": status}}


def test_metrics_of_a_distribution_are_eight_and_kept_in_virginia() -> None:
    on = resource("aws_cloudfront_monitoring_subscription", monitoring_subscription=subscription("Enabled"))
    (part,) = line(on).parts
    assert (part.region, part.quantity, part.monthly) == ("us-east-1", Decimal(8), cents("2.40"))


def test_metrics_that_may_be_on_are_not_known() -> None:
    maybe = resource("aws_cloudfront_monitoring_subscription", monitoring_subscription="${unknown}")
    assert monthly(maybe) is None
