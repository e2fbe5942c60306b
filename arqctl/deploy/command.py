"""The commands `arqctl plan`, `arqctl deploy` and `arqctl destroy`."""

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from arqctl.core.cli_options import Environment
from arqctl.core.errors import InputError, Problem
from arqctl.core.interruption import deadline
from arqctl.core.settings import Settings
from arqctl.core.synthesis import find_project
from arqctl.core.terraform_cli import find_terraform
from arqctl.deploy import break_glass, confirmation
from arqctl.deploy.approval import Approval
from arqctl.deploy.deploy_target import Offline, deploy_target
from arqctl.deploy.executor import apply, apply_approved, apply_break_glass, verify_no_drift
from arqctl.deploy.executor import plan as plan_stack
from arqctl.deploy.failures import explain_failures
from arqctl.deploy.plan_dir import write_plans
from arqctl.deploy.preconditions import require_approval, require_gate
from arqctl.deploy.progress_output import apply_summary, timed_step
from arqctl.deploy.recovery_key import get_recovery_key
from arqctl.deploy.refresh import connect_for_refreshes, refresh_instances, skip_refreshes
from arqctl.deploy.workdir_lock import exclusive_lock
from arqctl.offline.paths import OfflinePaths
from arqctl.terraform.errors import exit_on_refusal
from arqctl.terraform.stacks import has_readable_dependencies, initialized_workdirs, select_for_target
from arqctl.terraform.target import offline_aws


def plan(
    environments: Annotated[list[str], typer.Argument(metavar="ENV", help="The environments to plan.")],
    *,
    offline: Offline = False,
    out_dir: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Write each plan to DIR/STACK.json for `arqctl review`. It contains secrets in clear text.",
        ),
    ] = None,
) -> None:
    """Show what Terraform would change, and the fingerprint that approves it.

    The plan does not lock the state, because a read-only role cannot. A deployment plans again and compares.

    Exit codes: 0 planned, 4 refused by Terraform, 2 invalid input, 1 internal error.

    Example: arqctl plan dev staging production --out-dir plans
    """
    binary, root = find_terraform(), find_project(Path.cwd())
    target = deploy_target(root, binary, offline=offline)
    texts = {}
    with exclusive_lock(target.assembly_dir), exit_on_refusal(target):
        with timed_step(", ".join(environments), "synthesize") as (_, on_progress):
            assembly = target.synthesize(root, environments)
            stacks = select_for_target(target, assembly, environments)
            target.deploy_prerequisites(assembly, environments, on_progress)
        with (
            initialized_workdirs(target, binary, stacks) as workdirs,
            explain_failures(workdirs, unsaved_states=target.unsaved_states),
        ):
            for workdir in workdirs:
                name = workdir.stack.name
                if not has_readable_dependencies(target, workdir.stack):
                    dependencies = ", ".join(workdir.stack.dependencies)
                    typer.echo(f"{name} can be planned when {dependencies} is deployed to {target.title}")
                    continue
                typer.echo(f"{name} on {target.title}")
                texts[name] = plan_stack(workdir, "-lock=false").text
    if out_dir is not None:
        write_plans(out_dir, texts)
        typer.echo(f"{out_dir} contains plans with secrets in clear text: delete it after `arqctl review`")


