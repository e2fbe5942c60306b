"""Charges of alarms, canaries, dashboards, distribution metrics and hosted zones."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from arqctl.core.json_access import Body
from arqctl.cost.arguments import Unknown, read_block, read_blocks, read_number, read_text
from arqctl.cost.charges.charge import ONE, Charge, ChargeFunction, charge_usage, multiply
from arqctl.cost.priceable import PriceableResource
from arqctl.cost.prices import HOURS_A_MONTH
from arqctl.cost.stack_resources import StackResources

_RATE = re.compile(r"rate\((?P<count>\d+) (?P<unit>minute|hour)s?\)")
_MINUTES_AN_HOUR = 60
_HIGH_RESOLUTION_SECONDS = 60
"""An alarm with a shorter period costs more."""

_METRICS_PER_ANOMALY_ALARM = 3
"""An anomaly detection alarm evaluates the metric and both bounds of its band."""

_METRICS_PER_DISTRIBUTION = 8
_CANARY_MIB = 1000
"""Memory that Synthetics gives to a canary by default."""
_MIB_A_GIB = 1024
_CLOUDFRONT_REGION = "us-east-1"
"""CloudFront's metrics are always in this region."""


def charge_alarm(resource: PriceableResource, _: StackResources) -> Iterator[Charge]:
    """Charge an alarm by its metrics."""
    values = resource.values
    period = _period(values)
    is_high_resolution = period is not None and period < _HIGH_RESOLUTION_SECONDS
    item = "cloudwatch/alarm-high-resolution" if is_high_resolution else "cloudwatch/alarm"
    yield Charge(item, None if period is None else _metric_count(values), "metric of an alarm")


def _period(values: Body) -> Decimal | None:
    queries = read_blocks(values, "metric_query")
    if isinstance(queries, Unknown):
        return None
    metrics = [read_block(query, "metric") for query in queries if query.get("metric")] or [values]
    periods = [read_number(each, "period", _HIGH_RESOLUTION_SECONDS) for each in metrics]
    known = [period for period in periods if period is not None]
    return min(known) if len(known) == len(periods) else None


def _metric_count(values: Body) -> Decimal | None:
    queries = read_blocks(values, "metric_query")
    if isinstance(queries, Unknown) or any(_is_search(query) for query in queries):
        return None
    metrics = sum(1 for query in queries if query.get("metric")) or 1
    return Decimal(metrics * (_METRICS_PER_ANOMALY_ALARM if values.get("threshold_metric_id") else 1))


def _is_search(query: Body) -> bool:
    """Return whether a query searches for its metrics, so that their number is unknown."""
    return read_text(query, "expression").lstrip().upper().startswith(("SELECT", "SEARCH"))


def charge_composite_alarm(_: PriceableResource, __: StackResources) -> Iterator[Charge]:
    """Charge a composite alarm."""
    yield Charge("cloudwatch/composite-alarm", ONE, "composite alarm")


def charge_canary(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge the runs of a canary in a month, with the time of its function."""
    expression = read_text(read_block(resource.values, "schedule"), "expression")
    rate = _RATE.fullmatch(expression)
    runs = None
    if rate:
        minutes = int(rate["count"]) * (_MINUTES_AN_HOUR if rate["unit"] == "hour" else 1)
        runs = Decimal(HOURS_A_MONTH * _MINUTES_AN_HOUR) / minutes if minutes else None
    yield Charge("synthetics/run", runs, "run of a canary in a month")
    memory = read_number(read_block(resource.values, "run_config"), "memory_in_mb", _CANARY_MIB)
    gib_seconds = multiply(multiply(runs, memory), stack.usage("canary_seconds") / _MIB_A_GIB)
    if stack.usage("canary_seconds"):
        yield from charge_usage("lambda/gib-second", gib_seconds, "GiB-second of a canary")
        yield from charge_usage("lambda/request", runs, "invocation of a canary")


def charge_dashboard(_: PriceableResource, __: StackResources) -> Iterator[Charge]:
    """Charge a dashboard."""
    yield Charge("cloudwatch/dashboard", ONE, "dashboard")


def charge_distribution_metrics(resource: PriceableResource, _: StackResources) -> Iterator[Charge]:
    """Charge the additional metrics of a distribution, which AWS charges as eight."""
    subscribed = read_block(resource.values, "monitoring_subscription")
    config = read_block(subscribed, "realtime_metrics_subscription_config")
    status = read_text(config, "realtime_metrics_subscription_status")
    if status != "Disabled":
        metrics = Decimal(_METRICS_PER_DISTRIBUTION) if status == "Enabled" else None
        yield Charge("cloudwatch/metric", metrics, "metric of a distribution", _CLOUDFRONT_REGION)


def charge_metric_filter(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge the metric of a metric filter. The filter is free, and several can write the same metric."""
    metric = _metric_of(resource)
    writers = [each for each in stack.of_type(resource.type) if _metric_of(each) == metric]
    if resource.address == min(each.address for each in writers):
        yield Charge("cloudwatch/metric", ONE, "metric of a log")


def _metric_of(metric_filter: PriceableResource) -> tuple[str, str, str]:
    transformation = read_block(metric_filter.values, "metric_transformation")
    name = read_text(transformation, "name") or metric_filter.address
    return metric_filter.region, read_text(transformation, "namespace"), name


def charge_hosted_zone(_: PriceableResource, __: StackResources) -> Iterator[Charge]:
    """Charge a hosted zone."""
    yield Charge("route53/hosted-zone", ONE, "hosted zone")


MONITORING: Mapping[str, ChargeFunction] = {
    "aws_cloudfront_monitoring_subscription": charge_distribution_metrics,
    "aws_cloudwatch_composite_alarm": charge_composite_alarm,
    "aws_cloudwatch_dashboard": charge_dashboard,
    "aws_cloudwatch_log_metric_filter": charge_metric_filter,
    "aws_cloudwatch_metric_alarm": charge_alarm,
    "aws_route53_zone": charge_hosted_zone,
    "aws_synthetics_canary": charge_canary,
}
