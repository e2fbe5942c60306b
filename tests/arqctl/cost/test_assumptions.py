"""Assumed usage has values by environment and by name, each is charged, and all environments are covered."""

from collections import Counter
from decimal import Decimal

import pytest

from arqctl.core.errors import InputError
from arqctl.core.json_access import as_list
from arqctl.cost.arguments import read_block, read_number
from arqctl.cost.assumptions import NO_USAGE, assumptions_of
from arqctl.cost.assumptions_report import render_assumptions
from tests.arqctl.cost.priced_stacks import ENVIRONMENTS, estimate_environment, snapshot

PRODUCTION = assumptions_of("production")


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_at_least_95_percent_of_charged_resources_are_priced(environment: str) -> None:
    costs = estimate_environment(environment)
    assert costs.coverage >= 95, (costs.unpriced, costs.usage_based)
    regions = {part.region for cost in costs.resources for part in cost.components if part.monthly}
    assert {"eu-west-1", "us-east-1"} <= regions
    assert ("eu-central-1" in regions) is (environment != "dev" or len(regions) > 2)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_each_resource_of_an_environment_is_priced_in_full(environment: str) -> None:
    costs = estimate_environment(environment)
    assert (costs.unpriced, costs.usage_based) == ((), ())


def test_the_price_of_spot_instances_is_named_as_assumed() -> None:
    costs = estimate_environment("dev")
    parts = (part for each in costs.resources for part in each.components)
    spot = {part.description for part in parts if "spot" in part.description}
    assert spot == {
        f"m7g.{size} instance, spot at an assumed 40% of the price" for size in ("large", "xlarge")
    }


def test_an_environment_has_a_share_and_a_name_has_a_value_of_its_own() -> None:
    assert PRODUCTION.value("nat_gib") == 50
    assert assumptions_of("dev").value("nat_gib") == 20
    assert PRODUCTION.value("log_gib", "/aws/eks/production-cluster/cluster") == 20
    assert PRODUCTION.value("log_gib", "/aws/lambda/x") == Decimal("0.5")
    assert assumptions_of("qa").value("nat_gib") == 50


def test_a_share_of_a_price_does_not_depend_on_the_standby() -> None:
    standby = PRODUCTION.for_stack("production-standby")
    shares = [
        name
        for name, entry in PRODUCTION.entries.items()
        if name.endswith(("_discount", "_price_share", "_compression")) or "of the on-demand" in entry.unit
    ]
    assert {"savings_plan_discount", "reservation_discount", "spot_price_share"} <= set(shares)
    for name in shares:
        assert standby.value(name) == PRODUCTION.value(name), name


def test_only_the_environment_with_a_standby_pays_for_its_audits() -> None:
    names = ("eks_audit_events", "guarded_vcpus", "guarded_database_vcpus")
    for name in names:
        assert PRODUCTION.value(name, "eu-central-1") > 0, name
        assert assumptions_of("staging").value(name, "eu-central-1") == 0, name
    nodes = [each for each in snapshot("production-standby") if each.type == "aws_eks_node_group"]
    (group,) = nodes
    assert as_list(group.values["instance_types"])[0] == "m7g.xlarge"
    vcpus = 4 * (read_number(read_block(group.values, "scaling_config"), "desired_size") or 0)
    assert PRODUCTION.value("guarded_vcpus", "eu-central-1") == vcpus


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_guardduty_reads_the_requests_that_buckets_are_assumed_to_have(environment: str) -> None:
    requests: Counter[str] = Counter()
    read: Counter[str] = Counter()
    for cost in estimate_environment(environment).resources:
        for part in cost.components:
            if part.item in ("s3/read", "s3/write"):
                requests[part.region] += int(part.quantity or 0)
            elif part.item == "guardduty/s3-event":
                read[part.region] += int(part.quantity or 0)
    assert set(read) == set(requests)
    for region, number in requests.items():
        assert abs(read[region] - number) <= number / 5, (region, read[region], number)


def test_without_usage_everything_is_unused() -> None:
    assert NO_USAGE.value("nat_gib") == 0


def test_an_override_counts_for_all_names_and_environments() -> None:
    usage = assumptions_of("dev").override(["log_gib=3", "nat_gib=0"])
    assert usage.value("log_gib", "/aws/eks/x") == 3
    assert usage.value("nat_gib") == 0


@pytest.mark.parametrize(
    "text", ["nat=1", "nat_gib", "nat_gib=", "nat_gib=-1", "nat_gib=NaN", "nat_gib=many"]
)
def test_an_invalid_override_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=f"--assume {text}"):
        PRODUCTION.override([text])


def test_all_invalid_overrides_are_reported_at_once() -> None:
    with pytest.raises(InputError) as error:
        PRODUCTION.override(["a=1", "nat_gib=x"])
    assert "a=1" in str(error.value)
    assert "nat_gib=x" in str(error.value)


def test_the_page_has_each_value_with_its_reason() -> None:
    page = render_assumptions(PRODUCTION, width=200)
    for each in PRODUCTION:
        assert each.why in page
        assert f"{each.value.normalize():,f}" in page
