"""One problem sends one message in a region: a table of problems, against the synthesized alarms.

The expressions follow CloudWatch: no data in a condition or in the chosen branch of `IF` is no data in the
result. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

import json
import operator
from pathlib import Path
from typing import Any

import pytest

from tests.environments.alarm_metrics import metrics_of

NO_DATA = None
BREACHES = {
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
}
ALL_NODES, ONE_LOST = 99, 0
# Problems: the metrics that they change, and the alarms that notify.
PROBLEMS: dict[str, tuple[dict[str, float | None], set[str]]] = {
    "one of several targets is down": (
        {"HealthyHostCount": 2, "UnHealthyHostCount": 1},
        {"ingress-api-unhealthy-targets"},
    ),
    "all targets are down, without requests": (
        {"HealthyHostCount": 0, "UnHealthyHostCount": 3},
        {"ingress-api-no-healthy-target"},
    ),
    # CloudWatch combines no metrics or alarms of two regions.
    "all targets are down, with requests": (
        {
            "HealthyHostCount": 0,
            "UnHealthyHostCount": 3,
            "HTTPCode_ELB_5XX_Count": 500,
            "5xxErrorRate": 40,
            "Requests": 1000,
        },
        {"ingress-errors", "site-errors"},
    ),
    "all targets are deregistered, without requests": (
        {"HealthyHostCount": NO_DATA, "UnHealthyHostCount": NO_DATA},
        {"ingress-api-no-healthy-target"},
    ),
    "all targets are deregistered, with requests": (
        {
            "HealthyHostCount": NO_DATA,
            "UnHealthyHostCount": NO_DATA,
            "HTTPCode_ELB_5XX_Count": 500,
        },
        {"ingress-errors"},
    ),
    "the API fails": ({"HTTPCode_Target_5XX_Count": 500, "HealthyHostCount": 2}, {"ingress-api-errors"}),
    "a scan of an empty site": (
        {"4xxErrorRate": 100, "5xxErrorRate": 50, "OriginLatency": 9000, "Requests": 20},
        set(),
    ),
    "most requests of a busy site are refused": (
        {"4xxErrorRate": 60, "5xxErrorRate": 0, "Requests": 1000},
        {"site-refused-requests"},
    ),
    "one slow request": ({"TargetResponseTime": 20, "RequestCount": 5}, set()),
    "many slow requests": ({"TargetResponseTime": 20, "RequestCount": 500}, {"ingress-slow-responses"}),
    "a node is not ready": (
        {"cluster_failed_node_count": 1, "GroupInServiceInstances": ALL_NODES},
        {"cluster-nodes-not-ready"},
    ),
    "the agent is down": (
        {"cluster_failed_node_count": NO_DATA, "GroupInServiceInstances": ALL_NODES},
        {"cluster-nodes-not-ready"},
    ),
    "a node is lost": (
        {"cluster_failed_node_count": 1, "GroupInServiceInstances": ONE_LOST},
        {"cluster-node-groups-system-nodes-missing-system"},
    ),
}


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("environment", ["staging", "production"])
def test_a_problem_notifies_once(problem: str, environment: str, assembly_dir: Path) -> None:
    values, expected = PROBLEMS[problem]
    alarms = load_alarms(assembly_dir, environment)
    notifying = {
        alarm["alarm_name"].removeprefix(f"{environment}-")
        for alarm in alarms
        if metrics_of(alarm)[0]["metric_name"] in values and notifies(alarm, values)
    }
    assert notifying == expected


def test_a_group_that_never_had_a_target_is_quiet(assembly_dir: Path) -> None:
    """A new alarm has the state of missing data already, so nothing changes, and no action runs."""
    (alarm,) = [
        alarm
        for alarm in load_alarms(assembly_dir, "production")
        if alarm["alarm_name"] == "production-ingress-api-no-healthy-target"
    ]
    assert alarm["treat_missing_data"] == "missing"
    assert alarm["insufficient_data_actions"] == alarm["alarm_actions"]


def load_alarms(assembly_dir: Path, environment: str) -> list[dict[str, Any]]:
    stack = json.loads((assembly_dir / "stacks" / environment / "cdk.tf.json").read_text())
    return list(stack["resource"]["aws_cloudwatch_metric_alarm"].values())


def notifies(alarm: dict[str, Any], values: dict[str, float | None]) -> bool:
    """Return whether an alarm that had data and was quiet notifies."""
    result = evaluate(alarm, values)
    if result is NO_DATA:
        missing = alarm["treat_missing_data"]
        return missing == "breaching" or (missing == "missing" and "insufficient_data_actions" in alarm)
    return bool(BREACHES[alarm["comparison_operator"]](result, alarm["threshold"]))


def evaluate(alarm: dict[str, Any], values: dict[str, float | None]) -> float | None:
    measured = {metric["id"]: values.get(metric["metric_name"]) for metric in metrics_of(alarm)}
    if "metric_query" not in alarm:
        return measured["m"]
    (expression,) = [each["expression"] for each in alarm["metric_query"] if each.get("return_data") is True]
    condition, _, branches = expression.removeprefix("IF(").removesuffix(")").rpartition(", m, ")
    try:
        met = eval(  # noqa: S307 - an expression of our own
            condition.replace("AND", "and"),
            {"FILL": lambda value, default: default if value is None else value},
            measured,
        )
    except TypeError:
        return NO_DATA
    return measured["m"] if met else float(branches)
