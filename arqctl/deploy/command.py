"""`arqctl plan`, `arqctl deploy` and `arqctl destroy`: Terraform in one word each, on AWS or offline."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from arqctl.core.cli_options import Environment
from arqctl.core.errors import InputError, Problem
from arqctl.core.settings import Settings
from arqctl.core.synthesis import find_project, synthesize
from arqctl.core.terraform_cli import find_terraform
from arqctl.deploy import break_glass
from arqctl.deploy.approval import Approval
from arqctl.deploy.executor import as_planned, as_reviewed, in_emergency, nothing_left
from arqctl.deploy.executor import plan as plan_stack
from arqctl.deploy.plan_dir import write_plans
from arqctl.deploy.preconditions import require_gate, require_review
from arqctl.deploy.progress_output import done, step
from arqctl.deploy.workdir_lock import alone
from arqctl.offline.paths import OfflinePaths
from arqctl.terraform.errors import refusals_told
from arqctl.terraform.stacks import initialized, of_environments
from arqctl.terraform.target import Site, aws, offline_aws

_Offline = Annotated[
    bool, typer.Option("--offline", help="Against offline AWS: simulated, with no account and no network.")
]


def plan(
    environments: Annotated[list[str], typer.Argument(metavar="ENV", help="The environments to plan.")],
    *,
    offline: _Offline = False,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--out-dir",
            metavar="DIR",
            help="Write each plan to DIR/STACK.json for `arqctl review`. It holds secrets in clear.",
        ),
    ] = None,
) -> None:
    """Show what Terraform would do to environments, and the fingerprint by which a review approves it.

    It takes no lock of the state, as a role that only reads can't: a deployment plans anew and compares.

    Exit codes: 0 planned, 4 Terraform refused it, 2 wrong input, 1 a fault of arqctl.

    Example: arqctl plan dev staging production --out-dir plans
    """
    binary, root = find_terraform(), find_project(Path.cwd())
    site = _site(root, binary, offline=offline)
    texts = {}
    with alone(site.folder), refusals_told(site):
        with step(", ".join(environments), "synthesize"):
            stacks = of_environments(synthesize(root, site.folder).in_deployment_order, environments)
        with initialized(site, binary, stacks) as ready:
            for each in ready:
                typer.echo(f"{each.stack.name} on {site.title}")
                texts[each.stack.name] = plan_stack(each, "-lock=false").text
    if folder is not None:
        write_plans(folder, texts)
        typer.echo(f"{folder} holds the plans with secrets in clear: for `arqctl review`, then delete it")


def deploy(
    environment: Environment,
    *,
    reviewed: Annotated[
        list[str] | None,
        typer.Option(metavar="FINGERPRINT", help="Deploy only what has it: one for all, or one a stack."),
    ] = None,
    review: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Its review.json: no danger may be new, and what differs is told."),
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option("--break-glass", metavar="REASON", help="In an emergency: deploy without a review."),
    ] = None,
    offline: _Offline = False,
) -> None:
    """Deploy an environment: plan, hold it against the review, apply exactly that plan, show the outputs.

    On AWS the gate comes first, and a protected environment needs --reviewed. Offline, a second plan follows,
    which must find nothing to do.

    Exit codes: 0 deployed, 4 refused, 2 wrong input, 1 a fault of arqctl.

    Example: arqctl deploy production --reviewed FINGERPRINT --review review.json
    """
    approval = _approval(reviewed or [], review, reason)
    emergency = break_glass.reason_of(reason) if reason is not None else ""
    binary, root = find_terraform(), find_project(Path.cwd())
    site = _site(root, binary, offline=offline)
    with alone(site.folder), refusals_told(site):
        with step(environment, "synthesize"):
            stacks = of_environments(synthesize(root, site.folder).in_deployment_order, [environment])
        if not offline:
            settings = Settings.load(root)
            require_review(settings, site.folder, stacks, is_reviewed=bool(approval or emergency))
            require_gate(settings, site.folder, stacks)
        with initialized(site, binary, stacks) as ready:
            typer.echo(f"{environment} on {site.title}")
            if emergency:
                with break_glass.told(emergency, environment):
                    in_emergency(ready, emergency)
            elif approval:
                as_reviewed(ready, approval)
            else:
                as_planned(ready)
            if offline:
                nothing_left(ready)


def destroy(environment: Environment, *, offline: _Offline = False) -> None:
    """Destroy what offline runs deployed of an environment; its protection holds on real AWS alone.

    Exit codes: 0 destroyed, 4 Terraform refused it, 2 wrong input, 1 a fault of arqctl.

    Example: arqctl destroy production --offline
    """
    if not offline:
        fix = f"Add --offline to simulate it; on AWS it is `cdktf destroy {environment}`"
        raise InputError([Problem("arqctl destroy", "destroys offline AWS only", fix)])
    binary, root = find_terraform(), find_project(Path.cwd())
    site = offline_aws(OfflinePaths.of_project(root), binary, destroying=True)
    with alone(site.folder), refusals_told(site):
        with step(environment, "synthesize"):
            stacks = of_environments(synthesize(root, site.folder).in_deployment_order, [environment])
        with initialized(site, binary, stacks) as ready:
            typer.echo(f"{environment} on {site.title}")
            for each in reversed(ready):
                with step(each.stack.name, "plan") as (tell_result, tell):
                    run = each.terraform.plan(tell, "-destroy")
                    tell_result(f"{len(run.changes):,} to destroy")
                for warning, times in Counter(run.warnings).items():
                    typer.echo(f"  {warning}: {times:,} times" if times > 1 else f"  {warning}")
                with step(each.stack.name, "destroy") as (tell_result, tell):
                    tell_result(done(each.terraform.apply(tell)))


def _site(root: Path, binary: Path, *, offline: bool) -> Site:
    return offline_aws(OfflinePaths.of_project(root), binary) if offline else aws(root)


def _approval(reviewed: list[str], review: Path | None, reason: str | None) -> Approval | None:
    """What was approved, if anything was.

    Raises:
        InputError: for options that say two things at once.
    """
    problems = []
    if reviewed and reason is not None:
        fix = "Leave --break-glass out: what was reviewed needs no emergency"
        problems.append(Problem("--reviewed and --break-glass", "exclude each other", fix))
    if review and not reviewed:
        problems.append(Problem("--review", "names what was approved, but not that it was", "Add --reviewed"))
    if problems:
        raise InputError(problems)
    return Approval.given(reviewed, review) if reviewed else None
