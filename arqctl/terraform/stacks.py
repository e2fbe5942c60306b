"""The stacks of environments: synthesized, in the order they are deployed in, and ready for Terraform."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from arqctl.core.assembly import Stack
from arqctl.core.errors import InputError, Problem
from arqctl.core.terraform_cli import Terraform
from arqctl.terraform.target import Site


@dataclass(frozen=True)
class Deployable:
    """A stack, and the Terraform in its folder."""

    stack: Stack
    terraform: Terraform

    @property
    def tags_file(self) -> Path:
        """Where an emergency writes its tag. Terraform reads files of such names last, and lets them win."""
        return self.terraform.folder / "break_glass_override.tf.json"


def of_environments(stacks: Sequence[Stack], environments: Sequence[str]) -> tuple[Stack, ...]:
    """Each environment's own stack and those of it that build on that one, in the order given.

    Raises:
        InputError: when an environment isn't there.
    """
    known = {stack.name for stack in stacks}
    fix = f"Choose from {', '.join(sorted({stack.environment for stack in stacks}))}"
    unknown = [name for name in dict.fromkeys(environments) if name not in known]
    if unknown:
        raise InputError([Problem(name, "is not an environment of this project", fix) for name in unknown])
    chosen = set(environments)
    for stack in stacks:
        if stack.environment in environments and chosen.intersection(stack.dependencies):
            chosen.add(stack.name)
    return tuple(stack for stack in stacks if stack.name in chosen)


@contextmanager
def initialized(site: Site, binary: Path, stacks: Sequence[Stack]) -> Iterator[tuple[Deployable, ...]]:
    """Give the stacks with Terraform initialized, and leave nothing beside them that holds secrets or tags.

    Raises:
        TerraformError: with what Terraform said.
        InputError: when a stack can't be read, or can't be simulated.
    """
    faults = [Problem(stack.name, stack.fault, "Mend the app") for stack in stacks if stack.fault]
    if faults:
        raise InputError(faults)
    ready = tuple(Deployable(stack, Terraform(binary, stack.file.parent, site.variables)) for stack in stacks)
    for each in ready:
        # A run that was killed left it.
        each.tags_file.unlink(missing_ok=True)
    site.prepare(stacks)
    try:
        for each in ready:
            each.terraform.init()
        yield ready
    finally:
        for each in ready:
            each.tags_file.unlink(missing_ok=True)
            each.terraform.plan_file.unlink(missing_ok=True)
