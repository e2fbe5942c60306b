"""Deploys the stacks that must exist in offline AWS before an environment's own stack."""

import json
from collections.abc import Iterable, Sequence

from arqctl.core.assembly import Stack
from arqctl.core.errors import InputError, Problem
from arqctl.core.offline_settings import OfflineSettings
from arqctl.core.progress import ProgressCallback
from arqctl.core.terraform_cli import Terraform, TerraformError, find_terraform
from arqctl.offline.mirror import host_of, offline_environment
from arqctl.offline.paths import OfflinePaths
from arqctl.offline.stack_files import write_offline_files
from arqctl.offline.target import simulated_providers


def missing_prerequisites(
    stacks: Iterable[Stack], environments: Sequence[str], settings: OfflineSettings, paths: OfflinePaths
) -> tuple[Stack, ...]:
    """Return the stacks that the environments of stacks with these names need, and that aren't deployed."""
    stacks = tuple(stacks)
    owners = {stack.environment for stack in stacks if stack.name in environments}
    names = {name for environment in owners for name in settings.stacks_before(environment)}
    return tuple(stack for stack in stacks if stack.name in names and not is_deployed(stack.name, paths))


def deploy_prerequisites(stacks: Sequence[Stack], paths: OfflinePaths, on_progress: ProgressCallback) -> None:
    """Deploy stacks to offline AWS, one after the other.

    Raises:
        InputError: when a stack can't be deployed, with Terraform's messages.
    """
    if not stacks:
        return
    binary = find_terraform()
    write_offline_files(stacks, paths, simulated_providers(), host=host_of(binary.name), destroying=False)
    for stack in stacks:
        on_progress(f"deploying {stack.name} first")
        terraform = Terraform(binary, stack.file.parent, offline_environment(paths))
        try:
            terraform.init()
            terraform.plan(on_progress)
            terraform.apply(on_progress)
        except TerraformError as error:
            what = f"can't be deployed to offline AWS:\n{error}"
            raise InputError([Problem(stack.name, what, "Fix the stack; other stacks need it")]) from error
        finally:
            terraform.plan_file.unlink(missing_ok=True)


def is_deployed(name: str, paths: OfflinePaths) -> bool:
    """Return whether the stack of this name has resources in offline AWS."""
    file = paths.state(name)
    # Terraform creates an empty file first, to lock it.
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    return bool(text) and bool(json.loads(text).get("resources"))
