"""The order of a failover on offline AWS: what waits, the promotion, and the deployments after it.

The order changes the stacks of the standby only. The key that switches requests is in no stack: people write
it, so nothing of it can run here.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from arqctl.core.assembly import Assembly, Stack
from arqctl.core.default_provider import default_region, only_account
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import as_object, as_text
from arqctl.core.offline_settings import OfflineSettings
from arqctl.core.progress import ProgressCallback
from arqctl.core.terraform_cli import find_terraform
from arqctl.offline.aws.account import Account
from arqctl.offline.aws.outside_changes import promote_replica
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.paths import OfflinePaths
from arqctl.plan.model import Action
from arqctl.terraform.plan_file import SavedPlan, save_plan
from arqctl.terraform.stacks import StackWorkdir, initialized_workdirs
from arqctl.terraform.target import offline_aws

_MACHINE = "aws_sfn_state_machine"
_PROMOTION = ":rds:promoteReadReplica"


@dataclass(frozen=True)
class OrderStep:
    """A step that ran on offline AWS, and what is wrong with its result, or ""."""

    text: str
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Promotion:
    """A state machine by name, and the instance that it promotes with backups of so many days."""

    machine: str
    instance: str
    backup_days: int


def run_failover(
    environment: str, waiting: Assembly, promoted: Assembly, folder: Path, on_progress: ProgressCallback
) -> tuple[OrderStep, ...]:
    """Run the order in a simulated account below `folder`, from a standby that waits to one that is complete.

    `promoted` is the assembly after the failover. A deployment that deletes or replaces something is a
    problem, and so is a plan after it that is not empty.

    Raises:
        InputError: if the environment has no standby, or no state machine that promotes its database.
        TerraformError: when a plan or an apply fails.
    """
    before, after = standby_stacks(environment, waiting), standby_stacks(environment, promoted)
    binary, paths = find_terraform(), OfflinePaths(folder)
    target = offline_aws(paths, binary, OfflineSettings())
    steps: list[OrderStep] = []
    with initialized_workdirs(target, binary, before) as workdirs:
        steps += (_deploy_waiting(each, on_progress) for each in workdirs)
    steps.append(promote(before[0], paths))
    with initialized_workdirs(target, binary, after) as workdirs:
        steps += (_deploy_promoted(each, on_progress) for each in workdirs)
        on_progress(f"planning {after[0].name} again")
        text = f"planned {after[0].name} again"
        problem = "" if save_plan(workdirs[0], on_progress).is_empty else "the plan is not empty"
        steps.append(OrderStep(text, problem))
    return tuple(steps)


def standby_stacks(environment: str, assembly: Assembly) -> tuple[Stack, ...]:
    """Return the stacks of the standby, the AWS stack first.

    Raises:
        InputError: if the environment has no standby.
    """
    own = f"{environment}-standby"
    found = tuple(stack for stack in assembly.in_deployment_order if own in (stack.name, *stack.dependencies))
    if not found or found[0].name != own:
        fix = "Set standby in its file"
        raise InputError([Problem(environment, "has no standby in another region", fix)])
    return found


def _deploy_waiting(workdir: StackWorkdir, on_progress: ProgressCallback) -> OrderStep:
    name = workdir.stack.name
    on_progress(f"deploying {name}, which waits")
    workdir.terraform.plan(on_progress)
    workdir.terraform.apply(on_progress)
    return OrderStep(f"deployed {name}, which waits: {len(workdir.stack.resources)} resources")


def promote(stack: Stack, paths: OfflinePaths) -> OrderStep:
    """Promote in the simulated account what the stack's state machine promotes on AWS.

    Raises:
        InputError: if the stack has no such state machine.
    """
    promotion, store = promotion_of(stack), ResourceStore(paths.account)
    try:
        is_replica = promote_replica(
            store, standby_account(stack), promotion.instance, backup_days=promotion.backup_days
        )
    finally:
        store.close()
    problem = "" if is_replica else f"{stack.name} has no replica of this name"
    text = f"promoted {promotion.instance}, as the state machine {promotion.machine} does"
    return OrderStep(text, problem)


def standby_account(stack: Stack) -> Account:
    """Return the simulated account and region of a stack of the standby."""
    return Account(only_account(stack), default_region(stack))


def promotion_of(stack: Stack) -> Promotion:
    """Return what the stack's state machine promotes.

    Raises:
        InputError: if the stack has no such state machine.
    """
    for block in stack.resources:
        if block.type != _MACHINE:
            continue
        # Terraform's expressions are within strings.
        states = as_object(as_object(json.loads(as_text(block.body.get("definition")) or "{}")).get("States"))
        for state in map(as_object, states.values()):
            if as_text(state.get("Resource")).endswith(_PROMOTION):
                given = as_object(state.get("Parameters"))
                days = given.get("BackupRetentionPeriod")
                return Promotion(
                    machine=as_text(block.body.get("name")),
                    instance=as_text(given.get("DbInstanceIdentifier")),
                    backup_days=days if isinstance(days, int) else 1,
                )
    what, fix = "has no state machine that promotes its database", "Add a FailoverPlan to it"
    raise InputError([Problem(stack.name, what, fix)])


def _deploy_promoted(workdir: StackWorkdir, on_progress: ProgressCallback) -> OrderStep:
    name = workdir.stack.name
    on_progress(f"deploying {name}, which is promoted")
    saved = save_plan(workdir, on_progress)
    lost = list(_lost(saved))
    saved.apply(on_progress)
    text = f"deployed {name} with promoted=True: {len(saved.plan.resources)} changes"
    return OrderStep(text, f"it deletes or replaces {', '.join(lost)}" if lost else "")


def _lost(saved: SavedPlan) -> Iterator[str]:
    for row in saved.plan.resources:
        if row.change.action is Action.DELETE or row.change.action.is_replacement:
            yield row.address
