"""The objectives of environments and the metrics of the reference application agree."""

import json
from pathlib import Path

import pytest

from arqctl.core.assembly import Stack
from arqctl.slo.objective import find_objectives
from constructs_arq.core.slo import HttpAvailability, HttpLatency
from environments.production import PRODUCTION
from environments.slos import configure_slos
from environments.staging import STAGING
from services.api import metrics
from services.api.health import QUIET_ROUTES

SNAPSHOTS = Path(__file__).parents[1] / "snapshots"


def test_production_and_staging_have_all_objectives() -> None:
    names = ["api-availability", "api-latency", "site-availability", "site-latency"]
    for env in (PRODUCTION, STAGING):
        assert [slo.name for slo in env.slos] == names


def test_the_buckets_are_those_of_the_api() -> None:
    (latency,) = (slo.indicator for slo in configure_slos() if isinstance(slo.indicator, HttpLatency))
    assert latency.buckets == metrics._BUCKETS


def test_the_ignored_routes_are_those_of_probes() -> None:
    for slo in configure_slos():
        if isinstance(slo.indicator, HttpAvailability | HttpLatency):
            assert set(slo.indicator.ignored_routes) == QUIET_ROUTES


def test_the_api_counts_with_the_labels_of_the_queries() -> None:
    own = metrics.Metrics("test")
    own.observe(method="GET", route="/api/accounts", status=500, seconds=0.2)
    labels = {"method": "GET", "route": "/api/accounts", "status": "500"}
    assert own.registry.get_sample_value("http_request_duration_seconds_count", labels) == 1
    bucket = {**labels, "le": "0.3"}
    assert own.registry.get_sample_value("http_request_duration_seconds_bucket", bucket) == 1


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_the_report_finds_the_objectives_and_the_alarms_with_their_metrics(environment: str) -> None:
    file = SNAPSHOTS / f"{environment}.json"
    document = json.loads(file.read_text())
    found = find_objectives(environment, [Stack(environment, environment, file, "", document)])
    assert [each.name for each in found] == [slo.name for slo in configure_slos()]
    alarms = {
        alarm["alarm_name"]: alarm for alarm in document["resource"]["aws_cloudwatch_metric_alarm"].values()
    }
    for objective in found:
        if objective.alarm:
            queries = alarms[objective.alarm]["metric_query"]
            assert {query["id"] for query in queries} == {"result", "share", "requests"}