def deploy(
    environment: Environment,
    *,
    approve: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FINGERPRINT",
            help="Apply only plans with this fingerprint: one for all stacks, or repeat it for each stack.",
        ),
    ] = None,
    review_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The approved review.json: shows how a plan differs, and rejects new dangers.",
        ),
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option("--break-glass", metavar="REASON", help="In an emergency: deploy without a review."),
    ] = None,
    waivers_on: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help="With --break-glass: compare the expiry of waivers with this date, the day of the commit's"
            " deployment.",
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Apply to AWS without a prompt, for example in a workflow.")
    ] = False,
    timeout_minutes: Annotated[
        float | None,
        typer.Option(
            min=1,
            metavar="MINUTES",
            help="Interrupt Terraform then, so that it saves the state before a pipeline's limit kills it.",
        ),
    ] = None,
    offline: Offline = False,
) -> None:
    """Deploy an environment: plan it, compare the plan with its approval, apply that plan, show the outputs.

    On AWS the gate runs first, a protected environment needs --approve, and arqctl asks before it applies.
    After the apply, instance refreshes give fleets their new configuration. Offline, arqctl plans again
    afterwards; that plan must have no changes.

    Exit codes: 0 deployed, 4 refused, 2 invalid input, 1 internal error.

    Example: arqctl deploy production --approve FINGERPRINT --review-file review.json
    """
    approval = _parse_approval(approve or [], review_file, reason)
    if waivers_on and reason is None:
        fix = "Remove --waivers-on: only an emergency may use waivers that have expired since"
        raise InputError([Problem("--waivers-on", "requires --break-glass", fix)])
    emergency = break_glass.parse_reason(reason) if reason is not None else ""
    needs_prompt = not (yes or offline)
    if needs_prompt:
        confirmation.require_terminal("arqctl deploy")
    confirm = confirmation.ask if needs_prompt else confirmation.skip
    binary, root = find_terraform(), find_project(Path.cwd())
    target = deploy_target(root, binary, offline=offline)
    with exclusive_lock(target.assembly_dir), exit_on_refusal(target), deadline(timeout_minutes):
        with timed_step(environment, "synthesize") as (_, on_progress):
            assembly = target.synthesize(root, [environment])
            stacks = select_for_target(target, assembly, [environment])
            target.deploy_prerequisites(assembly, [environment], on_progress)
        if not offline:
            settings = Settings.load(root)
            require_approval(settings, assembly, stacks, is_approved=bool(approval or emergency))
            require_gate(settings, assembly, stacks, today=waivers_on.date() if waivers_on else None)
        key = None if offline else get_recovery_key(assembly, stacks, is_required=yes and not emergency)
        api = None if offline else connect_for_refreshes(stacks)
        with (
            initialized_workdirs(target, binary, stacks) as workdirs,
            explain_failures(workdirs, unsaved_states=target.unsaved_states, key=key),
        ):
            typer.echo(f"{environment} on {target.title}")
            if emergency:
                with break_glass.announce(emergency, environment):
                    apply_break_glass(workdirs, emergency, confirm)
            elif approval:
                apply_approved(workdirs, approval, confirm)
            else:
                apply(workdirs, confirm)
            if offline:
                skip_refreshes(stacks)
                verify_no_drift(workdirs)
            elif api:
                refresh_instances(environment, workdirs, api)


def destroy(environment: Environment, *, offline: Offline = False) -> None:
    """Destroy an environment on offline AWS, including resources that AWS would protect.

    Exit codes: 0 destroyed, 4 refused by Terraform, 2 invalid input, 1 internal error.

    Example: arqctl destroy production --offline
    """
    if not offline:
        fix = f"Add --offline to simulate it; on AWS use `cdktf destroy {environment}`"
        raise InputError([Problem("arqctl destroy", "destroys offline AWS only", fix)])
    binary, root = find_terraform(), find_project(Path.cwd())
    target = offline_aws(OfflinePaths.of_project(root), binary, Settings.load(root).offline, destroying=True)
    with exclusive_lock(target.assembly_dir), exit_on_refusal(target):
        with timed_step(environment, "synthesize") as (_, on_progress):
            assembly = target.synthesize(root, [environment])
            selected = select_for_target(target, assembly, [environment])
            # A stack without the stack that it depends on can't be deployed, and can't be planned.
            stacks = [stack for stack in selected if has_readable_dependencies(target, stack)]
            target.deploy_prerequisites(assembly, [environment], on_progress)
        with initialized_workdirs(target, binary, stacks) as workdirs:
            typer.echo(f"{environment} on {target.title}")
            for workdir in reversed(workdirs):
                name = workdir.stack.name
                with timed_step(name, "plan") as (on_result, on_progress):
                    run = workdir.terraform.plan(on_progress, "-destroy")
                    on_result(f"{len(run.changes):,} to destroy")
                for warning, times in Counter(run.warnings).items():
                    typer.echo(f"  {warning}: {times:,} times" if times > 1 else f"  {warning}")
                with timed_step(name, "destroy") as (on_result, on_progress):
                    on_result(apply_summary(workdir.terraform.apply(on_progress)))


def _parse_approval(approve: list[str], review_file: Path | None, reason: str | None) -> Approval | None:
    problems = []
    if approve and reason is not None:
        fix = "Remove --break-glass: an approved plan needs no emergency"
        problems.append(Problem("--approve and --break-glass", "exclude each other", fix))
    if review_file and not approve:
        fix = "Add --approve FINGERPRINT: the file alone approves nothing"
        problems.append(Problem("--review-file", "requires --approve", fix))
    if problems:
        raise InputError(problems)
    return Approval.parse(approve, review_file) if approve else None
