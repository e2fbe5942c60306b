"""Dashboards match Grafana's schema, their queries parse, and their names are those of exporters and AWS."""

import functools
import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import botocore.session
import jsonschema
import promql_parser
import pytest

from services.api.metrics import Metrics
from services.api.worker_metrics import WorkerMetrics
from tests.aws_metrics import is_published
from tests.edge.vite_site import NODE_FOLDER
from tests.observability.grafana.dashboards import DASHBOARDS, panels, queries
from tests.observability.grafana.example_series import example_series

TYPES = NODE_FOLDER / "node_modules/@grafana/schema/dist/types/raw"
SERIES = tomllib.loads((Path(__file__).parent / "exporter_series.toml").read_text())
# The types of panels as Grafana's schema names them.
PANEL_TYPES = {"logs", "stat", "timeseries"}

each_dashboard = pytest.mark.parametrize("name", DASHBOARDS)


@functools.cache
def schema_of(file: str, type_name: str) -> dict[str, Any]:
    """Derive the JSON schema of a type of the deployed Grafana from its TypeScript declaration."""
    program = NODE_FOLDER / "node_modules/ts-json-schema-generator/bin/ts-json-schema-generator.js"
    options = ("--path", str(TYPES / file), "--type", type_name, "--no-type-check")
    result = subprocess.run(["node", program, *options], capture_output=True, text=True, check=True)
    schema: dict[str, Any] = json.loads(result.stdout)
    return schema


@pytest.mark.slow
@each_dashboard
def test_dashboards_match_the_schema_of_grafana(name: str) -> None:
    jsonschema.validate(DASHBOARDS[name], schema_of("dashboard/x/types.gen.d.ts", "Dashboard"))


@pytest.mark.slow
def test_the_schema_refuses_a_misspelled_property() -> None:
    document = DASHBOARDS["cluster"] | {"panles": []}
    with pytest.raises(jsonschema.ValidationError, match="panles"):
        jsonschema.validate(document, schema_of("dashboard/x/types.gen.d.ts", "Dashboard"))


@each_dashboard
def test_panels_have_different_ids_and_known_types(name: str) -> None:
    document = DASHBOARDS[name]
    ids = [panel["id"] for panel in document["panels"]]
    assert len(ids) == len(set(ids)) > 1
    assert {panel["type"] for panel in panels(document)} <= PANEL_TYPES
    assert document["uid"] == name


@each_dashboard
def test_terraform_finds_no_expression_in_dashboards(name: str) -> None:
    assert "${" not in json.dumps(DASHBOARDS[name])
    assert "%{" not in json.dumps(DASHBOARDS[name])


def test_each_dashboard_has_a_picture_on_the_page() -> None:
    page = Path("docs/dashboards.md")
    shown = re.findall(r"!\[[^\]]+\]\((images/dashboards/[\w-]+\.png)\)", page.read_text(encoding="utf-8"))
    assert sorted(shown) == sorted(f"images/dashboards/{name}.png" for name in DASHBOARDS)
    assert {f"images/dashboards/{path.name}" for path in Path("docs/images/dashboards").iterdir()} == set(
        shown
    )


def test_promql_parses_and_names_only_known_metrics() -> None:
    known = {series.metric for series in example_series(1)}
    found = queries("prometheus")
    assert len(found) > 40
    for query in found:
        promql_parser.parse(query.expression)
        names = set(re.findall(r"(?:[a-z]+[_:])+[a-z_A-Z0-9]+(?=[{\[ )]|$)", query.expression))
        unknown = {name for name in names if name not in known}
        assert unknown <= {"histogram_quantile", "clamp_min"} | labels_in(query.expression), str(query)


def labels_in(expression: str) -> set[str]:
    return {label for labels in re.findall(r"by \(([^)]*)\)", expression) for label in labels.split(", ")}


def test_legends_name_labels_that_the_query_keeps() -> None:
    for query in queries("prometheus"):
        for label in re.findall(r"{{(\w+)}}", query.legend):
            grouped = re.search(r"(?:sum|avg|count) by \(([^)]*)\)", query.expression)
            assert grouped is None or label in grouped[1].split(", "), str(query)


def test_logql_parses() -> None:
    expressions = [query.expression for query in queries("loki")]
    assert expressions
    planted = '{namespace="shop" | json'
    result = subprocess.run(
        ["node", NODE_FOLDER / "parse_logql.mjs"],
        input=json.dumps([*expressions, planted]),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(result.stdout) == [planted]


def test_metrics_of_the_api_are_those_of_its_code() -> None:
    metrics = Metrics("test")
    metrics.observe(method="GET", route="/api/ledger", status=200, seconds=0.1)
    names = {sample.name for family in metrics.registry.collect() for sample in family.samples}
    collectors = ("database_pool_", "receipt_requests_")
    own = {name for name in SERIES["api"]["metrics"] if not name.startswith(collectors)}
    assert own <= names


def test_metrics_of_the_worker_are_those_of_its_code() -> None:
    metrics = WorkerMetrics("test")
    names = {sample.name for family in metrics.registry.collect() for sample in family.samples}
    assert SERIES["receipts"]["metrics"].keys() <= names


@each_dashboard
def test_dashboards_show_several_points_of_each_metric(name: str) -> None:
    shown = {"now-6h": 6 * 3600, "now/M": 28 * 86_400}[DASHBOARDS[name]["time"]["from"]]
    periods = [
        int(target.get("period", 60)) for panel in panels(DASHBOARDS[name]) for target in panel["targets"]
    ]
    assert max(periods) * 10 <= shown


def aws_targets() -> list[dict[str, Any]]:
    return [
        target
        for document in DASHBOARDS.values()
        for panel in panels(document)
        if panel["datasource"]["uid"] == "cloudwatch"
        for target in panel["targets"]
    ]


def test_aws_publishes_the_metrics() -> None:
    targets = aws_targets()
    assert len(targets) > 20
    for target in targets:
        metric = (target["namespace"], target["metricName"], target["dimensions"])
        assert is_published(*metric), metric


@pytest.mark.parametrize(
    ("namespace", "name", "dimension"),
    [
        ("AWS/ElastiCache", "EngineCPUUtilisation", "CacheClusterId"),
        ("AWS/NatGateway", "ErrorPortAllocation", "NatGatewayId"),
        ("AWS/ElastiCache", "EngineCPUUtilization", "CacheClusterID"),
        ("AWS/RDS", "CPUUtilization", "ProxyName"),
    ],
)
def test_a_misspelled_metric_is_not_published(namespace: str, name: str, dimension: str) -> None:
    assert not is_published(namespace, name, [dimension])


def test_aws_metrics_have_a_statistic_and_a_region() -> None:
    regions = set(botocore.session.get_session().get_available_regions("cloudwatch"))
    for target in aws_targets():
        assert target["region"] in {"default", *regions}
        assert re.fullmatch(r"Average|Maximum|Minimum|Sum|p\d\d", target["statistic"])
        assert target["matchExact"] is True
        assert target["dimensions"]
