"""Alarms, dashboards, metrics that are sold by the distribution, and hosted zones."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from arqctl.core.assembly import Body
from arqctl.cost.charge import ONE, Charge, Charging
from arqctl.cost.priceable import Priced
from arqctl.cost.references import Resources
from arqctl.cost.values import Unknown, block, blocks, number, text

_HIGH_RESOLUTION = 60
"""An alarm whose period in seconds is shorter costs more."""

_OF_A_BAND = 3
"""An alarm on an anomaly watches the metric and both edges of its band."""

_OF_A_DISTRIBUTION = 8
_DISTRIBUTIONS_REGION = "us-east-1"
"""Where CloudFront's metrics are kept, wherever it is used."""


def alarm(resource: Priced, _: Resources) -> Iterator[Charge]:
    """An alarm, which is charged by the metric that it watches."""
    values = resource.values
    period = _period(values)
    quick = period is not None and period < _HIGH_RESOLUTION
    item = "cloudwatch/alarm-high-resolution" if quick else "cloudwatch/alarm"
    yield Charge(item, None if period is None else _metrics(values), "metric that an alarm watches")


def _period(values: Body) -> Decimal | None:
    queries = blocks(values, "metric_query")
    if isinstance(queries, Unknown):
        return None
    watched = [block(query, "metric") for query in queries if query.get("metric")] or [values]
    periods = [number(each, "period", _HIGH_RESOLUTION) for each in watched]
    known = [period for period in periods if period is not None]
    return min(known) if len(known) == len(periods) else None


def _metrics(values: Body) -> Decimal | None:
    queries = blocks(values, "metric_query")
    if isinstance(queries, Unknown) or any(_searches(query) for query in queries):
        return None
    metrics = sum(1 for query in queries if query.get("metric")) or 1
    return Decimal(metrics * (_OF_A_BAND if values.get("threshold_metric_id") else 1))


def _searches(query: Body) -> bool:
    """Whether a query finds its metrics itself, so that their number isn't known."""
    return text(query, "expression").lstrip().upper().startswith(("SELECT", "SEARCH"))


def composite(_: Priced, __: Resources) -> Iterator[Charge]:
    """An alarm on alarms."""
    yield Charge("cloudwatch/composite-alarm", ONE, "composite alarm")


def dashboard(_: Priced, __: Resources) -> Iterator[Charge]:
    """A dashboard."""
    yield Charge("cloudwatch/dashboard", ONE, "dashboard")


def distribution_metrics(resource: Priced, _: Resources) -> Iterator[Charge]:
    """The additional metrics of a distribution, of which there are up to eight: a fixed rate."""
    subscribed = block(resource.values, "monitoring_subscription")
    config = block(subscribed, "realtime_metrics_subscription_config")
    status = text(config, "realtime_metrics_subscription_status")
    if status != "Disabled":
        metrics = Decimal(_OF_A_DISTRIBUTION) if status == "Enabled" else None
        yield Charge("cloudwatch/metric", metrics, "metric of a distribution", _DISTRIBUTIONS_REGION)


def zone(_: Priced, __: Resources) -> Iterator[Charge]:
    """A hosted zone."""
    yield Charge("route53/hosted-zone", ONE, "hosted zone")


MONITORING: Mapping[str, Charging] = {
    "aws_cloudfront_monitoring_subscription": distribution_metrics,
    "aws_cloudwatch_composite_alarm": composite,
    "aws_cloudwatch_dashboard": dashboard,
    "aws_cloudwatch_metric_alarm": alarm,
    "aws_route53_zone": zone,
}
