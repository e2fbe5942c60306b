"""Checks of CloudWatch alarms: periods, statistics, metric queries and thresholds."""

import re
from collections.abc import Iterator, Mapping

from arqctl.core.json_access import as_object, as_text
from arqctl.offline.aws.checks.planned_resources import PlannedResources
from arqctl.offline.aws.checks.resource import Resource, check_exactly_one, get_blocks, make_error
from arqctl.offline.aws.numbers import as_number
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Value

_SHORT_PERIODS = (10, 20, 30)
_MINUTE_SECONDS, _DAY_SECONDS, _WEEK_SECONDS = 60, 86400, 604800
# The dimension that names a resource, the argument with the name, and the form of the dimension.
# AWS chooses the identifiers of NAT gateways, certificates and distributions. A new alarm on a new one must
# refer to it, so Terraform can't create the alarm first.
_MEASURED = {
    "aws_autoscaling_group": ("AutoScalingGroupName", "name", "{}"),
    "aws_db_instance": ("DBInstanceIdentifier", "identifier", "{}"),
    "aws_db_proxy": ("ProxyName", "name", "{}"),
    "aws_eks_cluster": ("ClusterName", "name", "{}"),
    "aws_elasticache_replication_group": ("CacheClusterId", "replication_group_id", r"{}(-\d{{4}})?-\d{{3}}"),
    "aws_lb": ("LoadBalancer", "name", "(app|net|gwy)/{}/.+"),
    "aws_lb_target_group": ("TargetGroup", "name", "targetgroup/{}/.+"),
}
MEASURED_TYPES = tuple(_MEASURED)
# The add-on installs the agent that publishes this namespace. It is active before the agent has data.
_AGENT_ADDON, _AGENT_NAMESPACE = "amazon-cloudwatch-observability", "ContainerInsights"
_ADDON, _ALARM = "aws_eks_addon", "aws_cloudwatch_metric_alarm"
AGENT_TYPES = (_ADDON, _ALARM)
_STATISTICS = ("statistic", "extended_statistic")


def check_period(alarm: Resource) -> Iterator[Diagnostic]:
    """Check that CloudWatch accepts the period, and the time of all periods together."""
    periods = [("period", alarm.get_number("period"))]
    for query in alarm.get_blocks("metric_query"):
        periods += [
            ("metric_query", as_number(each.get("period"))) for each in (query, *get_blocks(query, "metric"))
        ]
    for argument, seconds in periods:
        if seconds is None:
            continue
        if seconds not in _SHORT_PERIODS and (seconds < _MINUTE_SECONDS or seconds % _MINUTE_SECONDS):
            yield make_error(
                "Invalid alarm period",
                f"period is {seconds} seconds. Use 10, 20, 30 or a multiple of 60.",
                argument,
            )
        count = alarm.get_number("evaluation_periods")
        longest = _WEEK_SECONDS if seconds >= 3600 else _DAY_SECONDS  # noqa: PLR2004 - an hour, from the API reference
        if count is not None and float(seconds) * float(count) > longest:
            yield make_error(
                "Alarm evaluates too long a time",
                f"{count} periods of {seconds} seconds exceed the maximum of {longest} seconds. Reduce "
                "evaluation_periods.",
                "evaluation_periods",
            )


def check_datapoints(alarm: Resource) -> Iterator[Diagnostic]:
    """Check that `datapoints_to_alarm` is at most `evaluation_periods`."""
    points, periods = alarm.get_number("datapoints_to_alarm"), alarm.get_number("evaluation_periods")
    if points is not None and periods is not None and points > periods:
        yield make_error(
            "Alarm can never fire",
            f"datapoints_to_alarm is {points}, evaluation_periods is {periods}. Set datapoints_to_alarm "
            f"to {periods} or less.",
            "datapoints_to_alarm",
        )


