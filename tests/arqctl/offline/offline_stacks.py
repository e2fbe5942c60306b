"""Synthesized environments, ready to run offline: real Terraform, the stand-in, a home of their own."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from arqctl.core.assembly import Stack, read_assembly
from arqctl.core.terraform_cli import Terraform, find_terraform
from arqctl.offline.aws_facts.published_facts import PublishedFacts
from arqctl.offline.mirror import MirroredProvider, host_of, offline_environment, write_mirror
from arqctl.offline.paths import OfflinePaths
from arqctl.offline.stack_files import write_offline_files
from arqctl.offline.target import simulated_providers
from environments.synthesis import synthesize

Document = dict[str, Any]
"""A stack's Terraform JSON."""

Mutate = Callable[[Document], None]

_SECONDS = 300


@dataclass(frozen=True)
class Refusal:
    """An error that Terraform reported: where, as far as it says, and what."""

    address: str
    text: str


@dataclass(frozen=True)
class OfflineStack:
    """A stack in a folder of its own, prepared and initialized, with a simulated account of its own."""

    name: str
    folder: Path
    paths: OfflinePaths

    def terraform(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run Terraform to its end, whatever that is."""
        return subprocess.run(
            [find_terraform(), *words],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )

    @property
    def environment(self) -> dict[str, str]:
        """The variables that Terraform runs with."""
        return {**os.environ, **offline_environment(self.paths)}

    @property
    def document(self) -> Document:
        """What is configured now."""
        document: Document = json.loads(self._file.read_text(encoding="utf-8"))
        return document

    def change(self, mutate: Mutate) -> None:
        """Change what is configured."""
        document = self.document
        mutate(document)
        self._file.write_text(json.dumps(document, indent=2), encoding="utf-8")

    def plan_json(self, *options: str) -> Document:
        """The plan, in Terraform's format for machines.

        Raises:
            AssertionError: when Terraform refuses to plan.
        """
        self._succeed("plan", "-input=false", "-no-color", "-out=plan", *options)
        plan: Document = json.loads(self._succeed("show", "-json", "plan"))
        return plan

    def apply(self, *options: str) -> str:
        """Plan and apply; returns what Terraform said.

        Raises:
            AssertionError: when Terraform refuses.
        """
        return self._succeed("apply", "-input=false", "-no-color", "-auto-approve", *options)

    def destroy(self) -> str:
        """Destroy all of it, as `arqctl destroy` does: its protection holds on real AWS alone.

        Raises:
            AssertionError: when Terraform refuses.
        """
        text = self._file.read_text(encoding="utf-8")
        stack = Stack(self.name, self.name, self._file, text, json.loads(text))
        host = host_of(find_terraform().name)
        write_offline_files([stack], self.paths, _providers(), host=host, destroying=True)
        return self._succeed("destroy", "-input=false", "-no-color", "-auto-approve")

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start Terraform in a group of processes of its own, as a shell does; whoever asks waits for it."""
        return subprocess.Popen(
            [find_terraform(), *words],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )

    def state(self) -> Document:
        """What Terraform's state file holds; empty before anything was applied."""
        file = self.paths.state(self.name)
        # Terraform makes an empty file first, to lock it.
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        state: Document = json.loads(text or "{}")
        return state

    def refusals(self, *words: str) -> tuple[Refusal, ...]:
        """The errors of a run with `-json`; none if it succeeds."""
        done = self.terraform(*words)
        if done.returncode == 0:
            return ()
        found = tuple(_refusal(each) for each in _diagnostics(done.stdout) if each["severity"] == "error")
        return found or (Refusal("", done.stdout + done.stderr),)

    @property
    def _file(self) -> Path:
        return self.folder / "cdk.tf.json"

    def _succeed(self, *words: str) -> str:
        done = self.terraform(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def offline(folder: Path, environment: str, mutate: Mutate | None = None) -> OfflineStack:
    """An environment's stack below `folder`, changed by `mutate` after Terraform was initialized."""
    return ready(folder, _synthesized()[environment], mutate)


def ready(folder: Path, synthesized: Stack, mutate: Mutate | None = None) -> OfflineStack:
    """Any stack below `folder`, changed by `mutate` after Terraform was initialized."""
    paths = OfflinePaths(folder / "home")
    file = folder / "stack" / "cdk.tf.json"
    file.parent.mkdir(parents=True)
    file.write_text(synthesized.text, encoding="utf-8")
    write_mirror(paths, _providers())
    binary = find_terraform()
    stack = replace(synthesized, file=file)
    write_offline_files([stack], paths, _providers(), host=host_of(binary.name), destroying=False)
    Terraform(binary, file.parent, offline_environment(paths)).init()
    made = OfflineStack(stack.name, file.parent, paths)
    if mutate:
        made.change(mutate)
    return made


def holding(resources: Document) -> Mutate:
    """Leaves a stack its provider and gives it these resources alone, by type and name."""

    def mutate(document: Document) -> None:
        for kind in ("data", "output"):
            document.pop(kind, None)
        document["resource"] = resources

    return mutate


def production() -> Document:
    """A copy of production as it is synthesized."""
    return deepcopy(_synthesized()["production"].document)


@cache
def _synthesized() -> Mapping[str, Stack]:
    """Every stack, synthesized once."""
    with TemporaryDirectory() as folder:
        return {stack.name: stack for stack in read_assembly(synthesize(Path(folder)))}


@cache
def _providers() -> tuple[MirroredProvider, ...]:
    """What can be simulated. Schemas and facts come from the user's cache, built if they aren't there."""
    PublishedFacts.load()
    return simulated_providers()


def _diagnostics(said: str) -> Iterator[Document]:
    """What `validate -json` says in one document, and `plan -json` in a line for each message."""
    if said.startswith("{\n"):
        yield from json.loads(said)["diagnostics"]
        return
    for line in said.splitlines():
        message = json.loads(line)
        if message["type"] == "diagnostic":
            yield message["diagnostic"]


def _refusal(diagnostic: Document) -> Refusal:
    """Where Terraform itself finds the fault, it says only in which block of the file."""
    place = diagnostic.get("address") or (diagnostic.get("snippet") or {}).get("context") or ""
    text = f"{diagnostic['summary']}. {diagnostic.get('detail', '')}"
    return Refusal(place.removeprefix("resource."), text)
