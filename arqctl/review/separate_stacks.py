"""Plans separate stacks on offline AWS for a review whose other plans come from AWS.

A separate stack needs a role and a network that a pull request doesn't have, such as access to a cluster.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from arqctl.core.assembly import Assembly, Stack, select_stacks
from arqctl.core.errors import InputError
from arqctl.core.progress import ProgressCallback
from arqctl.core.settings import Settings
from arqctl.core.terraform_cli import TerraformError
from arqctl.terraform.offline_plans import plan_offline
from arqctl.terraform.stacks import select_deployable_stacks


@dataclass(frozen=True)
class SeparatePlans:
    """Plan JSON by stack, and why a stack has none."""

    texts: Mapping[str, str] = field(default_factory=dict)
    gaps: tuple[str, ...] = ()


def plan_separate_stacks(
    head: Assembly,
    base: Assembly,
    environments: Sequence[str],
    settings: Settings,
    on_progress: ProgressCallback,
    *,
    planned: Mapping[str, str],
) -> SeparatePlans:
    """Plan the separate stacks that differ from the base and are not in `planned`."""
    names = {stack.environment for stack in select_stacks(head.stacks, *environments)}
    all_stacks = select_deployable_stacks(head.in_deployment_order, [*names])
    usual = select_deployable_stacks(head.in_deployment_order, [*names], separate=settings.separate)
    skipped = {*(stack.name for stack in usual), *planned}
    before = {stack.name: stack.document for stack in base.stacks}
    changed = [
        stack
        for stack in all_stacks
        if stack.name not in skipped and before.get(stack.name) != stack.document
    ]
    return _plan(changed, head, base, settings, on_progress) if changed else SeparatePlans()


def _plan(
    changed: Sequence[Stack],
    head: Assembly,
    base: Assembly,
    settings: Settings,
    on_progress: ProgressCallback,
) -> SeparatePlans:
    environments = sorted({stack.environment for stack in changed})
    try:
        plans = plan_offline(head, base, environments, settings.offline, on_progress)
    except (InputError, TerraformError) as error:
        names = ", ".join(stack.name for stack in changed)
        return SeparatePlans(gaps=(f"{names} can't be planned on offline AWS: {error}",))
    gaps = tuple(
        f"Separate stacks of {name} are shown as new: the base can't be deployed to offline AWS: {error}"
        for name, error in sorted(plans.base_errors.items())
    )
    return SeparatePlans({stack.name: plans.texts[stack.name] for stack in changed}, gaps)
