"""Checks that the account has no other monitor of its services. AWS allows one, and makes it itself."""

from collections.abc import Iterator

from arqctl.core.json_access import as_list, as_object, as_text
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, missing, ok
from arqctl.doctor.check import Check

_REGION = "us-east-1"
# An account has one monitor of each dimension, and few of other kinds.
_MAX_RESULTS = 100


def _check(context: AwsContext) -> Iterator[Check]:
    own = {
        each.text("name")
        for each in context.configuration.resources("aws_ce_anomaly_monitor")
        if each.text("monitor_dimension") == "SERVICE"
    }
    if not own:
        return
    answer = context.call("ce", "get_anomaly_monitors", _REGION, MaxResults=_MAX_RESULTS)
    monitors = [as_object(each) for each in as_list(answer.get("AnomalyMonitors"))]
    services = [each for each in monitors if as_text(each.get("MonitorDimension")) == "SERVICE"]
    others = [each for each in services if as_text(each.get("MonitorName")) not in own]
    for each in others:
        arn = as_text(each.get("MonitorArn"))
        fix = f'Set cost_anomaly_monitor="{arn}" in environments/{context.configuration.environment}.py'
        found = f"{as_text(each.get('MonitorName'))} watches the services, and AWS allows no second monitor"
        yield missing(ANOMALY_MONITORS.name, found, fix)
    if not others:
        yield ok(ANOMALY_MONITORS.name, "no other monitor of the services")


ANOMALY_MONITORS = AwsCheck("cost anomaly monitor", ("ce:GetAnomalyMonitors",), _check)
