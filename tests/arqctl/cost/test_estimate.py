"""Estimates of the platform's environments equal manual calculations, and properties of any estimate."""

import random
from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arqctl.cost.estimate import combine, estimate
from tests.arqctl.cost.priced_stacks import ENVIRONMENTS, cents, monthly, resource, snapshot

HOURS = Decimal(730)

# Costs that all environments share.
SHARED = {
    "aws_eks_cluster": cents(HOURS * Decimal("0.10")),
    "aws_lb": cents(HOURS * Decimal("0.0252")),
    "aws_wafv2_web_acl": cents("5.00", 7 * Decimal("1.00")),
    "aws_cloudwatch_dashboard": cents("3.00"),
    "aws_cloudfront_monitoring_subscription": cents(2 * 8 * Decimal("0.30")),
}
NAT, ADDRESS = cents(HOURS * Decimal("0.048")), cents(HOURS * Decimal("0.005"))
# Three zones each.
ENDPOINT = cents(3 * HOURS * Decimal("0.011"))
GP3, METRIC, KEY, ALARM = Decimal("0.088"), Decimal("0.30"), Decimal("1.00"), Decimal("0.10")
COMPOSITE = Decimal("0.50")
LARGE, XLARGE = Decimal("0.091"), Decimal("0.1819")
DATABASE, STORAGE = Decimal("0.186"), Decimal("0.127")
# A run in the environment's region, and in its backup region.
RUN, BACKUP_RUN, MINUTES = Decimal("0.0014"), Decimal("0.0016"), 730 * 60
# The canary of the domain runs each hour, the others at the interval of the environment.
DOMAIN_CANARY = 730 * RUN
# Metrics of alarms: one of the site, two of the API, four on their time. Each of the domain has two.
USE_ALARMS, DOMAIN_ALARM = 7 * ALARM, 2 * ALARM
# Metrics of the alarms on objectives of the site.
SLO_METRICS = 44
# Metrics of alarms on log groups: two of each of the five. The function has five, its queue one, and the load
# balancer four.
FORWARDER_METRICS = 20
# Alarms of two metrics each: no valid restore, resources without a backup, and resources without a copy.
BACKUP_AGES = 3
PROXY = cents(2 * HOURS * Decimal("0.016"))

