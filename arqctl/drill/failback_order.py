"""The order of a fail-back on offline AWS: the standby loses its promoted database, and waits again.

The own region is not in it: its database comes back by `arqctl runbook failback`, and no stack of the standby
reads it.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from arqctl.core.assembly import Assembly
from arqctl.core.offline_settings import OfflineSettings
from arqctl.core.progress import ProgressCallback
from arqctl.core.terraform_cli import find_terraform
from arqctl.drill.failover_order import OrderStep, promotion_of, standby_account, standby_stacks
from arqctl.offline.aws.outside_changes import delete_instance
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.paths import OfflinePaths
from arqctl.plan.model import Action
from arqctl.terraform.plan_file import SavedPlan, save_plan
from arqctl.terraform.stacks import initialized_workdirs
from arqctl.terraform.target import offline_aws

_DATABASE = "aws_db_instance"
_DONE: Mapping[Action, str] = {
    Action.CREATE: "created",
    Action.UPDATE: "changed",
    Action.DELETE: "deleted",
    Action.DELETE_THEN_CREATE: "replaced",
    Action.CREATE_THEN_DELETE: "replaced",
}


def run_failback(
    environment: str, waiting: Assembly, folder: Path, on_progress: ProgressCallback
) -> tuple[OrderStep, ...]:
    """Run the order in the simulated account below `folder` after a failover.

    A deployment that does not create the replica is a problem, and so is a plan after it that is not empty.

    Raises:
        InputError: if the environment has no standby, or no state machine that promotes its database.
        TerraformError: when a plan or an apply fails.
    """
    stacks = standby_stacks(environment, waiting)
    binary, paths = find_terraform(), OfflinePaths(folder)
    promotion, store = promotion_of(stacks[0]), ResourceStore(paths.account)
    try:
        is_deleted = delete_instance(store, standby_account(stacks[0]), promotion.instance)
    finally:
        store.close()
    problem = "" if is_deleted else f"{stacks[0].name} has no instance of this name"
    steps = [OrderStep(f"deleted {promotion.instance}, as the fail-back does", problem)]
    with initialized_workdirs(offline_aws(paths, binary, OfflineSettings()), binary, stacks) as workdirs:
        for workdir in workdirs:
            name = workdir.stack.name
            on_progress(f"deploying {name}, which waits again")
            saved = save_plan(workdir, on_progress)
            saved.apply(on_progress)
            problem = _lost_replica(saved) if workdir is workdirs[0] else ""
            steps.append(OrderStep(f"deployed {name}, which waits again: {_count(saved)}", problem))
        on_progress(f"planning {stacks[0].name} again")
        problem = "" if save_plan(workdirs[0], on_progress).is_empty else "the plan is not empty"
        steps.append(OrderStep(f"planned {stacks[0].name} again", problem))
    return tuple(steps)


def _lost_replica(saved: SavedPlan) -> str:
    rows = [row for row in saved.plan.resources if row.type == _DATABASE]
    is_created = [row.change.action for row in rows] == [Action.CREATE]
    return "" if is_created else "it creates no replica"


def _count(saved: SavedPlan) -> str:
    counts = Counter(_DONE.get(row.change.action, row.change.action) for row in saved.plan.resources)
    return ", ".join(f"{number} {what}" for what, number in sorted(counts.items()))
