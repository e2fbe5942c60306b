"""What a person is told of a run of Terraform: a line for each step, with its time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.text import Text

from arqctl.core.actions import action_verb, past_tense
from arqctl.core.terraform_cli import Run, Tell

_LISTED = 20


@contextmanager
def step(stack: str, name: str) -> Iterator[tuple[Tell, Tell]]:
    """Give a way to say a step's result, in one line with its time, and a way to say what it is at."""
    console = Console(stderr=True)
    start = time.perf_counter()
    said: list[str] = []
    if console.is_terminal:
        with console.status(f"{stack}: {name}") as status:
            yield said.append, lambda line: status.update(Text(f"{stack}: {name}: {line}"))
    else:
        yield said.append, lambda _: None
    seconds = time.perf_counter() - start
    say(name, f"{' '.join(said)} ({seconds:.1f} s)")


def say(name: str, what: str) -> None:
    """Say something in the form of a step."""
    typer.echo(f"  {name:<12}{what}")


def planned(run: Run) -> str:
    """How many resources a plan touches, and the first of those that it doesn't create."""
    by_verb: dict[str, list[str]] = {}
    for action, address in run.changes:
        by_verb.setdefault(action_verb(action), []).append(address)
    counted = ", ".join(f"{len(addresses):,} to {verb}" for verb, addresses in by_verb.items())
    named = [f"{verb} {each}" for verb, all_ in by_verb.items() if verb != "create" for each in all_]
    return "\n    ".join([counted or "no changes", *shortened(named)])


def shortened(lines: list[str]) -> list[str]:
    """The first twenty, and how many more there are."""
    more = [f"and {len(lines) - _LISTED:,} more"] if len(lines) > _LISTED else []
    return lines[:_LISTED] + more


def done(run: Run) -> str:
    """How many resources an apply touched."""
    # Terraform's change summary has its own words for three actions.
    actions = {"add": "create", "change": "update", "remove": "delete"}
    counted = [
        f"{run.counts[name]:,} {past_tense(action)}"
        for name, action in actions.items()
        if run.counts.get(name)
    ]
    return ", ".join(counted) or "nothing to do"
