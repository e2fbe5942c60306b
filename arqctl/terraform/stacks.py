"""Selects the stacks of environments, and initializes Terraform in their folders."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from arqctl.core.assembly import Stack
from arqctl.core.errors import InputError, Problem
from arqctl.core.terraform_cli import Terraform
from arqctl.terraform.target import DeployTarget


@dataclass(frozen=True)
class StackWorkdir:
    """A stack and the Terraform that runs in its folder."""

    stack: Stack
    terraform: Terraform

    @property
    def override_file(self) -> Path:
        """The file with break-glass tags. Terraform merges files of such names last."""
        return self.terraform.folder / "break_glass_override.tf.json"


def select_deployable_stacks(stacks: Sequence[Stack], environments: Sequence[str]) -> tuple[Stack, ...]:
    """Return each environment's own stack and its stacks that depend on that one, in the given order.

    Raises:
        InputError: for each name without a stack.
    """
    known = {stack.name for stack in stacks}
    fix = f"Choose from {', '.join(sorted({stack.environment for stack in stacks}))}"
    unknown = [name for name in dict.fromkeys(environments) if name not in known]
    if unknown:
        raise InputError([Problem(name, "is not an environment of this project", fix) for name in unknown])
    selected = set(environments)
    for stack in stacks:
        if stack.environment in environments and selected.intersection(stack.dependencies):
            selected.add(stack.name)
    return tuple(stack for stack in stacks if stack.name in selected)


@contextmanager
def initialized_workdirs(
    target: DeployTarget, binary: Path, stacks: Sequence[Stack]
) -> Iterator[tuple[StackWorkdir, ...]]:
    """Initialize Terraform for the stacks. On exit, delete plan files and break-glass tags.

    Raises:
        TerraformError: with Terraform's messages.
        InputError: when a stack cannot be read, or cannot be simulated.
    """
    faults = [Problem(stack.name, stack.fault, "Correct the app") for stack in stacks if stack.fault]
    if faults:
        raise InputError(faults)
    workdirs = tuple(
        StackWorkdir(stack, Terraform(binary, stack.file.parent, target.variables)) for stack in stacks
    )
    for workdir in workdirs:
        # A run that was killed may have left it.
        workdir.override_file.unlink(missing_ok=True)
    target.prepare(stacks)
    try:
        for workdir in workdirs:
            workdir.terraform.init()
        yield workdirs
    finally:
        for workdir in workdirs:
            workdir.override_file.unlink(missing_ok=True)
            workdir.terraform.plan_file.unlink(missing_ok=True)
