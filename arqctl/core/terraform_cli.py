"""Runs Terraform or OpenTofu in a stack's folder, and parses its machine-readable output.

https://developer.hashicorp.com/terraform/internals/machine-readable-ui
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from arqctl.core.errors import InputError, Problem
from arqctl.core.graceful_process import graceful_process, read_lines
from arqctl.core.json_access import Body, as_object
from arqctl.core.progress import ProgressCallback

BINARY = "TERRAFORM_BINARY_NAME"
"""cdktf's own variable for the program that it runs as Terraform."""

_INSTALL = "https://developer.hashicorp.com/terraform/install"
_EDGE = re.compile(r"^\s*\".*\" -> \".*\"")


def terraform_name() -> str:
    """Return the program that cdktf runs as Terraform: `TERRAFORM_BINARY_NAME`, else what is installed."""
    has_only_opentofu = shutil.which("tofu") and not shutil.which("terraform")
    return os.environ.get(BINARY) or ("tofu" if has_only_opentofu else "terraform")


def find_terraform() -> Path:
    """Return the path of Terraform or OpenTofu on this machine.

    Raises:
        InputError: when there is none.
    """
    name = terraform_name()
    found = shutil.which(name)
    if found is None:
        fix = f"Install Terraform 1.9 or newer ({_INSTALL}). `cdktf synth` and `arqctl gate` work without it"
        raise InputError([Problem(name, "isn't on the PATH, and plans and deployments need it", fix)])
    return Path(found)


class TerraformError(Exception):
    """Terraform ended with an error. The text has Terraform's messages, one a line."""


@dataclass
class Run:
    """Result of a Terraform run: the changes with their counts, errors and warnings."""

    counts: Mapping[str, int] = field(default_factory=dict)
    changes: list[tuple[str, str]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Terraform:
    """Terraform in the folder of one synthesized stack.

    It gets `variables` in addition to those of the process.
    """

    binary: Path
    folder: Path
    variables: Mapping[str, str]

    @property
    def plan_file(self) -> Path:
        """The file that `plan` writes. It contains secrets in clear text, so only its owner can read it."""
        return self.folder / "plan"

    def init(self) -> None:
        """Install the providers and configure the backend.

        Raises:
            TerraformError: with Terraform's messages.
        """
        self._output("init", "-input=false", "-no-color", "-reconfigure")

    def graph(self) -> int:
        """Return the number of dependencies between resources.

        Raises:
            TerraformError: for a cycle, or an invalid configuration.
        """
        return sum(_EDGE.match(line) is not None for line in self._output("graph").splitlines())

    def outputs(self) -> Mapping[str, object]:
        """Return the values of the stack's outputs by name, without sensitive ones.

        Raises:
            TerraformError: when there is no state.
        """
        outputs: dict[str, Body] = json.loads(self._output("output", "-json"))
        return {name: output.get("value") for name, output in outputs.items() if not output.get("sensitive")}

    def plan(self, on_progress: ProgressCallback, *options: str) -> Run:
        """Plan, and save the plan to `plan_file`.

        Raises:
            TerraformError: with Terraform's messages.
        """
        return self._run(
            on_progress, "plan", "-json", "-input=false", f"-out={self.plan_file.name}", *options
        )

    def show(self) -> str:
        """Return the saved plan as JSON, with secrets in clear text.

        Raises:
            TerraformError: when there is none.
        """
        return self._output("show", "-json", self.plan_file.name)

    def show_state(self) -> str:
        """Return the state as JSON, with secrets in clear text.

        Raises:
            TerraformError: when the state cannot be read.
        """
        return self._output("show", "-json")

    def untaint(self, address: str) -> None:
        """Remove the mark of a resource whose creation failed. Nothing but the state changes.

        Raises:
            TerraformError: when the resource is not in the state or is not tainted.
        """
        self._output("untaint", "-no-color", address)

    def push_state(self, file: str, *options: str) -> None:
        """Write a state file to the backend. Terraform rejects it if the backend has a newer state.

        Raises:
            TerraformError: with Terraform's messages.
        """
        self._output("state", "push", "-no-color", *options, file)

    def apply(self, on_progress: ProgressCallback) -> Run:
        """Apply the saved plan.

        Raises:
            TerraformError: with Terraform's messages.
            KeyboardInterrupt: with Terraform's messages, after it has saved the state.
        """
        return self._run(on_progress, "apply", "-json", "-input=false", self.plan_file.name)

    def _output(self, *arguments: str) -> str:
        process = subprocess.run(  # noqa: S603 - the user's own Terraform, with literal arguments
            [self.binary, *arguments],
            cwd=self.folder,
            env={**os.environ, **self.variables},
            capture_output=True,
            text=True,
            check=False,
        )
        if process.returncode != 0:
            raise TerraformError(process.stderr.strip() or process.stdout.strip())
        return process.stdout

    def _run(self, on_progress: ProgressCallback, *arguments: str) -> Run:
        run = Run()
        try:
            with graceful_process(
                [self.binary, *arguments], folder=self.folder, variables=self.variables
            ) as process:
                for line in read_lines(process.stdout):
                    _parse_line(line, run, on_progress)
                code = process.wait()
        except KeyboardInterrupt as interrupt:
            raise KeyboardInterrupt("\n".join(run.errors)) from interrupt
        if code != 0:
            raise TerraformError("\n".join(run.errors) or f"`{' '.join(arguments)}` ended with {code}")
        return run


def _parse_line(line: str, run: Run, on_progress: ProgressCallback) -> None:
    """Add a line of Terraform's output to the result. A line that is not a message counts as an error."""
    try:
        message: Body = json.loads(line)
        kind = message["type"]
    except (ValueError, KeyError, TypeError):
        run.errors.extend([line.rstrip()] if line.strip() else [])
        return
    match kind:
        case "planned_change":
            run.changes.append(_change(message))
        case "change_summary":
            run.counts = _counts(message)
        case "diagnostic":
            _add_diagnostic(as_object(message.get("diagnostic")), run)
        case "apply_start" | "apply_complete" | "refresh_start":
            on_progress(str(message.get("@message", "")))
        case _:
            pass


def _change(message: Body) -> tuple[str, str]:
    change = as_object(message.get("change"))
    return str(change.get("action")), str(as_object(change.get("resource")).get("addr"))


def _counts(message: Body) -> Mapping[str, int]:
    changes = as_object(message.get("changes"))
    return {name: count for name, count in changes.items() if isinstance(count, int)}


def _add_diagnostic(diagnostic: Body, run: Run) -> None:
    summary = str(diagnostic.get("summary"))
    if diagnostic.get("severity") != "error":
        run.warnings.append(summary)
        return
    where = f"{diagnostic['address']}: " if diagnostic.get("address") else ""
    detail = str(diagnostic.get("detail") or "").strip()
    run.errors.append(f"{where}{summary}" + (f". {detail}" if detail else ""))
