"""Synthesized environments that are prepared to run offline with real Terraform."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from arqctl.core.assembly import Stack, read_assembly
from arqctl.core.terraform_cli import Terraform, find_terraform
from arqctl.offline.aws_facts.published_facts import PublishedFacts
from arqctl.offline.mirror import MirroredProvider, host_of, offline_environment, write_mirror
from arqctl.offline.paths import OfflinePaths
from arqctl.offline.stack_files import write_offline_files
from arqctl.offline.target import simulated_providers
from environments.synthesis import synthesize
from tests.arqctl.offline.state_server import backend_of, state_text

Document = dict[str, Any]
"""A stack's Terraform JSON."""

Mutate = Callable[[Document], None]

_TIMEOUT_SECONDS = 300


@dataclass(frozen=True)
class TerraformError:
    """An error of Terraform: the address if it is known, and the text."""

    address: str
    text: str


@dataclass(frozen=True)
class OfflineStack:
    """An initialized stack in its own folder with its own simulated account.

    Its state is local, as users have it, or `in_memory`, which takes less time.
    """

    name: str
    folder: Path
    paths: OfflinePaths
    in_memory: bool = False

    def terraform(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Terraform, whether it succeeds or not."""
        return subprocess.run(
            [find_terraform(), *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIMEOUT_SECONDS,
        )

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables of Terraform."""
        return {**os.environ, **offline_environment(self.paths)}

    @property
    def document(self) -> Document:
        """The stack's current Terraform JSON."""
        document: Document = json.loads(self._file.read_text(encoding="utf-8"))
        return document

    def change(self, mutate: Mutate) -> None:
        """Change the stack's Terraform JSON."""
        document = self.document
        mutate(document)
        self._file.write_text(json.dumps(document, indent=2), encoding="utf-8")

    def plan_json(self, *options: str) -> Document:
        """Return the plan as JSON. `apply_plan` applies it.

        Raises:
            AssertionError: when Terraform can't plan.
        """
        self._succeed("plan", "-input=false", "-no-color", "-out=plan", *options)
        plan: Document = json.loads(self._succeed("show", "-json", "plan"))
        return plan

    def apply(self, *options: str) -> str:
        """Apply, and return Terraform's output.

        Raises:
            AssertionError: when Terraform fails.
        """
        return self._succeed("apply", "-input=false", "-no-color", "-auto-approve", *options)

    def apply_plan(self) -> str:
        """Apply the last plan of `plan_json`, and return Terraform's output.

        Raises:
            AssertionError: when Terraform fails.
        """
        return self._succeed("apply", "-input=false", "-no-color", "plan")

    def destroy(self) -> str:
        """Destroy all resources as `arqctl destroy` does, without `prevent_destroy`.

        Raises:
            AssertionError: when Terraform fails.
        """
        text = self._file.read_text(encoding="utf-8")
        stack = Stack(self.name, self.name, self._file, text, json.loads(text))
        host = host_of(find_terraform().name)
        write_offline_files([stack], self.paths, _providers(), host=host, destroying=True)
        if self.in_memory:
            self._write_backend()
        return self._succeed("destroy", "-input=false", "-no-color", "-auto-approve")

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start Terraform in its own process group, as a shell does. The caller must wait for it."""
        return subprocess.Popen(
            [find_terraform(), *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )

    def state(self) -> Document:
        """Return Terraform's state, or an empty object before the first apply."""
        if self.in_memory:
            text = state_text(str(self.folder))
        else:
            file = self.paths.state(self.name)
            # Terraform creates an empty file first, to lock it.
            text = file.read_text(encoding="utf-8") if file.exists() else ""
        state: Document = json.loads(text or "{}")
        return state

    def ids(self) -> list[tuple[object, ...]]:
        """Return the type, provider, id, ARN and log group of each managed resource: unique together.

        AWS has no ids for lookups, and the id of a certificate's validation is its time. The id of a metric
        filter is its name, which other log groups can have too.
        """
        return [
            (
                each["type"],
                each["provider"],
                instance["attributes"].get("id"),
                instance["attributes"].get("arn"),
                instance["attributes"].get("log_group_name"),
            )
            for each in self.state()["resources"]
            if each["mode"] == "managed" and each["type"] != "aws_acm_certificate_validation"
            for instance in each["instances"]
        ]

    def errors(self, *arguments: str) -> tuple[TerraformError, ...]:
        """Return the errors of a run with `-json`, or none if it succeeds."""
        completed = self.terraform(*arguments)
        if completed.returncode == 0:
            return ()
        found = tuple(_error(each) for each in _diagnostics(completed.stdout) if each["severity"] == "error")
        return found or (TerraformError("", completed.stdout + completed.stderr),)

    def with_state_in_memory(self) -> Self:
        """Return the stack with its state in memory."""
        self._write_backend()
        self._succeed("init", "-reconfigure", "-input=false", "-no-color")
        return replace(self, in_memory=True)

    def _write_backend(self) -> None:
        file = self.folder / "offline_override.tf.json"
        override = json.loads(file.read_text(encoding="utf-8"))
        override["terraform"]["backend"] = backend_of(str(self.folder))
        file.write_text(json.dumps(override), encoding="utf-8")

    @property
    def _file(self) -> Path:
        return self.folder / "cdk.tf.json"

    def _succeed(self, *arguments: str) -> str:
        completed = self.terraform(*arguments)
        assert completed.returncode == 0, completed.stdout + completed.stderr
        return completed.stdout


def prepare_environment(
    folder: Path,
    environment: str,
    mutate: Mutate | None = None,
    *,
    existing_roles: Sequence[str] | None = None,
) -> OfflineStack:
    """Prepare an environment's stack below `folder`. `mutate` changes it after `terraform init`.

    `existing_roles` are those of the simulated account; if None, all roles may exist.
    """
    stack = prepare_stack(folder, _synthesized()[environment], mutate)
    if existing_roles is not None:
        stack.paths.existing_roles.write_text(json.dumps(existing_roles))
    return stack


def prepare_stack(folder: Path, synthesized: Stack, mutate: Mutate | None = None) -> OfflineStack:
    """Prepare a stack below `folder`. `mutate` changes it after `terraform init`."""
    paths = OfflinePaths(folder / "home")
    file = folder / "stack" / "cdk.tf.json"
    file.parent.mkdir(parents=True)
    file.write_text(synthesized.text, encoding="utf-8")
    write_mirror(paths, _providers())
    binary = find_terraform()
    stack = replace(synthesized, file=file)
    write_offline_files([stack], paths, _providers(), host=host_of(binary.name), destroying=False)
    Terraform(binary, file.parent, offline_environment(paths)).init()
    offline_stack = OfflineStack(stack.name, file.parent, paths)
    if mutate:
        offline_stack.change(mutate)
    return offline_stack


def replace_resources(resources: Document) -> Mutate:
    """Return a change that keeps a stack's providers and replaces all its resources."""

    def mutate(document: Document) -> None:
        for kind in ("data", "output", "import"):
            document.pop(kind, None)
        document["resource"] = resources

    return mutate


@cache
def _synthesized() -> Mapping[str, Stack]:
    """Synthesize every stack once."""
    with TemporaryDirectory() as folder:
        return {stack.name: stack for stack in read_assembly(synthesize(Path(folder)))}


@cache
def _providers() -> tuple[MirroredProvider, ...]:
    """Return the simulated providers. Schemas and facts come from the user's cache, or are built."""
    PublishedFacts.load()
    return simulated_providers()


def _diagnostics(output: str) -> Iterator[Document]:
    """Parse the one document of `validate -json`, or the lines of `plan -json`."""
    if output.startswith("{\n"):
        yield from json.loads(output)["diagnostics"]
        return
    for line in output.splitlines():
        message = json.loads(line)
        if message["type"] == "diagnostic":
            yield message["diagnostic"]


def _error(diagnostic: Document) -> TerraformError:
    """Convert a diagnostic. Terraform's own errors name only the block of the file."""
    address = diagnostic.get("address") or (diagnostic.get("snippet") or {}).get("context") or ""
    text = f"{diagnostic['summary']}. {diagnostic.get('detail', '')}"
    return TerraformError(address.removeprefix("resource."), text)
