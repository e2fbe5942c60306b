"""A plan in a file: what it does, and that this and nothing else is applied."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from arqctl.core.terraform_cli import Run, Tell, TerraformError
from arqctl.plan.fingerprint import fingerprint
from arqctl.plan.model import Plan
from arqctl.plan.parser import read_plan
from arqctl.terraform.errors import RefusedError
from arqctl.terraform.stacks import Deployable
from arqctl.terraform.unreviewable import untold

_STALE = "Saved plan is stale"


@dataclass(frozen=True)
class SavedPlan:
    """What Terraform means to do to a stack. `text` is its JSON, with secrets in clear.

    `digest` is that of the plan's file, taken before anything was read from it.
    """

    of: Deployable
    run: Run
    text: str
    digest: str

    @cached_property
    def plan(self) -> Plan:
        """What is planned, typed."""
        stack = self.of.stack
        paths = {address: block.path for address, block in stack.blocks.items()}
        return read_plan(self.text, stack=stack.name, environment=stack.environment, paths=paths)

    @cached_property
    def fingerprint(self) -> str:
        """What a review approves: equal for plans that do the same."""
        return fingerprint([self.plan])

    @property
    def does_nothing(self) -> bool:
        """Whether there is nothing to apply, and so nothing to approve. What is only read is nothing."""
        plan = self.plan
        managed = any(row.mode == "managed" for row in (*plan.resources, *plan.deferred))
        return not (managed or plan.outputs or plan.is_errored)

    @cached_property
    def untold(self) -> list[str]:
        """What an apply would run that no review tells of, a line each."""
        return untold(self.text)

    def apply(self, tell: Tell) -> Run:
        """Apply the file, as it was when it was planned.

        Raises:
            RefusedError: when the file is another by now, or the state is.
            TerraformError: with what Terraform said.
        """
        name, terraform = self.of.stack.name, self.of.terraform
        if _digest(self.of) != self.digest:
            raise RefusedError(
                f"{name}'s plan file was changed since it was planned. Nothing was applied.\n"
                f"Find out who writes to {terraform.plan_file.parent}, then run it again"
            )
        try:
            return terraform.apply(tell)
        except TerraformError as error:
            if _STALE not in str(error):
                told = (
                    f"{name} may be deployed in part: the state has what was done. Plan it again for the rest"
                )
                raise TerraformError(f"{error}\n{told}") from error
            raise RefusedError(
                f"{name}'s state was changed by someone else since it was planned. Nothing was applied.\n"
                "Run it again: it plans anew, and compares that with the review"
            ) from error


def save(of: Deployable, tell: Tell, *options: str) -> SavedPlan:
    """Plan a stack and keep the plan in its file.

    Raises:
        TerraformError: with what Terraform said.
    """
    run = of.terraform.plan(tell, *options)
    digest = _digest(of)
    return SavedPlan(of, run, of.terraform.show(), digest)


def _digest(of: Deployable) -> str:
    """The digest of the plan's file, or "" once there is none."""
    file = of.terraform.plan_file
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
