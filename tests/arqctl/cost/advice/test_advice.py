"""Each kind of advice has a case where it applies, with its figure, and cases where it does not."""

from decimal import Decimal

import pytest

from arqctl.cost.advice import advise
from arqctl.cost.advice.canaries import advise_canaries
from arqctl.cost.advice.commitments import advise_commitments
from arqctl.cost.advice.graviton import advise_graviton
from arqctl.cost.advice.idle import advise_idle
from arqctl.cost.advice.logs import advise_log_class, advise_retention
from arqctl.cost.advice.nat import advise_endpoints, advise_shared_gateway
from arqctl.cost.advice.nights import advise_nights
from arqctl.cost.advice.saving import Advice, Saving, StackCosts
from arqctl.cost.advice.storage_tiers import advise_storage_tiers
from arqctl.cost.advice_report import render_advice, render_advice_json
from arqctl.cost.assumptions import assumptions_of
from arqctl.cost.priceable import PriceableResource
from tests.arqctl.cost.priced_stacks import cents, resource, stack, stacks_of

PRODUCTION = assumptions_of("production")
HOURS = Decimal(730)
NAT = resource("aws_nat_gateway", "a")


def savings(advice: Advice, *resources: PriceableResource, is_protected: bool = False) -> list[Saving]:
    return list(advice(StackCosts(resources, PRODUCTION, is_protected=is_protected)))


def one(advice: Advice, *resources: PriceableResource) -> Saving:
    (found,) = savings(advice, *resources)
    return found


def canary(minutes: int) -> PriceableResource:
    return resource("aws_synthetics_canary", schedule={"expression": f"rate({minutes} minutes)"})


def node_group(**values: object) -> PriceableResource:
    return resource(
        "aws_eks_node_group",
        **{  # type: ignore[arg-type]
            "instance_types": ["m7g.xlarge"],
            "scaling_config": {"min_size": 3, "desired_size": 3},
            **values,
        },
    )


def database(**values: object) -> PriceableResource:
    fixed = {
        "engine": "postgres",
        "instance_class": "db.t4g.medium",
        "storage_type": "gp3",
        "allocated_storage": 20,
    }
    return resource("aws_db_instance", **{**fixed, **values})  # type: ignore[arg-type]


def log_group(name: str = "/vpc/x/flow-logs", **values: object) -> PriceableResource:
    return resource("aws_cloudwatch_log_group", name=name, **values)  # type: ignore[arg-type]


def bucket(name: str = "production-log-store-bucket-") -> PriceableResource:
    return resource("aws_s3_bucket", bucket_prefix=name)


def lifecycle(**rule: object) -> PriceableResource:
    return resource(
        "aws_s3_bucket_lifecycle_configuration",
        "rules",
        bucket="${aws_s3_bucket.main.id}",
        rule=[rule],  # type: ignore[list-item]
    )


def test_canaries_that_run_each_minute_save_four_fifths() -> None:
    fast = resource("aws_synthetics_canary", schedule={"expression": "rate(1 minute)"})
    found = one(advise_canaries, fast)
    seconds = 43_800 * 12 * Decimal(1000) / 1024
    charged = cents(
        43_800 * Decimal("0.0014"), seconds * Decimal("0.0000166667"), 43_800 * Decimal("0.0000002")
    )
    assert found.monthly == round(charged * Decimal("0.8"), 2)


def test_canaries_of_a_protected_environment_run_each_minute() -> None:
    assert savings(advise_canaries, canary(1), is_protected=True) == []


@pytest.mark.parametrize("minutes", [5, 15])
def test_canaries_that_run_seldom_have_no_advice(minutes: int) -> None:
    assert savings(advise_canaries, canary(minutes)) == []


def test_nodes_on_demand_save_by_a_plan() -> None:
    found = one(advise_commitments, node_group())
    assert found.monthly == round(3 * HOURS * Decimal("0.1819") * Decimal("0.27"), 2)


def test_spot_nodes_and_small_amounts_need_no_commitment() -> None:
    assert savings(advise_commitments, node_group(capacity_type="SPOT")) == []
    assert savings(advise_commitments, database(instance_class="db.t4g.micro")) == []


def test_commitments_include_the_standby_and_the_size_of_its_replica() -> None:
    stacks = [stack(name) for name in stacks_of("production")]
    found = {
        (each.stack, each.change): each.monthly
        for each in advise(stacks, PRODUCTION, is_protected=True)
        if each.kind == "commitment"
    }
    changes = {change for _, change in found}
    assert {name for name, _ in found} == {"production", "production-standby"}
    assert len(found) == 2 * len(changes)
    assert found["production-standby", "Buy reserved database instances"] == round(
        cents(HOURS * Decimal("0.291")) * Decimal("0.3"), 2
    )


