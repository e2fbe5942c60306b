"""Selects the stacks of environments, and initializes Terraform in their folders."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from arqctl.core.assembly import Assembly, Stack
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


def select_deployable_stacks(
    stacks: Sequence[Stack], names: Sequence[str], *, separate: Sequence[str] = ()
) -> tuple[Stack, ...]:
    """Return the stacks of these names and, for an environment's own stack, those that depend on it.

    The order is the given one. Stacks in `separate` are returned only if they are named; `{environment}` in
    it stands for the environment's name.

    Raises:
        InputError: for each name without a stack.
    """
    known = {stack.name for stack in stacks}
    fix = f"Choose from {', '.join(sorted({stack.environment for stack in stacks}))}"
    unknown = [name for name in dict.fromkeys(names) if name not in known]
    if unknown:
        raise InputError([Problem(name, "is not an environment of this project", fix) for name in unknown])
    selected = set(names)
    for stack in stacks:
        is_separate = stack.name in _in_environment(separate, stack.environment)
        if stack.environment in names and not is_separate and selected.intersection(stack.dependencies):
            selected.add(stack.name)
    return tuple(stack for stack in stacks if stack.name in selected)


def select_for_target(target: DeployTarget, assembly: Assembly, names: Sequence[str]) -> tuple[Stack, ...]:
    """Return the stacks that a command on the target concerns, each after those it depends on.

    Raises:
        InputError: for each name without a stack, and for each stack that reads the outputs of a stack that
            is neither selected nor deployed.
    """
    selected = select_deployable_stacks(assembly.in_deployment_order, names, separate=target.separate)
    problems = [
        Problem(
            stack.name,
            f"reads the outputs of {name}, which is not deployed to {target.title}",
            f"Deploy {name} first: `arqctl deploy {name}{' --offline' if target.is_simulated else ''}`",
        )
        for stack in selected
        for name in stack.dependencies
        if name not in {each.name for each in selected} and not target.is_deployed(name)
    ]
    if problems:
        raise InputError(problems)
    return selected


def has_readable_dependencies(target: DeployTarget, stack: Stack) -> bool:
    """Return whether all stacks whose outputs the stack reads are deployed, so that it can be planned."""
    return all(target.is_deployed(name) for name in stack.dependencies)


def _in_environment(names: Sequence[str], environment: str) -> set[str]:
    return {name.replace("{environment}", environment) for name in names}


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
