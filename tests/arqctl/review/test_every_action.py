"""A golden plan with every kind of action: what is told of it, as it is accepted."""

from collections.abc import Iterator
from pathlib import Path

from arqctl.review.broadening import broadening
from arqctl.review.danger import dangers, other_losses
from arqctl.review.difference import Difference
from arqctl.review.differences import differences
from arqctl.review.plan import Action, Plan
from arqctl.review.reading import read_plan
from arqctl.review.rollup import rolled

FOLDER = Path(__file__).parent / "plans"


def golden() -> Plan:
    text = (FOLDER / "every_action.json").read_text(encoding="utf-8")
    return read_plan(text, stack="production", environment="production", paths={})


def told(plan: Plan) -> str:
    parts = (_dangers(plan), _others(plan), _table(plan), _changes(plan))
    return "\n".join(line for part in parts for line in part) + "\n"


def _dangers(plan: Plan) -> Iterator[str]:
    yield "dangers"
    for danger in dangers(plan):
        yield f"{danger.action.value} {danger.address} {danger.deposed}".rstrip()
        yield f"  loses {danger.loss}: {danger.what}"
        yield f"  because {danger.why}"
        yield from (f"  forced by {_told(each)}" for each in danger.forced_by)
        yield from (f"  {each.says}" for each in danger.protections)


def _others(plan: Plan) -> Iterator[str]:
    yield "others"
    yield from (f"{count} {type_}" for type_, count in other_losses(plan).items())


def _table(plan: Plan) -> Iterator[str]:
    yield "table"
    for row in broadening(plan):
        columns = (*map(", ".join, (row.who, row.what, row.on)), row.condition, row.address)
        yield f"{row.direction.value}: {row.kind} | " + " | ".join(columns)
        if row.is_denial:
            yield "  by a denial"


def _changes(plan: Plan) -> Iterator[str]:
    yield "changes"
    for row in plan.resources:
        found = differences(row.change)
        rolled_up = rolled(row.type, found) if row.change.action is Action.UPDATE else None
        words = (row.change.action, row.address, row.deposed, rolled_up)
        yield " ".join(word for word in words if word)
        yield from (f"  {_told(each)}" for each in found)


def _told(difference: Difference) -> str:
    lines = "".join(f"\n    {line}" for line in difference.lines)
    return f"{difference.path}: {difference.before} → {difference.after}".rstrip() + lines


def test_the_golden_plan_is_told_as_it_was_accepted() -> None:
    assert told(golden()) == (FOLDER / "every_action.txt").read_text(encoding="utf-8")


def test_every_action_is_in_it() -> None:
    assert {row.change.action for row in golden().resources} == set(Action)


def test_nothing_secret_is_in_it() -> None:
    text = told(golden()) + repr(dangers(golden())) + repr(broadening(golden()))
    assert not [secret for secret in ("horse", "staple") if secret in text]