def test_an_intel_instance_saves_the_difference_to_graviton() -> None:
    found = one(advise_graviton, resource("aws_instance", instance_type="m6i.large", root_block_device={}))
    assert found.change == "Use m7g.large"
    assert found.monthly == cents(HOURS * Decimal("0.107")) - cents(HOURS * Decimal("0.091"))


@pytest.mark.parametrize("type_", ["m7g.large", "m6i.metal", "x1e.xlarge"])
def test_graviton_and_types_without_prices_have_no_advice(type_: str) -> None:
    assert savings(advise_graviton, resource("aws_instance", instance_type=type_, root_block_device={})) == []


def test_an_address_balancer_and_volume_without_users_are_idle() -> None:
    address = resource("aws_eip")
    assert one(advise_idle, address).monthly == cents(HOURS * Decimal("0.005"))
    balancer = resource("aws_lb", load_balancer_type="network", internal=True)
    assert one(advise_idle, balancer).addresses == ("aws_lb.main",)
    volume = resource("aws_ebs_volume", type="gp3", size=100)
    assert one(advise_idle, volume).monthly == cents(100 * Decimal("0.088"))


def test_used_resources_are_not_idle() -> None:
    gateway = resource("aws_nat_gateway", allocation_id="${aws_eip.main.allocation_id}")
    listener = resource("aws_lb_listener", load_balancer_arn="${aws_lb.main.arn}")
    balancer = resource("aws_lb", load_balancer_type="network", internal=True)
    assert savings(advise_idle, resource("aws_eip"), gateway, balancer, listener) == []
    assert savings(advise_idle, resource("aws_eip", instance="i-1")) == []


def test_unread_logs_save_half_of_their_ingestion() -> None:
    found = one(advise_log_class, log_group())
    assert found.monthly == cents(30 * Decimal("0.285"))
    assert "`aws logs tail`" in found.trade_off


def test_logs_with_a_subscription_or_a_metric_keep_their_class() -> None:
    reader = resource(
        "aws_cloudwatch_log_subscription_filter", log_group_name="${aws_cloudwatch_log_group.main.name}"
    )
    metric = resource("aws_cloudwatch_log_metric_filter", log_group_name="/vpc/x/flow-logs")
    assert savings(advise_log_class, log_group(), reader) == []
    assert savings(advise_log_class, log_group(), metric) == []
    assert savings(advise_log_class, log_group(log_group_class="INFREQUENT_ACCESS")) == []


def test_retention_above_a_year_saves_the_older_part() -> None:
    stored = cents(731 * 30 * Decimal("0.15") / 30 * Decimal("0.03"))
    found = one(advise_retention, log_group(retention_in_days=731))
    assert found.monthly == round(stored * (1 - Decimal(365) / 731), 2)
    assert found.change == "Keep /vpc/x/flow-logs for a year"


@pytest.mark.parametrize("days", [30, 365])
def test_retention_that_the_gate_demands_has_no_advice(days: int) -> None:
    assert savings(advise_retention, log_group(retention_in_days=days)) == []


def test_traffic_to_s3_through_gateways_saves_by_the_free_endpoint() -> None:
    assert one(advise_endpoints, NAT).monthly == cents(25 * Decimal("0.048"))


def test_interface_endpoints_cost_more_than_their_little_traffic() -> None:
    endpoint = resource(
        "aws_vpc_endpoint",
        "kms",
        vpc_endpoint_type="Interface",
        service_name="com.amazonaws.eu-west-1.kms",
        subnet_ids=["a", "b", "c"],
    )
    s3 = resource("aws_vpc_endpoint", "s3", service_name="com.amazonaws.eu-west-1.s3")
    found = one(advise_endpoints, NAT, endpoint, s3)
    own = cents(3 * HOURS * Decimal("0.011"), 30 * Decimal("0.01"))
    assert found.monthly == own - cents(30 * Decimal("0.048"))


def test_endpoints_without_gateways_stay() -> None:
    endpoint = resource("aws_vpc_endpoint", vpc_endpoint_type="Interface", subnet_ids=["a"])
    assert savings(advise_endpoints, endpoint) == []


def test_gateways_of_other_zones_are_saved_with_their_addresses() -> None:
    gateways = [resource("aws_nat_gateway", name) for name in "abc"]
    addresses = [resource("aws_eip", name) for name in "abc"]
    found = one(advise_shared_gateway, *gateways, *addresses)
    assert found.monthly == 2 * (cents(HOURS * Decimal("0.048")) + cents(HOURS * Decimal("0.005")))


def test_a_single_gateway_and_those_of_a_protected_environment_have_no_advice() -> None:
    assert savings(advise_shared_gateway, NAT) == []
    gateways = [resource("aws_nat_gateway", name) for name in "ab"]
    assert savings(advise_shared_gateway, *gateways, is_protected=True) == []