def check_metric(alarm: Resource) -> Iterator[Diagnostic]:
    """Check that an alarm has one metric with one statistic or one set of queries, and one threshold."""
    has_queries, has_metric = alarm.definitely_set("metric_query"), alarm.definitely_set("metric_name")
    if problem := check_exactly_one(alarm.values, ("metric_name", "metric_query")):
        yield make_error("Alarm needs exactly one metric", problem, "metric_name")
    if has_metric and (problem := check_exactly_one(alarm.values, _STATISTICS)):
        yield make_error("Alarm needs exactly one statistic", problem, "statistic")
    if has_metric and not alarm.possibly_set("period"):
        yield make_error("Alarm has no period", "Set period, in seconds.", "period")
    if has_queries:
        returning = [each for each in alarm.get_blocks("metric_query") if each.get("return_data") is True]
        if len(returning) != 1:
            yield make_error(
                "Alarm needs exactly one result",
                f"{len(returning)} metric_query blocks have return_data = true. Set it in exactly one.",
                "metric_query",
            )
        yield from _check_query_ids(alarm)
    if problem := check_exactly_one(alarm.values, ("threshold", "threshold_metric_id")):
        yield make_error("Alarm needs exactly one threshold", problem, "threshold")


def _check_query_ids(alarm: Resource) -> Iterator[Diagnostic]:
    ids = [each.get("id") for each in alarm.get_blocks("metric_query")]
    known_ids = [each for each in ids if isinstance(each, str)]
    for each in sorted({each for each in known_ids if known_ids.count(each) > 1}):
        yield make_error(
            "Duplicate metric query id",
            f"Two metric_query blocks have the id {each}. Give each its own.",
            "metric_query",
        )
    for each in known_ids:
        if not (each[:1].islower() and each.isidentifier()):
            yield make_error(
                "Invalid metric query id",
                f"metric_query has the id {each!r}. Start with a lower-case letter, then use letters, "
                "digits and _.",
                "metric_query",
            )


def _metrics(alarm: Resource) -> list[Mapping[str, Value]]:
    """Return the blocks that name a metric with its namespace and dimensions."""
    queried = [metric for query in alarm.get_blocks("metric_query") for metric in get_blocks(query, "metric")]
    return [alarm.values, *queried]


def _measured(alarm: Resource, dimension: str, namespace: str = "") -> list[str]:
    """Return the values of a dimension in the alarm's metrics, of one namespace or of all."""
    found = [each for each in _metrics(alarm) if namespace in ("", each.get("namespace"))]
    return [as_text(as_object(each.get("dimensions")).get(dimension)) for each in found]


def _notifies_without_data(alarm: Resource) -> bool:
    """Return whether an alarm is new and takes missing data for a breach."""
    return alarm.get_text("treat_missing_data") == "breaching" and not alarm.get_text("id")


def check_alarms_after_resource(resource: Resource, planned: PlannedResources) -> Iterator[Diagnostic]:
    """Check that no alarm is created before the resource that it measures.

    Terraform plans dependencies first: a new alarm that was planned before the new resource does not refer to
    it. If the alarm takes missing data for a breach, then it notifies until the resource exists.
    """
    dimension, argument, form = _MEASURED[resource.type]
    name = resource.get_text(argument)
    if not name or resource.get_text("id"):
        return
    form_of_name = re.compile(form.format(re.escape(name)))
    for alarm in planned.list_of_type(_ALARM):
        is_measured = any(map(form_of_name.fullmatch, _measured(alarm, dimension)))
        if is_measured and _notifies_without_data(alarm):
            yield make_error(
                "Alarm before its resource",
                f"The alarm {alarm.get_text('alarm_name')} is created before {name} and takes missing data "
                f"for a breach, so it notifies at once. Refer to the {resource.type} in dimensions.",
                argument,
            )


def check_alarms_of_new_agent(resource: Resource, planned: PlannedResources) -> Iterator[Diagnostic]:
    """Check that an alarm which takes missing data for a breach is not created together with its agent.

    An add-on is active when its pods run. The first data follows minutes later, so the alarm would notify.
    """
    is_addon = resource.type == _ADDON
    addons = [resource] if is_addon else planned.list_of_type(_ADDON)
    alarms = planned.list_of_type(_ALARM) if is_addon else [resource]
    clusters = {
        addon.get_text("cluster_name")
        for addon in addons
        if addon.get_text("addon_name") == _AGENT_ADDON and not addon.get_text("id")
    }
    for alarm in alarms:
        if _notifies_without_data(alarm) and clusters.intersection(
            _measured(alarm, "ClusterName", _AGENT_NAMESPACE)
        ):
            yield make_error(
                "Alarm before its first data",
                f"The alarm {alarm.get_text('alarm_name')} takes missing data for a breach, and the add-on "
                f"{_AGENT_ADDON} publishes its metric only minutes after it is active. So it notifies at "
                "once. Set treat_missing_data to missing.",
                "addon_name" if is_addon else "treat_missing_data",
            )
