import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.observability.dashboard import Dashboard
from constructs_arq.observability.dependency_chain import DependencyLink
from tests.observability.alarm_builders import CPU, LATENCY, Database, make_alarms
from tests.support import synthesize

SNAPSHOTS = Path(__file__).parents[1] / "snapshots"
EDGE = replace(CPU, name="errors", region="us-east-1", dimensions={"DistributionId": "E1"})
PREFIX = "arn:aws:cloudwatch:{}:111122223333:alarm:test-"


def build(stack: Stack, *more: DependencyLink) -> None:
    Database(stack, "orders", CPU, LATENCY)
    Database(stack, "edge", EDGE)
    links = [
        DependencyLink(name="edge", alarms=[EDGE]),
        DependencyLink(name="database", alarms=[CPU, LATENCY], measured_by=[CPU]),
        DependencyLink(name="both", alarms=[CPU, EDGE], measured_by=[EDGE]),
        *more,
    ]
    Dashboard(stack, "overview", alarms=make_alarms(stack), chain=links)


@pytest.fixture(scope="module")
def widgets() -> list[dict[str, Any]]:
    body = synthesize(build).one("aws_cloudwatch_dashboard", "overview/Default")["dashboard_body"]
    found: list[dict[str, Any]] = json.loads(body)["widgets"]
    return found


def test_states_are_in_the_order_of_the_chain_by_region(widgets: list[dict[str, Any]]) -> None:
    assert widgets[1]["properties"]["markdown"] == "## edge → database → both"
    orders, edge = PREFIX.format("eu-west-1") + "orders-", PREFIX.format("us-east-1") + "edge-"
    assert [(each["properties"]["title"], each["properties"]["alarms"]) for each in widgets[2:6]] == [
        ("1. edge (us-east-1)", [f"{edge}errors"]),
        ("2. database (eu-west-1)", [f"{orders}cpu", f"{orders}latency"]),
        ("3. both (eu-west-1)", [f"{orders}cpu"]),
        ("3. both (us-east-1)", [f"{edge}errors"]),
    ]


def test_numbers_are_by_region(widgets: list[dict[str, Any]]) -> None:
    here, edge = (each["properties"] for each in widgets[6:8])
    assert (here["view"], here["region"], edge["region"]) == ("singleValue", "eu-west-1", "us-east-1")
    assert here["metrics"] == [
        [
            "AWS/RDS",
            "CPUUtilization",
            "DBInstanceIdentifier",
            "orders",
            {"label": "database: CPUUtilization", "stat": "Average", "period": 60},
        ]
    ]


def test_widgets_do_not_overlap(widgets: list[dict[str, Any]]) -> None:
    cells = [
        (x, y)
        for w in widgets
        for x in range(w["x"], w["x"] + w["width"])
        for y in range(w["y"], w["y"] + w["height"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24


def test_an_alarm_of_another_stack_is_refused() -> None:
    foreign = DependencyLink(name="queue", alarms=[replace(CPU, name="age")])
    with pytest.raises(ConstructError, match=r"the link queue .* has the alarm age, which is not created"):
        synthesize(lambda stack: build(stack, foreign))


@pytest.mark.parametrize(("environment", "regions"), [("dev", 1), ("staging", 2), ("production", 2)])
def test_an_environment_shows_its_chain(environment: str, regions: int) -> None:
    document = json.loads((SNAPSHOTS / f"{environment}.json").read_text(encoding="utf-8"))
    (dashboard,) = document["resource"]["aws_cloudwatch_dashboard"].values()
    widgets = json.loads(dashboard["dashboard_body"])["widgets"]
    links = "DNS → certificate → CloudFront → site → load balancer → API → database → cache"
    assert widgets[1]["properties"]["markdown"] == f"## {links}"
    states = [each for each in widgets if each["type"] == "alarm" and each["properties"].get("sortBy")]
    numbers = [each for each in widgets if each["properties"].get("view") == "singleValue"]
    assert len(numbers) == regions
    assert sum(" site (" in each["properties"]["title"] for each in states) == regions
    assert sum(" API (" in each["properties"]["title"] for each in states) == regions
    existing = {
        each["alarm_name"]
        for kind in ("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm")
        for each in document["resource"][kind].values()
    }
    shown = {arn.rpartition(":")[2] for each in states for arn in each["properties"]["alarms"]}
    assert shown <= existing
    # Limits of CloudWatch.
    assert len(widgets) <= 500
    assert all(len(each["properties"]["alarms"]) <= 100 for each in states)