def test_unprotected_databases_and_nodes_stop_at_night() -> None:
    found = savings(advise_nights, database(), node_group())
    share = Decimal(108) / 168
    assert [each.monthly for each in found] == [
        round(cents(HOURS * Decimal("0.069")) * share, 2),
        round(cents(3 * HOURS * Decimal("0.1819")) * share, 2),
    ]


def test_protected_databases_and_scheduled_nodes_run_on() -> None:
    assert savings(advise_nights, database(deletion_protection=True), node_group()) == []
    schedule = resource(
        "aws_autoscaling_schedule",
        autoscaling_group_name="${aws_eks_node_group.main.resources[0].autoscaling_groups[0].name}",
    )
    assert len(savings(advise_nights, database(), node_group(), schedule)) == 1
    assert savings(advise_nights, node_group()) == []


def test_large_objects_save_by_a_cheaper_class_less_their_moves() -> None:
    moved = 200 * 1024 * Decimal(30) / 365  # objects of a MiB in a month
    found = one(advise_storage_tiers, bucket())
    stored = cents(140 * Decimal("0.023")) - cents(140 * Decimal("0.0125"))
    assert found.monthly == stored - cents(moved * Decimal("0.00001"))


def test_objects_below_128_kib_do_not_move() -> None:
    assert savings(advise_storage_tiers, bucket("production-access-logs-")) == []


def test_moves_that_cost_more_than_they_save_have_no_advice() -> None:
    usage = PRODUCTION.override(["object_kib=128", "bucket_gib=200"])
    rules = lifecycle(expiration=[{"days": 100}])
    assert list(advise_storage_tiers(StackCosts([bucket("x"), rules], usage))) == []
    larger = usage.override(["object_kib=4096"])
    assert len(list(advise_storage_tiers(StackCosts([bucket("x"), rules], larger)))) == 1


@pytest.mark.parametrize(
    "rule", [{"transition": [{"days": 30, "storage_class": "STANDARD_IA"}]}, {"expiration": [{"days": 30}]}]
)
def test_a_lifecycle_that_moves_or_deletes_has_no_advice(rule: dict[str, object]) -> None:
    assert savings(advise_storage_tiers, bucket(), lifecycle(**rule)) == []


def test_small_buckets_have_no_advice() -> None:
    assert savings(advise_storage_tiers, resource("aws_s3_bucket", bucket="x")) == []


def found_in(environment: str, *, is_protected: bool = False) -> tuple[Saving, ...]:
    stacks = [stack(name) for name in stacks_of(environment)]
    return advise(stacks, assumptions_of(environment), is_protected=is_protected)


@pytest.mark.parametrize("environment", ["dev", "staging", "production"])
def test_a_saving_is_positive_and_has_a_trade_off(environment: str) -> None:
    found = found_in(environment)
    assert found
    assert all(each.monthly > 0 and each.trade_off and each.calculation and each.addresses for each in found)


def test_a_saving_names_its_stack_and_region_and_no_two_are_alike() -> None:
    found = found_in("production")
    endpoints = [(each.stack, each.region) for each in found if each.change.startswith("Remove 6 interface")]
    assert sorted(endpoints) == [("production", "eu-west-1"), ("production-standby", "eu-central-1")]
    page = render_advice("production", found, width=200).split("\n")
    headlines = [line for line in page if line.startswith("$")]
    assert len({line.partition("  ")[2] for line in headlines}) == len(found)


def test_the_standby_has_its_own_usage() -> None:
    (saving,) = (each for each in found_in("production") if "standby-network/flow-logs" in each.change)
    assert saving.monthly == cents(3 * Decimal("0.63")) - cents(3 * Decimal("0.315"))


def test_a_protected_environment_has_no_advice_that_its_rules_forbid() -> None:
    before, after = found_in("production"), found_in("production", is_protected=True)
    assert {each.change for each in before} - {each.change for each in after} == {
        "Share one NAT gateway between the zones",
        "Run 4 canaries each five minutes",
    }


def test_assumed_discounts_are_named() -> None:
    found = [each for each in found_in("production") if each.kind == "commitment"]
    assert found
    assert all("an assumed discount of" in each.calculation for each in found)
    assert "price of spot instances are assumed" in render_advice("production", found, width=400)


def test_the_page_and_the_document_have_each_saving() -> None:
    found = found_in("production")
    page, document = render_advice("production", found, width=200), render_advice_json("production", found)
    for each in found:
        assert each.change in page
        assert f"${each.monthly:,.2f}" in page
        assert each.trade_off in document
        assert f'"stack": "{each.stack}"' in document


def test_a_page_without_savings_states_it() -> None:
    assert render_advice("dev", []) == "dev: no savings found.\n"
