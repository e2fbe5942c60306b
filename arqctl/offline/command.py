"""`arqctl plan`, `arqctl deploy` and `arqctl destroy`: Terraform against offline AWS, in one word each."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from arqctl.assembly import Stack, read_assembly
from arqctl.errors import ExitCode, InputError, Problem
from arqctl.offline.home import Home
from arqctl.offline.mirror import host_of
from arqctl.offline.ready import make_ready
from arqctl.offline.stacks import prepare
from arqctl.offline.target import simulated_providers
from arqctl.offline.terraform import offline_environment
from arqctl.synthesis import find_project, synthesize
from arqctl.terraform import Run, Tell, Terraform, TerraformError, find_terraform

_Environment = Annotated[
    str, typer.Argument(metavar="ENV", help="The environment: dev, staging, production.")
]
_Offline = Annotated[
    bool, typer.Option("--offline", help="Against offline AWS: simulated, with no account and no network.")
]
# How Terraform names what it does to a resource, and how a person would.
_VERBS = {
    "create": "create",
    "update": "update",
    "replace": "replace",
    "delete": "destroy",
    "move": "move",
    "import": "import",
    "remove": "forget",
}
_LISTED = 20


def plan(environment: _Environment, *, offline: _Offline = False) -> None:
    """Show what Terraform would do to an environment.

    Exit codes: 0 planned, 4 Terraform refused it, 2 wrong input, 1 a fault of arqctl.

    Example: arqctl plan production --offline
    """
    _require(offline, f"cdktf diff {environment}")
    with _stacks(environment) as stacks:
        for stack in stacks:
            _plan(stack)


def deploy(environment: _Environment, *, offline: _Offline = False) -> None:
    """Deploy an environment: graph, plan, apply, outputs, and a second plan, which must find nothing to do.

    Exit codes: 0 deployed, 4 Terraform refused it, 2 wrong input, 1 a fault of arqctl.

    Example: arqctl deploy production --offline
    """
    _require(offline, f"cdktf deploy {environment}")
    with _stacks(environment) as stacks:
        for stack in stacks:
            _deploy(stack)


def destroy(environment: _Environment, *, offline: _Offline = False) -> None:
    """Destroy what offline runs deployed of an environment; its protection holds on real AWS alone.

    Exit codes: 0 destroyed, 4 Terraform refused it, 2 wrong input, 1 a fault of arqctl.

    Example: arqctl destroy production --offline
    """
    _require(offline, f"cdktf destroy {environment}")
    with _stacks(environment, destroying=True) as stacks:
        for stack in reversed(stacks):
            name = stack.folder.name
            with _step(name, "plan") as (say, tell):
                run = stack.plan(tell, "-destroy")
                say(f"{len(run.changes):,} to destroy")
            for warning, times in Counter(run.warnings).items():
                typer.echo(f"  {warning}: {times:,} times" if times > 1 else f"  {warning}")
            with _step(name, "destroy") as (say, tell):
                say(_counted(stack.apply(tell)))


def _plan(stack: Terraform) -> None:
    name = stack.folder.name
    with _step(name, "graph") as (say, _):
        say(f"{stack.graph():,} dependencies")
    with _step(name, "plan") as (say, tell):
        say(_planned(stack.plan(tell)))


def _deploy(stack: Terraform) -> None:
    _plan(stack)
    name = stack.folder.name
    with _step(name, "apply") as (say, tell):
        say(_counted(stack.apply(tell)))
    for output, value in stack.outputs().items():
        typer.echo(f"  {output} = {value}")
    with _step(name, "plan again") as (say, tell):
        again = stack.plan(tell)
        if again.changes:
            raise TerraformError(f"The second plan isn't empty: {_planned(again)}")
        say("no changes")


def _require(offline: bool, instead: str) -> None:
    if not offline:
        mend = f"Add --offline to simulate it; on real AWS it is `{instead}`"
        raise InputError([Problem("arqctl", "knows offline AWS only", mend)])


@contextmanager
def _stacks(environment: str, *, destroying: bool = False) -> Iterator[list[Terraform]]:
    """Give the environment's stacks, synthesized and ready, and say what Terraform refuses."""
    binary = find_terraform()
    root = find_project(Path.cwd())
    home = Home.of_project(root)
    make_ready(home)
    with _step(environment, "synthesize"):
        synthesize(root, home.synthesized)
    stacks = _of(environment, read_assembly(home.synthesized))
    prepare(stacks, home, simulated_providers(), host=host_of(binary.name), destroying=destroying)
    typer.echo(f"{environment} on offline AWS: all of it is simulated")
    ready = [Terraform(binary, stack.file.parent, offline_environment(home)) for stack in stacks]
    try:
        for each in ready:
            each.init()
        yield ready
    except TerraformError as error:
        typer.echo(f"Terraform refused it (simulated):\n{error}", err=True)
        raise typer.Exit(ExitCode.VIOLATED) from error
    except KeyboardInterrupt as stopped:
        typer.echo("\nStopped. What was done is in the state: run it again to go on.", err=True)
        raise typer.Exit(ExitCode.FAULT) from stopped


def _of(environment: str, stacks: tuple[Stack, ...]) -> list[Stack]:
    """The environment's own stack, and those that build on it, in the order they are deployed in."""
    chosen = [stack for stack in stacks if stack.name == environment]
    for stack in stacks:
        if stack.environment == environment and {each.name for each in chosen} & set(stack.dependencies):
            chosen.append(stack)
    if not chosen:
        known = ", ".join(sorted({stack.environment for stack in stacks}))
        raise InputError([Problem(environment, "is no environment of this project", f"Known are {known}")])
    return chosen


@contextmanager
def _step(stack: str, step: str) -> Iterator[tuple[Tell, Tell]]:
    """Give a way to say a step's result, in one line with its time, and a way to say what it is at."""
    console = Console(stderr=True)
    start = time.perf_counter()
    said: list[str] = []
    if console.is_terminal:
        with console.status(f"{stack}: {step}") as status:
            yield said.append, lambda line: status.update(Text(f"{stack}: {step}: {line}"))
    else:
        yield said.append, lambda _: None
    seconds = time.perf_counter() - start
    typer.echo(f"  {step:<11}{' '.join(said)} ({seconds:.1f} s)")


def _planned(run: Run) -> str:
    """How many resources a plan touches, and the first of those that it doesn't create."""
    by_verb: dict[str, list[str]] = {}
    for action, address in run.changes:
        by_verb.setdefault(_VERBS.get(action, action), []).append(address)
    counted = ", ".join(f"{len(addresses):,} to {verb}" for verb, addresses in by_verb.items())
    named = [f"\n    {verb} {each}" for verb, all_ in by_verb.items() if verb != "create" for each in all_]
    more = f"\n    and {len(named) - _LISTED:,} more" if len(named) > _LISTED else ""
    return (counted or "no changes") + "".join(named[:_LISTED]) + more


def _counted(run: Run) -> str:
    words = {"add": "created", "change": "updated", "remove": "destroyed"}
    done = [f"{run.counts[name]:,} {word}" for name, word in words.items() if run.counts.get(name)]
    return ", ".join(done) or "nothing to do"
