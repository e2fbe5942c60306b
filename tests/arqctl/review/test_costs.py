"""The cost of a plan: changes are priced before and after, and an unknown price stays unknown."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from arqctl.core.assembly import Stack, read_assembly
from arqctl.core.json_access import Json
from arqctl.plan.model import Action, Change, Plan, ResourceChange
from arqctl.review.costs import estimate_cost
from tests.arqctl.projects import Project

REGION = {"aws": [{"region": "eu-west-1"}]}


def stack_of(project: Project, resources: dict[str, Json]) -> Stack:
    project.stack("dev", resources, provider=REGION)  # type: ignore[arg-type]  # a test's own blocks
    return read_assembly(project.outdir)[0]


def plan_of(*rows: ResourceChange, is_errored: bool = False) -> Plan:
    return Plan("dev", "dev", "1.11.4", rows, is_errored=is_errored)


def row(address: str, action: Action, before: Json, after: Json) -> ResourceChange:
    return ResourceChange(address, address.split(".", maxsplit=1)[0], "dev/x", Change(action, before, after))


def nat(number: int) -> dict[str, Json]:
    return {"aws_nat_gateway": {f"n{each}": {"allocation_id": "${aws_eip.a.id}"} for each in range(number)}}


def test_an_empty_plan_has_no_difference(project: Project) -> None:
    cost = estimate_cost(plan_of(), stack_of(project, nat(2)))
    assert cost.delta == 0
    assert cost.monthly is not None
    assert cost.monthly > 0


def test_created_and_deleted_resources_are_the_difference(project: Project) -> None:
    stack = stack_of(project, nat(1))
    created = estimate_cost(plan_of(row("aws_nat_gateway.n0", Action.CREATE, None, {"id": "n"})), stack)
    assert created.delta == created.monthly
    gone = row("aws_nat_gateway.old", Action.DELETE, {"id": "n", "region": "eu-west-1"}, None)
    assert estimate_cost(plan_of(gone), stack).delta == -(created.delta or 0)


def test_an_update_is_priced_with_the_resources_it_refers_to(project: Project) -> None:
    group: Json = {
        "min_size": 3,
        "max_size": 9,
        "launch_template": {"id": "${aws_launch_template.main.id}", "version": "1"},
    }
    template: Json = {
        "instance_type": "m7g.large",
        "block_device_mappings": [{"device_name": "a", "ebs": {"volume_type": "gp3", "volume_size": 20}}],
        "network_interfaces": [{"associate_public_ip_address": False}],
        "monitoring": {"enabled": False},
    }
    resources: dict[str, Json] = {
        "aws_launch_template": {"main": template},
        "aws_autoscaling_group": {"main": group},
    }
    stack = stack_of(project, resources)
    before: Json = {"min_size": 1, "max_size": 9, "launch_template": [{"id": "lt-1", "version": "1"}]}
    after: Json = {"min_size": 3, "max_size": 9, "launch_template": [{"id": "lt-1", "version": "1"}]}
    cost = estimate_cost(plan_of(row("aws_autoscaling_group.main", Action.UPDATE, before, after)), stack)
    assert cost.delta is not None
    assert cost.monthly is not None
    assert cost.delta == cost.monthly * 2 / 3


def test_an_unpriced_resource_makes_the_difference_unknown(project: Project) -> None:
    stack = stack_of(project, {"aws_unheard_of": {"main": {"size": 2}}})
    created = row("aws_unheard_of.main", Action.CREATE, None, {"size": 2})
    cost = estimate_cost(plan_of(created), stack)
    assert (cost.monthly, cost.delta, cost.unpriced, cost.coverage) == (None, None, 1, 0)


def test_reads_and_deposed_objects_have_no_cost(project: Project) -> None:
    stack = stack_of(project, nat(1))
    gateway = row("aws_nat_gateway.n0", Action.DELETE, {"id": "n", "region": "eu-west-1"}, None)
    assert estimate_cost(plan_of(replace(gateway, deposed="0123abcd")), stack).delta == 0
    assert (
        estimate_cost(plan_of(replace(gateway, address="aws_nat_gateway.old", mode="data")), stack).delta == 0
    )


def test_an_errored_plan_has_no_difference(project: Project) -> None:
    assert estimate_cost(plan_of(is_errored=True), stack_of(project, nat(1))).delta is None


@pytest.mark.parametrize("environment", ["dev", "staging", "production"])
def test_a_new_environments_difference_is_its_whole_cost(environment: str, tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / f"snapshots/{environment}.json").read_text(encoding="utf-8")
    document = json.loads(text)
    stack = Stack(environment, environment, tmp_path, text, document)
    rows = [row(block.address, Action.CREATE, None, {}) for block in stack.resources]
    cost = estimate_cost(plan_of(*rows), stack)
    assert cost.monthly is not None
    assert cost.monthly > Decimal(100)
    assert cost.delta in (None, cost.monthly)
