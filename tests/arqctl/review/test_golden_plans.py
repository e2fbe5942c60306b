"""Golden plans with the committed result of their analysis.

`every_action`, and `quiet` with changes that are counted or left out, are written by hand. Terraform 1.11.4
made the others from `terraform_data` resources, one of which was added to the state as a deposed object.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from arqctl.plan.access.access_diff import access_changes
from arqctl.plan.diff import differences
from arqctl.plan.diff.difference import Difference
from arqctl.plan.drift import relevant_drift
from arqctl.plan.model import Action, Plan, ResourceChange
from arqctl.plan.parser import read_plan
from arqctl.plan.risk.danger import dangers, harmless_losses
from arqctl.review.collapse import collapsed_change

FOLDER = Path(__file__).parent / "plans"
PLANS = ("every_action", "quiet", "terraform_data", "errored")


def golden(name: str) -> Plan:
    text = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    return read_plan(text, stack="production", environment="production", paths={})


def analysis(plan: Plan) -> str:
    parts = (_dangers(plan), _others(plan), _table(plan), _changes(plan), _rest(plan))
    return "\n".join(line for part in parts for line in part) + "\n"


def _dangers(plan: Plan) -> Iterator[str]:
    yield "dangers"
    for danger in dangers(plan):
        yield f"{danger.action.value} {danger.address} {danger.deposed}".rstrip()
        yield f"  loses {danger.loss}: {danger.what}"
        if danger.why:
            yield f"  because {danger.why}"
        yield from (f"  forced by {_difference(each)}" for each in danger.forced_by)
        yield from (f"  {message}" for message in danger.further_protections)


def _others(plan: Plan) -> Iterator[str]:
    yield "others"
    yield from (f"{count} {type_}" for type_, count in harmless_losses(plan).items())


def _table(plan: Plan) -> Iterator[str]:
    yield "table"
    for row in access_changes(plan):
        columns = (*map(", ".join, (row.who, row.what, row.on)), row.condition, row.address)
        yield f"{row.direction.value}: {row.kind} | " + " | ".join(columns)
        if row.is_denial:
            yield "  by a denial"


def _changes(plan: Plan) -> Iterator[str]:
    yield "changes"
    for row in plan.resources:
        yield from _row(row)


def _row(row: ResourceChange) -> Iterator[str]:
    found = differences(row.change)
    rolled_up = collapsed_change(row.type, found) if row.change.action is Action.UPDATE else None
    words = (row.change.action, row.address, row.deposed, rolled_up)
    yield " ".join(word for word in words if word)
    if row.previous_address or row.importing:
        yield f"  from {row.previous_address or row.importing}"
    yield from (f"  {_difference(each)}" for each in found)


def _rest(plan: Plan) -> Iterator[str]:
    drift, left_out = relevant_drift(plan)
    yield f"drift, {left_out} left out"
    yield from (line for row in drift for line in _row(row))
    yield "deferred"
    yield from (line for row in plan.deferred for line in _row(row))
    yield "outputs"
    yield from (
        f"{name} {_difference(each)}" for name, change in plan.outputs for each in differences(change)
    )
    yield "checks"
    yield from (f"{check.address} {check.status}: {'; '.join(check.problems)}" for check in plan.checks)
    yield f"errored: {plan.is_errored}, complete: {plan.is_complete}"


def _difference(difference: Difference) -> str:
    lines = "".join(f"\n    {line}" for line in difference.lines)
    return f"{difference.path}: {difference.before} → {difference.after}".rstrip() + lines


@pytest.mark.parametrize("name", PLANS)
def test_the_analysis_of_a_golden_plan_is_unchanged(name: str) -> None:
    assert analysis(golden(name)) == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


def test_a_golden_plan_has_every_action() -> None:
    assert {row.change.action for row in golden("every_action").resources} == set(Action)


@pytest.mark.parametrize("name", PLANS)
def test_the_analysis_contains_no_secret(name: str) -> None:
    text = analysis(golden(name)) + repr(dangers(golden(name))) + repr(access_changes(golden(name)))
    assert not [secret for secret in ("horse", "staple", "Copper", "Walnut") if secret in text]
