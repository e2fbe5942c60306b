"""A golden plan with every kind of action: its dangers and its table, as they are accepted."""

from pathlib import Path

from arqctl.review.broadening import broadening
from arqctl.review.danger import dangers, other_losses
from arqctl.review.plan import Plan
from arqctl.review.reading import read_plan

FOLDER = Path(__file__).parent / "plans"


def golden() -> Plan:
    text = (FOLDER / "every_action.json").read_text(encoding="utf-8")
    return read_plan(text, stack="production", environment="production", paths={})


def told(plan: Plan) -> str:
    lines = ["dangers"]
    for danger in dangers(plan):
        lines.append(f"{danger.action.value} {danger.address} {danger.deposed}".rstrip())
        lines.append(f"  loses {danger.loss}: {danger.what}")
        lines.append(f"  because {danger.why}")
        lines += [f"  forced by {each.path}: {each.before} → {each.after}" for each in danger.forced_by]
        lines += [f"  {each.says}" for each in danger.protections]
    lines += ["others", *(f"{count} {type_}" for type_, count in other_losses(plan).items()), "table"]
    for row in broadening(plan):
        columns = (*map(", ".join, (row.who, row.what, row.on)), row.condition, row.address)
        lines.append(f"{row.direction.value}: {row.kind} | " + " | ".join(columns))
        if row.is_denial:
            lines.append("  by a denial")
    return "\n".join(lines) + "\n"


def test_the_golden_plan_is_told_as_it_was_accepted() -> None:
    assert told(golden()) == (FOLDER / "every_action.txt").read_text(encoding="utf-8")


def test_nothing_secret_is_in_it() -> None:
    text = told(golden()) + repr(dangers(golden())) + repr(broadening(golden()))
    assert not [secret for secret in ("horse", "staple") if secret in text]
