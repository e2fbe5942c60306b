"""A deployment: plan, hold against the review, apply that plan, show the outputs."""

from collections.abc import Sequence

import typer

from arqctl.core.sanitize import printable
from arqctl.core.terraform_cli import TerraformError
from arqctl.deploy import break_glass
from arqctl.deploy.approval import Approval
from arqctl.deploy.progress_output import done, planned, say, step
from arqctl.plan.redact.redact import SECRET, is_secret_name, redact
from arqctl.terraform.errors import RefusedError
from arqctl.terraform.plan_file import SavedPlan, save
from arqctl.terraform.stacks import Deployable


def plan(of: Deployable, *options: str) -> SavedPlan:
    """Plan a stack and say what is planned, with its fingerprint.

    Raises:
        TerraformError: with what Terraform said.
    """
    name = of.stack.name
    with step(name, "graph") as (tell_result, _):
        tell_result(f"{of.terraform.graph():,} dependencies")
    with step(name, "plan") as (tell_result, tell):
        saved = save(of, tell, *options)
        tell_result(planned(saved.run))
    say("fingerprint", saved.fingerprint)
    return saved


def as_planned(stacks: Sequence[Deployable]) -> None:
    """Deploy each stack as it is planned when its turn comes.

    Raises:
        TerraformError: with what Terraform said.
        RefusedError: when a plan or a state was changed meanwhile.
    """
    for each in stacks:
        _apply(plan(each))


def as_reviewed(stacks: Sequence[Deployable], approval: Approval) -> None:
    """Deploy what was approved. Nothing is applied unless all of it was.

    A stack that reads from another may be planned otherwise once that one is deployed. It is planned again
    then, and has to come out as it was approved: nothing is deployed that nobody saw.

    Raises:
        TerraformError: with what Terraform said.
        RefusedError: when a plan isn't what was approved, or a plan or a state was changed meanwhile.
    """
    plans = [plan(each) for each in stacks]
    approval.require(plans)
    changed: set[str] = set()
    for saved in plans:
        stack = saved.of.stack
        current = _anew(saved, approval) if changed.intersection(stack.dependencies) else saved
        if _apply(current):
            changed.add(stack.name)


def in_emergency(stacks: Sequence[Deployable], reason: str) -> None:
    """Deploy each stack as it is planned, with the reason as a tag on whatever the plan creates or changes.

    Raises:
        TerraformError: with what Terraform said.
        RefusedError: when a plan or a state was changed meanwhile.
    """
    for each in stacks:
        saved = plan(each)
        tagged = break_glass.tag(saved, reason)
        told = f"{break_glass.TAG} on {tagged:,} of what changes: the next deployment takes it off"
        say("tag", told if tagged else "nothing that changes takes tags")
        _apply(plan(each) if tagged else saved)


def nothing_left(stacks: Sequence[Deployable]) -> None:
    """Plan again what was just deployed: it has to find nothing to do.

    Raises:
        TerraformError: when it does.
    """
    for each in stacks:
        with step(each.stack.name, "plan again") as (tell_result, tell):
            again = each.terraform.plan(tell)
            if again.changes:
                raise TerraformError(f"The second plan isn't empty: {planned(again)}")
            tell_result("no changes")


def _anew(saved: SavedPlan, approval: Approval) -> SavedPlan:
    name = saved.of.stack.name
    typer.echo(f"{name} builds on what was just deployed, so it is planned again")
    again = plan(saved.of)
    try:
        approval.of_one(saved).require([again])
    except RefusedError as error:
        raise RefusedError(f"what {name} builds on is deployed, and it is not.\n{error}") from error
    return again


def _apply(saved: SavedPlan) -> bool:
    """Apply a plan, and say whether there was anything to do."""
    name = saved.of.stack.name
    if saved.does_nothing:
        say("apply", "nothing to do")
        return False
    with step(name, "apply") as (tell_result, tell):
        tell_result(done(saved.apply(tell)))
    for output, value in saved.of.terraform.outputs().items():
        shown = SECRET if is_secret_name(output) else redact(str(value))
        typer.echo(printable(f"  {output} = {shown}"))
    return True
