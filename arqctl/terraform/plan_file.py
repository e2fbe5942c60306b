"""Saves a plan to a file, and applies that file only if nothing changed it."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from arqctl.core.assembly import Stack
from arqctl.core.progress import ProgressCallback
from arqctl.core.terraform_cli import Run, TerraformError
from arqctl.plan.fingerprint import fingerprint
from arqctl.plan.model import Plan
from arqctl.plan.parser import read_plan
from arqctl.terraform.errors import RefusedError
from arqctl.terraform.stacks import StackWorkdir
from arqctl.terraform.unreviewable import unreviewable_effects

_STALE = "Saved plan is stale"


@dataclass(frozen=True)
class SavedPlan:
    """A plan in Terraform's plan file, and its JSON `text` with secrets in clear text.

    `digest` is the hash of the plan file, computed before anything was read from it.
    """

    workdir: StackWorkdir
    run: Run
    text: str
    digest: str

    @property
    def stack(self) -> Stack:
        """The planned stack."""
        return self.workdir.stack

    @cached_property
    def plan(self) -> Plan:
        """The parsed plan."""
        stack = self.stack
        paths = {address: block.path for address, block in stack.blocks.items()}
        return read_plan(self.text, stack=stack.name, environment=stack.environment, paths=paths)

    @cached_property
    def fingerprint(self) -> str:
        """The hash that approves this plan; plans with the same changes have the same one."""
        return fingerprint([self.plan])

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to apply or approve. Reads of data sources do not count."""
        plan = self.plan
        managed = any(row.mode == "managed" for row in (*plan.resources, *plan.deferred))
        return not (managed or plan.outputs or plan.is_errored)

    @cached_property
    def unreviewable_effects(self) -> list[str]:
        """A line for each effect of an apply that the plan does not contain."""
        return unreviewable_effects(self.text)

    def apply(self, on_progress: ProgressCallback) -> Run:
        """Apply the plan file.

        Raises:
            RefusedError: when the plan file or the state was changed since the plan was made.
            TerraformError: with Terraform's messages.
        """
        name, terraform = self.stack.name, self.workdir.terraform
        if _file_digest(self.workdir) != self.digest:
            raise RefusedError(
                f"the plan file of {name} was changed since it was planned. Nothing was applied.\n"
                f"Find out what writes to {terraform.plan_file.parent}, then run it again"
            )
        try:
            return terraform.apply(on_progress)
        except TerraformError as error:
            if _STALE not in str(error):
                hint = f"{name} may be partly deployed. The state contains what was done: plan it again"
                raise TerraformError(f"{error}\n{hint}") from error
            raise RefusedError(
                f"the state of {name} was changed since it was planned. Nothing was applied.\n"
                "Run it again: it makes a new plan and compares that with the approval"
            ) from error


def save_plan(workdir: StackWorkdir, on_progress: ProgressCallback, *options: str) -> SavedPlan:
    """Plan a stack, and save the plan to Terraform's plan file.

    Raises:
        TerraformError: with Terraform's messages.
    """
    run = workdir.terraform.plan(on_progress, *options)
    digest = _file_digest(workdir)
    return SavedPlan(workdir, run, workdir.terraform.show(), digest)


def _file_digest(workdir: StackWorkdir) -> str:
    file = workdir.terraform.plan_file
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
