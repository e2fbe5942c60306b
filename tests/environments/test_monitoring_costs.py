"""The cost of monitoring and of its alternatives, as its documentation shows it."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from arqctl.core.json_access import Body, as_list, as_object
from arqctl.cost.monitoring_alternatives import (
    OPEN_HOURS_A_MONTH,
    MonitoringSize,
    data_source_cost,
    exporter_cost,
    managed_storage_cost,
    render_alternatives,
    volume_cost,
)
from environments.dashboards import make_dashboards
from environments.dev import DEV
from environments.environment import Environment
from environments.production import PRODUCTION
from environments.staging import STAGING
from tests.arqctl.cost.priced_stacks import snapshot

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"
ENVIRONMENTS = (PRODUCTION, STAGING, DEV)
# Charges of the account change every six hours, and their number is unknown.
NOT_COUNTED = {"AWS/Billing"}
# The resources that a dimension names.
TYPES = {
    "DBInstanceIdentifier": "aws_db_instance",
    "ProxyName": "aws_db_proxy",
    "CacheClusterId": "aws_elasticache_replication_group",
    "DistributionId": "aws_cloudfront_distribution",
    "LoadBalancer": "aws_lb",
    "WebACL": "aws_wafv2_web_acl",
    "NatGatewayId": "aws_nat_gateway",
    "QueueName": "aws_sqs_queue",
}


def queries(env: Environment) -> Iterator[Body]:
    for text in make_dashboards(env).values():
        for panel in as_list(json.loads(text)["panels"]):
            for target in as_list(as_object(panel).get("targets")):
                query = as_object(target)
                if query.get("metricName") and query.get("namespace") not in NOT_COUNTED:
                    yield query


def metrics(env: Environment) -> int:
    """Count the metrics of all queries: one of each resource, and of each node of a cache."""
    count = 0
    for query in queries(env):
        types = [TYPES[name] for name in as_object(query["dimensions"]) if name in TYPES]
        assert types, f"add the type that the dimensions {query['dimensions']} name to TYPES"
        for each in snapshot(env.name):
            regional = query["region"] != "default" or each.region == env.region
            # Those of network load balancers are in another namespace, which no dashboard shows.
            if each.type in types and regional and each.values.get("load_balancer_type") != "network":
                count += 1 + int(str(each.values.get("replicas_per_node_group", 0)))
    return count


def size(env: Environment) -> MonitoringSize:
    config = env.prometheus
    (refresh,) = {json.loads(text)["refresh"] for text in make_dashboards(env).values()}
    return MonitoringSize(
        environment=env.name,
        region=env.region,
        series=config.series,
        scrape_seconds=config.scrape_seconds,
        replicas=config.replicas,
        retention_days=config.retention_days,
        volume_gib=config.volume_gib,
        short_volume_gib=config.model_copy(update={"retention_days": 1}).volume_gib,
        cloudwatch_metrics=metrics(env),
        refresh_minutes=int(refresh.removesuffix("m")),
    )


def test_the_page_shows_both_comparisons() -> None:
    table = render_alternatives([size(env) for env in ENVIRONMENTS])
    assert table in PAGE.read_text(encoding="utf-8"), f"Write this table to docs/metrics.md:\n\n{table}"


@pytest.mark.parametrize("env", ENVIRONMENTS, ids=lambda env: env.name)
def test_the_chosen_alternatives_cost_less(env: Environment) -> None:
    assert volume_cost(size(env)) < managed_storage_cost(size(env))
    assert data_source_cost(size(env)) < exporter_cost(size(env))


def test_costs_equal_the_manual_calculation() -> None:
    production = size(PRODUCTION)
    samples = Decimal(300_000) / 30 * 730 * 3600
    assert production.samples == samples == Decimal("26.28e9")
    ingestion = 2 * 90 + (samples / 10**9 - 2) * 35  # dollars for a billion
    storage = Decimal(10_000 * 86_400 * 35 * 2) / 1024**3 * Decimal("0.03")
    short_volumes = 2 * production.short_volume_gib * Decimal("0.088")
    total = ingestion + storage + samples / 10**9 * Decimal("0.10") + short_volumes
    assert abs(managed_storage_cost(production) - total) < Decimal("0.03")
    assert volume_cost(production) == Decimal("12.85")  # two of 73 GiB at $0.088


def test_the_data_source_costs_less_up_to_146_open_hours() -> None:
    production = size(PRODUCTION)
    hours = exporter_cost(production) / data_source_cost(production) * OPEN_HOURS_A_MONTH
    assert abs(hours - 146) < 1  # an exporter reads every five minutes, and an open dashboard each minute