# US dollars a month by type; None if the table has no price.
EXPECTED: dict[str, dict[str, Decimal | None]] = {
    "dev": {
        **SHARED,
        "aws_eks_node_group": None,  # spot
        "aws_db_instance": cents(HOURS * Decimal("0.069"), 20 * Decimal("0.127")),
        "aws_elasticache_replication_group": cents(HOURS * Decimal("0.0272")),
        "aws_nat_gateway": NAT,
        "aws_eip": ADDRESS,
        "aws_kms_key": 16 * KEY,
        "aws_cloudwatch_log_metric_filter": 3 * METRIC,
        "aws_cloudwatch_composite_alarm": 5 * COMPOSITE,
        "aws_cloudwatch_metric_alarm": 58 * ALARM + USE_ALARMS + 2 * DOMAIN_ALARM,
        "aws_synthetics_canary": cents(MINUTES // 15 * RUN, MINUTES // 15 * RUN, DOMAIN_CANARY),
    },
    "staging": {
        **SHARED,
        "aws_lb": 2 * SHARED["aws_lb"],
        "aws_eks_node_group": cents(3 * HOURS * LARGE, 3 * 50 * GP3, 3 * 7 * METRIC),
        # The instance with its standby, and the replica of the same 50 GiB.
        "aws_db_instance": cents(2 * HOURS * DATABASE, 2 * 50 * STORAGE, HOURS * DATABASE, 50 * STORAGE),
        "aws_db_proxy": PROXY,
        "aws_elasticache_replication_group": cents(2 * HOURS * Decimal("0.1392")),
        "aws_nat_gateway": 3 * NAT,
        "aws_eip": 3 * ADDRESS,
        "aws_vpc_endpoint": 6 * ENDPOINT,  # the other four are gateway endpoints, which are free
        "aws_kms_key": 23 * KEY,
        "aws_cloudwatch_log_metric_filter": 6 * METRIC,
        "aws_cloudwatch_composite_alarm": (7 + 2 + 4 + 2 + BACKUP_AGES) * COMPOSITE,
        "aws_cloudwatch_metric_alarm": (83 + 2 * BACKUP_AGES + FORWARDER_METRICS + SLO_METRICS) * ALARM
        + USE_ALARMS
        + 3 * DOMAIN_ALARM,
        "aws_synthetics_canary": cents(
            *2 * [MINUTES // 5 * each for each in (RUN, BACKUP_RUN)], DOMAIN_CANARY
        ),
    },
    "production": {
        **SHARED,
        "aws_lb": 2 * SHARED["aws_lb"],
        "aws_eks_node_group": cents(3 * HOURS * XLARGE, 3 * 50 * GP3, 3 * 7 * METRIC),
        # The instance with its standby and the replica. Database Insights of the first and the last.
        "aws_db_instance": cents(
            3 * HOURS * Decimal("0.268"), 3 * 200 * STORAGE, 2 * 2 * HOURS * Decimal("0.0125")
        ),
        "aws_db_proxy": PROXY,
        "aws_elasticache_replication_group": cents(3 * HOURS * Decimal("0.1944")),
        "aws_nat_gateway": 3 * NAT,
        "aws_eip": 3 * ADDRESS,
        "aws_vpc_endpoint": 6 * ENDPOINT,
        "aws_kms_key": 23 * KEY,
        "aws_cloudwatch_log_metric_filter": 6 * METRIC,
        "aws_cloudwatch_composite_alarm": (7 + 2 + 4 + 2 + BACKUP_AGES) * COMPOSITE,
        "aws_cloudwatch_metric_alarm": (91 + 2 * BACKUP_AGES + FORWARDER_METRICS + SLO_METRICS) * ALARM
        + USE_ALARMS
        + 3 * DOMAIN_ALARM,
        "aws_synthetics_canary": cents(*2 * [MINUTES * RUN, MINUTES * BACKUP_RUN], DOMAIN_CANARY),
    },
}


# Known components of partly priced resources: nodes on spot instances.
KNOWN_COMPONENTS = {"dev": cents(2 * 50 * GP3, 2 * 7 * METRIC)}

# GiB of the volumes of Prometheus and of Loki.
VOLUMES = {"dev": (10, 10), "staging": (2 * 30, 3 * 10), "production": (2 * 73, 3 * 20)}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_costs_of_an_environment_equal_the_manual_calculation(environment: str) -> None:
    costs = estimate(snapshot(environment))
    found: dict[str, list[Decimal | None]] = defaultdict(list)
    for cost in costs.resources:
        found[cost.type].append(cost.monthly)
    summed = {
        type_: None if None in amounts else sum(amount for amount in amounts if amount is not None)
        for type_, amounts in found.items()
    }
    assert summed == EXPECTED[environment]
    priced = sum(amount for amount in EXPECTED[environment].values() if amount is not None)
    assert costs.monthly == priced + KNOWN_COMPONENTS.get(environment, 0)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_cluster_stacks_cost_their_volumes(environment: str) -> None:
    costs = estimate(snapshot(f"{environment}-platform"))
    volumes = cents(*(gib * GP3 for gib in VOLUMES[environment]))
    assert (costs.monthly, costs.coverage, len(costs.resources)) == (volumes, 100, 2)


def test_bootstrap_stacks_cost_their_keys() -> None:
    for environment in ENVIRONMENTS:
        costs = estimate(snapshot(f"{environment}-bootstrap"))
        assert (costs.monthly, costs.coverage) == (2 * KEY, 100)


def test_an_unpriced_resource_has_a_reason_and_lowers_coverage() -> None:
    costs = estimate(snapshot("dev"))
    reasons = {each.address.split(".")[0]: each.reasons for each in costs.unpriced}
    assert reasons == {"aws_eks_node_group": ("no price in eu-west-1: m7g.large spot instance",)}
    charged, unpriced = len(costs.resources) + len(costs.usage_based), len(costs.unpriced)
    assert costs.coverage == (len(costs.resources) - unpriced) * 100 // charged


def test_usage_based_resources_are_listed_and_lower_coverage() -> None:
    costs = estimate([resource("aws_dynamodb_table"), resource("aws_kms_key")])
    assert (costs.monthly, costs.coverage) == (Decimal("1.00"), 50)
    assert [(each.type, each.charged_for) for each in costs.usage_based] == [
        ("aws_dynamodb_table", "storage, requests")
    ]


def test_an_unlisted_type_is_unpriced_and_not_free() -> None:
    costs = estimate([resource("aws_kms_key"), resource("aws_quantum_computer")])
    assert (costs.monthly, costs.coverage) == (Decimal("1.00"), 50)
    assert [(each.type, each.reasons) for each in costs.unpriced] == [
        ("aws_quantum_computer", ("the price table doesn't have its type",))
    ]


def test_known_components_of_an_unpriced_resource_are_summed() -> None:
    database = resource(
        "aws_db_instance",
        engine="postgres",
        instance_class="db.x9z.large",
        storage_type="gp3",
        allocated_storage=100,
    )
    costs = estimate([database])
    assert (costs.monthly, costs.coverage, costs.is_known) == (cents("12.70"), 0, True)
    assert costs.resources[0].monthly is None
    assert [component.monthly for component in costs.resources[0].components] == [None, cents("12.70")]


def test_an_unlisted_region_only_has_prices_of_all_regions() -> None:
    assert monthly(resource("aws_kms_key", "main", "ap-south-2")) == cents("1.00")
    assert monthly(resource("aws_nat_gateway", "main", "ap-south-2")) is None
    assert monthly(resource("aws_nat_gateway", "main", "")) is None


def test_the_region_argument_overrides_the_provider_region() -> None:
    key = resource("aws_nat_gateway")
    assert monthly(replace(key, values={"region": "us-east-1"})) == cents(HOURS * Decimal("0.045"))
    assert monthly(replace(key, values={"region": "${var.region}"})) is None


def test_the_date_is_that_of_the_oldest_price_used() -> None:
    assert estimate([resource("aws_kms_key")]).as_of == date(2026, 3, 14)
    assert estimate([resource("aws_kms_key"), resource("aws_nat_gateway")]).as_of == date(2026, 3, 14)
    assert estimate(snapshot("production")).as_of == date(2025, 3, 2)


def test_the_same_address_in_two_stacks_counts_twice() -> None:
    one = estimate([resource("aws_kms_key")])
    both = combine([one, one])
    assert (both.monthly, len(both.resources), both.coverage) == (Decimal("2.00"), 2, 100)


@given(seed=st.integers())
def test_the_order_of_resources_does_not_matter(seed: int) -> None:
    resources = list(snapshot("staging"))
    expected = estimate(resources)
    random.Random(seed).shuffle(resources)  # noqa: S311 - an order, not a secret
    assert estimate(resources) == expected


@given(known=st.integers(0, 300), unknown=st.integers(0, 300))
def test_coverage_is_full_only_if_every_cost_is_known(known: int, unknown: int) -> None:
    keys = [resource("aws_kms_key", f"k{number}") for number in range(known)]
    others = [resource("aws_quantum_computer", f"q{number}") for number in range(unknown)]
    costs = estimate([*keys, *others])
    assert (costs.coverage == 100) is (unknown == 0)
    assert len(costs.unpriced) == unknown
    assert costs.monthly == known * KEY
