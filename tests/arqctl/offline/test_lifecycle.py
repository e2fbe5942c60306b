"""Lifecycle of each environment with real Terraform: create and destroy, and in dev all kinds of changes."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest

from tests.arqctl.offline.offline_stacks import Document, OfflineStack, prepare_environment

pytestmark = pytest.mark.slow

STACKS = (
    "dev",
    "staging",
    "production",
    "production-bootstrap",
    "production-account",
    "production-standby",
    "paging",
)

LOG_GROUP = "aws_cloudwatch_log_group.network_flow-logs_group_A4AD0442"
DASHBOARD = "aws_cloudwatch_dashboard.dashboard"
BALANCER = "aws_lb.ingress"
PARAMETERS = "aws_db_parameter_group.database_parameters_58B6739C"
SITE = "aws_cloudfront_distribution.site"
CONTROL = "origin_access_control_id"
METRICS = "aws_cloudfront_monitoring_subscription.site_metrics_BA9B2ED1"
IMAGES = "aws_ecr_lifecycle_policy.images_lifecycle_3E0390F9"
MOVED_IMAGES = "aws_ecr_lifecycle_policy.elsewhere"


# The changed resources are the same in each environment, and dev's stack is the smallest.
in_dev = pytest.mark.parametrize("stack", ["dev"], indirect=True)


@dataclass(frozen=True)
class Applied:
    """A stack that was planned, applied and planned again."""

    stack: OfflineStack
    plan: Document
    plan_after: Document


@dataclass(frozen=True)
class Changed:
    """The plan of a changed stack, and the plan after it was applied."""

    plan: Document
    plan_after: Document

    def of(self, address: str) -> Mapping[str, Any]:
        """Return what is planned for a resource."""
        (found,) = (each for each in self.plan["resource_changes"] if each["address"] == address)
        change: Mapping[str, Any] = found["change"]
        return change


@pytest.fixture(scope="module", params=STACKS)
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> OfflineStack:
    return prepare_environment(tmp_path_factory.mktemp("stack"), request.param).with_state_in_memory()


@pytest.fixture(scope="module")
def applied(stack: OfflineStack) -> Applied:
    plan = stack.plan_json()
    stack.apply_plan()
    return Applied(stack, plan, stack.plan_json())


@pytest.fixture(scope="module")
def changed(applied: Applied) -> Changed:
    applied.stack.change(change_everything)
    plan = applied.stack.plan_json()
    applied.stack.apply_plan()
    return Changed(plan, applied.stack.plan_json())


def change_everything(document: Document) -> None:
    """Make one change of each kind, each in a resource that no other one depends on."""
    body(document, LOG_GROUP)["retention_in_days"] = 3653
    body(document, DASHBOARD)["dashboard_name"] = "renamed"
    del body(document, BALANCER)["connection_logs"]
    body(document, PARAMETERS)["parameter"].pop()
    del next(each for each in body(document, SITE)["origin"] if CONTROL in each)[CONTROL]
    metrics, _, of_site = METRICS.partition(".")
    del document["resource"][metrics][of_site]
    policies = document["resource"]["aws_ecr_lifecycle_policy"]
    policies["elsewhere"] = policies.pop(IMAGES.partition(".")[2])
    document["moved"] = [{"from": IMAGES, "to": MOVED_IMAGES}]


def body(document: Document, address: str) -> dict[str, Any]:
    type_, _, name = address.partition(".")
    found: dict[str, Any] = document["resource"][type_][name]
    return found


def actions(plan: Document) -> dict[str, list[str]]:
    """Return the planned actions of each resource that changes."""
    return {
        each["address"]: each["change"]["actions"]
        for each in plan["resource_changes"]
        if each["mode"] == "managed" and each["change"]["actions"] != ["no-op"]
    }


def resources(document: Document) -> set[str]:
    return {f"{type_}.{name}" for type_, named in document["resource"].items() for name in named}


def test_every_synthesized_resource_is_created(applied: Applied) -> None:
    assert actions(applied.plan) == {each: ["create"] for each in resources(applied.stack.document)}


def test_every_resource_is_in_the_state(applied: Applied) -> None:
    in_state = [each for each in applied.stack.state()["resources"] if each["mode"] == "managed"]
    assert {f"{each['type']}.{each['name']}" for each in in_state} == resources(applied.stack.document)


def test_ids_are_unique(applied: Applied) -> None:
    ids = applied.stack.ids()
    assert len(ids) == len(set(ids))


def test_the_second_plan_is_empty(applied: Applied) -> None:
    assert actions(applied.plan_after) == {}
    assert not applied.plan_after["applyable"]


def test_every_output_has_a_value(applied: Applied) -> None:
    planned = applied.plan_after["planned_values"]["outputs"]
    assert set(planned) == {*applied.stack.document.get("output", {}), "offline_aws"}
    assert [name for name, each in planned.items() if each.get("value") in (None, "")] == []
    assert "simulated" in planned["offline_aws"]["value"]


@in_dev
def test_only_the_changed_resources_are_planned(changed: Changed) -> None:
    updated = (LOG_GROUP, BALANCER, PARAMETERS, SITE)
    assert actions(changed.plan) == {
        **{each: ["update"] for each in updated},
        DASHBOARD: ["delete", "create"],
        METRICS: ["delete"],
    }


@in_dev
def test_a_changed_argument_is_an_update(changed: Changed) -> None:
    change = changed.of(LOG_GROUP)
    assert {name for name, value in change["after"].items() if value != change["before"][name]} == {
        "retention_in_days"
    }
    assert change["after_unknown"] == {}


@in_dev
def test_an_argument_that_forces_replacement_is_named(changed: Changed) -> None:
    assert changed.of(DASHBOARD)["replace_paths"] == [["dashboard_name"]]


@in_dev
def test_a_removed_list_block_is_planned(changed: Changed) -> None:
    change = changed.of(BALANCER)
    assert (len(change["before"]["connection_logs"]), change["after"]["connection_logs"]) == (1, [])


@in_dev
def test_a_removed_element_of_a_set_block_is_planned(changed: Changed) -> None:
    change = changed.of(PARAMETERS)
    before, after = change["before"]["parameter"], change["after"]["parameter"]
    assert len(before) == len(after) + 1
    assert all(each in before for each in after)


@in_dev
def test_a_removed_argument_in_a_set_block_is_planned(changed: Changed) -> None:
    change = changed.of(SITE)
    before, after = ([each[CONTROL] for each in change[side]["origin"]] for side in ("before", "after"))
    assert len(after) == len(before)
    assert len(list(filter(None, after))) == len(list(filter(None, before))) - 1


@in_dev
def test_a_moved_resource_does_not_change(changed: Changed) -> None:
    (moved,) = (each for each in changed.plan["resource_changes"] if each["address"] == MOVED_IMAGES)
    assert (moved["previous_address"], moved["change"]["actions"]) == (IMAGES, ["no-op"])


@in_dev
def test_the_plan_after_the_changes_is_empty(changed: Changed) -> None:
    assert actions(changed.plan_after) == {}


def test_destroy_removes_everything(applied: Applied) -> None:
    applied.stack.destroy()
    assert applied.stack.state()["resources"] == []
    assert applied.stack.state()["outputs"] == {}
    with closing(sqlite3.connect(applied.stack.paths.folder / "account.sqlite")) as store:
        assert store.execute("select type, id from simulated_resources").fetchall() == []
