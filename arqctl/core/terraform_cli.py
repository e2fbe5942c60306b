"""Runs unmodified Terraform, or OpenTofu, in a stack's folder, and reads what it tells machines.

https://developer.hashicorp.com/terraform/internals/machine-readable-ui
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Body, as_object

BINARY = "TERRAFORM_BINARY_NAME"
"""cdktf's own variable for the program that it runs as Terraform."""

_INSTALL = "https://developer.hashicorp.com/terraform/install"
# What plans and local states hold is for nobody else to read.
_FOR_ITS_OWNER = 0o077
_EDGE = re.compile(r"^\s*\".*\" -> \".*\"")

Tell = Callable[[str], None]


def terraform_name() -> str:
    """The program that cdktf runs as Terraform: what `TERRAFORM_BINARY_NAME` names, or what there is."""
    opentofu_alone = shutil.which("tofu") and not shutil.which("terraform")
    return os.environ.get(BINARY) or ("tofu" if opentofu_alone else "terraform")


def find_terraform() -> Path:
    """The Terraform or OpenTofu on this machine.

    Raises:
        InputError: when there is none.
    """
    name = terraform_name()
    found = shutil.which(name)
    if found is None:
        fix = f"Install Terraform 1.9 or newer ({_INSTALL}). `cdktf synth` and `arqctl gate` work without it"
        raise InputError([Problem(name, "isn't on the PATH, and plans and deploys need it", fix)])
    return Path(found)


class TerraformError(Exception):
    """Terraform ended with an error. Its text is what Terraform said, a message for each problem."""


@dataclass
class Run:
    """What one run of Terraform told: what it means to do or did, what it refuses, and what it warns of."""

    counts: Mapping[str, int] = field(default_factory=dict)
    changes: list[tuple[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Terraform:
    """Terraform in the folder of one synthesized stack.

    `variables` come on top of the process's own: with none of them, it is Terraform as its user has it.
    """

    binary: Path
    folder: Path
    variables: Mapping[str, str]

    @property
    def plan_file(self) -> Path:
        """Where `plan` keeps its plan. It holds secrets in clear: only its owner can read it."""
        return self.folder / "plan"

    def init(self) -> None:
        """Install the providers and set up the state.

        Raises:
            TerraformError: with what Terraform said.
        """
        self._output("init", "-input=false", "-no-color", "-reconfigure")

    def graph(self) -> int:
        """How many dependencies order the resources.

        Raises:
            TerraformError: for a cycle, or a configuration that isn't valid.
        """
        return sum(_EDGE.match(line) is not None for line in self._output("graph").splitlines())

    def outputs(self) -> Mapping[str, object]:
        """The stack's outputs by name, as JSON; secret ones are left out.

        Raises:
            TerraformError: when there is no state to read them from.
        """
        found: dict[str, Body] = json.loads(self._output("output", "-json"))
        return {name: each.get("value") for name, each in found.items() if not each.get("sensitive")}

    def plan(self, tell: Tell, *options: str) -> Run:
        """Plan, and keep the plan in `plan_file`. `tell` is given a line for each step.

        Raises:
            TerraformError: with what Terraform said.
        """
        return self._run(tell, "plan", "-json", "-input=false", f"-out={self.plan_file.name}", *options)

    def show(self) -> str:
        """The plan that `plan` kept, as JSON, with secrets in clear.

        Raises:
            TerraformError: when there is none.
        """
        return self._output("show", "-json", self.plan_file.name)

    def apply(self, tell: Tell) -> Run:
        """Apply the plan that `plan` kept.

        Raises:
            TerraformError: with what Terraform said.
        """
        return self._run(tell, "apply", "-json", "-input=false", self.plan_file.name)

    def _output(self, *arguments: str) -> str:
        done = subprocess.run(  # noqa: S603 - the user's own Terraform, with literal arguments
            [self.binary, *arguments],
            cwd=self.folder,
            env={**os.environ, **self.variables},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise TerraformError(done.stderr.strip() or done.stdout.strip())
        return done.stdout

    def _run(self, tell: Tell, *arguments: str) -> Run:
        run = Run()
        process = subprocess.Popen(  # noqa: S603 - as above
            [self.binary, *arguments],
            cwd=self.folder,
            env={**os.environ, **self.variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            umask=_FOR_ITS_OWNER,
        )
        try:
            for line in process.stdout or ():
                _read(line, run, tell)
            ended = process.wait()
        except KeyboardInterrupt:
            # The terminal sent it to Terraform as well, which finishes what is under way and saves its state.
            process.wait()
            raise
        if ended != 0:
            raise TerraformError("\n".join(run.problems) or f"`{' '.join(arguments)}` ended with {ended}")
        return run


def _read(line: str, run: Run, tell: Tell) -> None:
    """Take one message of Terraform's into account; what isn't one is kept, as it says what went wrong."""
    try:
        message: Body = json.loads(line)
        kind = message["type"]
    except (ValueError, KeyError, TypeError):
        run.problems.extend([line.rstrip()] if line.strip() else [])
        return
    match kind:
        case "planned_change":
            run.changes.append(_change(message))
        case "change_summary":
            run.counts = _counts(message)
        case "diagnostic":
            _take(as_object(message.get("diagnostic")), run)
        case "apply_start" | "apply_complete" | "refresh_start":
            tell(str(message.get("@message", "")))
        case _:
            pass


def _change(message: Body) -> tuple[str, str]:
    change = as_object(message.get("change"))
    return str(change.get("action")), str(as_object(change.get("resource")).get("addr"))


def _counts(message: Body) -> Mapping[str, int]:
    changes = as_object(message.get("changes"))
    return {name: count for name, count in changes.items() if isinstance(count, int)}


def _take(diagnostic: Body, run: Run) -> None:
    summary = str(diagnostic.get("summary"))
    if diagnostic.get("severity") != "error":
        run.warnings.append(summary)
        return
    where = f"{diagnostic['address']}: " if diagnostic.get("address") else ""
    detail = str(diagnostic.get("detail") or "").strip()
    run.problems.append(f"{where}{summary}" + (f". {detail}" if detail else ""))
