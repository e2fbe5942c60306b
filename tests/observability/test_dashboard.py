import json
from dataclasses import replace
from typing import Any

import pytest

from constructs_arq.core.alarm import Comparison
from constructs_arq.core.stack import Stack
from constructs_arq.observability.dashboard import Dashboard
from tests.observability.alarm_builders import CPU, LATENCY, Database, make_alarms
from tests.support import synthesize


def build(stack: Stack) -> None:
    storage = replace(
        CPU, name="storage", metric="FreeStorageSpace", comparison=Comparison.BELOW, threshold=10
    )
    others = [replace(CPU, name=f"other-{n}") for n in range(3)]
    Database(stack, "orders", CPU, LATENCY, storage, *others)
    Database(stack, "edge", replace(CPU, name="errors", region="us-east-1"))
    Dashboard(stack, "overview", alarms=make_alarms(stack))


@pytest.fixture(scope="module")
def widgets() -> list[dict[str, Any]]:
    dashboard = synthesize(build).one("aws_cloudwatch_dashboard", "overview/Default")
    assert dashboard["dashboard_name"] == "test-overview"
    found: list[dict[str, Any]] = json.loads(dashboard["dashboard_body"])["widgets"]
    return found


def graphs(widgets: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {w["properties"]["title"].split()[0]: w["properties"] for w in widgets if w["type"] == "metric"}


def test_every_alarm_has_a_graph_of_its_metric(widgets: list[dict[str, Any]]) -> None:
    latency = graphs(widgets)["latency"]
    assert latency["metrics"] == [["AWS/RDS", "ReadLatency", "DBInstanceIdentifier", "orders"]]
    assert (latency["stat"], latency["period"], latency["region"]) == ("p99", 60, "eu-west-1")
    assert graphs(widgets)["errors"]["region"] == "us-east-1"
    assert set(graphs(widgets)) == {"cpu", "latency", "storage", "other-0", "other-1", "other-2", "errors"}


def test_graphs_show_the_alarm_threshold(widgets: list[dict[str, Any]]) -> None:
    assert graphs(widgets)["cpu"]["annotations"] == {
        "horizontal": [{"label": CPU.summary, "value": 90, "fill": "above"}]
    }
    assert graphs(widgets)["storage"]["annotations"]["horizontal"][0]["fill"] == "below"


def test_alarm_states_of_all_regions_come_first(
    widgets: list[dict[str, Any]],
) -> None:
    header, stack_region, other_region = widgets[:3]
    assert "test" in header["properties"]["markdown"]
    assert (stack_region["type"], other_region["type"]) == ("alarm", "alarm")
    prefix = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:test-orders-"
    assert set(stack_region["properties"]["alarms"]) == {
        f"{prefix}{name}" for name in ("cpu", "latency", "storage", "other-0", "other-1", "other-2")
    }
    assert other_region["properties"] == {
        "title": "Alarms in us-east-1",
        "alarms": ["arn:aws:cloudwatch:us-east-1:111122223333:alarm:test-edge-errors"],
    }


def test_graphs_are_below_the_heading_of_their_construct(widgets: list[dict[str, Any]]) -> None:
    graphs_by_heading: dict[str, list[str]] = {}
    for widget in sorted(widgets, key=lambda w: (w["y"], w["x"])):
        if widget["type"] == "text":
            graphs_by_heading[heading := widget["properties"]["markdown"]] = []
        elif widget["type"] == "metric":
            graphs_by_heading[heading].append(widget["properties"]["title"].split()[0])
    assert graphs_by_heading["## edge"] == ["errors"]
    assert set(graphs_by_heading["## orders"]) == set(graphs(widgets)) - {"errors"}


def test_widgets_do_not_overlap(widgets: list[dict[str, Any]]) -> None:
    cells = [
        (x, y)
        for w in widgets
        for x in range(w["x"], w["x"] + w["width"])
        for y in range(w["y"], w["y"] + w["height"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24


def test_the_dashboard_is_deterministic() -> None:
    bodies = {synthesize(build).one("aws_cloudwatch_dashboard")["dashboard_body"] for _ in range(2)}
    assert len(bodies) == 1
