"""Plans stacks, applies exactly those plans, and prints the outputs."""

from collections.abc import Sequence

import typer

from arqctl.core.sanitize import sanitize
from arqctl.core.terraform_cli import TerraformError
from arqctl.deploy import break_glass
from arqctl.deploy.approval import Approval
from arqctl.deploy.confirmation import Confirm
from arqctl.deploy.progress_output import apply_summary, plan_summary, print_step, timed_step
from arqctl.plan.redact.redact import SECRET, is_secret_name, redact
from arqctl.terraform.errors import RefusedError
from arqctl.terraform.plan_file import SavedPlan, save_plan
from arqctl.terraform.stacks import StackWorkdir


def plan(workdir: StackWorkdir, *options: str) -> SavedPlan:
    """Plan a stack, and print the changes and the fingerprint.

    Raises:
        TerraformError: with Terraform's messages.
    """
    name = workdir.stack.name
    with timed_step(name, "graph") as (on_result, _):
        on_result(f"{workdir.terraform.graph():,} dependencies")
    with timed_step(name, "plan") as (on_result, on_progress):
        saved = save_plan(workdir, on_progress, *options)
        on_result(plan_summary(saved.run))
    print_step("fingerprint", saved.fingerprint)
    return saved


def apply(workdirs: Sequence[StackWorkdir], confirm: Confirm) -> None:
    """Plan and apply each stack, one after the other.

    Raises:
        TerraformError: with Terraform's messages.
        RefusedError: when a plan is not confirmed, or a plan or a state was changed since it was planned.
    """
    for workdir in workdirs:
        _confirm_and_apply(plan(workdir), confirm)


def apply_approved(workdirs: Sequence[StackWorkdir], approval: Approval, confirm: Confirm) -> None:
    """Plan all stacks, and apply the plans if all of them are approved.

    A stack that depends on a changed stack is planned again before it is applied. That plan must equal the
    approved one.

    Raises:
        TerraformError: with Terraform's messages.
        RefusedError: when a plan is not approved or not confirmed, or a plan or a state was changed since it
            was planned.
    """
    plans = [plan(workdir) for workdir in workdirs]
    approval.require_approved(plans)
    confirm(plans)
    changed: set[str] = set()
    for saved in plans:
        depends_on_changed = changed.intersection(saved.stack.dependencies)
        current = _replan(saved, approval) if depends_on_changed else saved
        if _apply(current):
            changed.add(saved.stack.name)


def apply_break_glass(workdirs: Sequence[StackWorkdir], reason: str, confirm: Confirm) -> None:
    """Plan and apply each stack, with the reason as a tag on the resources that the plan creates or updates.

    Raises:
        TerraformError: with Terraform's messages.
        RefusedError: when a plan is not confirmed, or a plan or a state was changed since it was planned.
    """
    for workdir in workdirs:
        saved = plan(workdir)
        count = break_glass.write_tags(saved, reason)
        tags = f"{break_glass.TAG} on {count:,} changed resources: the next deployment removes it"
        print_step("tag", tags if count else "no changed resource accepts tags")
        _confirm_and_apply(plan(workdir) if count else saved, confirm)


def verify_no_drift(workdirs: Sequence[StackWorkdir]) -> None:
    """Plan the deployed stacks again.

    Raises:
        TerraformError: when a plan has changes.
    """
    for workdir in workdirs:
        with timed_step(workdir.stack.name, "plan again") as (on_result, on_progress):
            run = workdir.terraform.plan(on_progress)
            if run.changes:
                raise TerraformError(f"The second plan isn't empty: {plan_summary(run)}")
            on_result("no changes")


def _replan(saved: SavedPlan, approval: Approval) -> SavedPlan:
    name = saved.stack.name
    typer.echo(f"{name} depends on a stack that was just deployed, so it is planned again")
    current = plan(saved.workdir)
    try:
        approval.for_stack(saved).require_approved([current])
    except RefusedError as error:
        raise RefusedError(
            f"the stacks that {name} depends on are deployed, but {name} is not.\n{error}"
        ) from error
    return current


def _confirm_and_apply(saved: SavedPlan, confirm: Confirm) -> None:
    confirm([saved])
    _apply(saved)


def _apply(saved: SavedPlan) -> bool:
    """Apply a plan, and return whether it had changes."""
    if saved.is_empty:
        print_step("apply", "nothing to do")
        return False
    with timed_step(saved.stack.name, "apply") as (on_result, on_progress):
        on_result(apply_summary(saved.apply(on_progress)))
    for output, value in saved.workdir.terraform.outputs().items():
        text = SECRET if is_secret_name(output) else redact(str(value))
        typer.echo(sanitize(f"  {output} = {text}"))
    return True
