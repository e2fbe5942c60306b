"""Prints the steps of a Terraform run, one line each, with their duration."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.text import Text

from arqctl.core.actions import action_verb, past_tense
from arqctl.core.progress import ProgressCallback
from arqctl.core.terraform_cli import Run

_MAX_LINES = 20


@contextmanager
def timed_step(stack: str, name: str) -> Iterator[tuple[ProgressCallback, ProgressCallback]]:
    """Print a step's result and duration when it ends.

    Yields one callback for the result and one for progress, which only a terminal shows.
    """
    console = Console(stderr=True)
    start = time.perf_counter()
    results: list[str] = []
    if console.is_terminal:
        with console.status(f"{stack}: {name}") as status:
            yield results.append, lambda line: status.update(Text(f"{stack}: {name}: {line}"))
    else:
        yield results.append, lambda _: None
    seconds = time.perf_counter() - start
    print_step(name, f"{' '.join(results)} ({seconds:.1f} s)")


def print_step(name: str, result: str) -> None:
    """Print a step's name and result."""
    typer.echo(f"  {name:<12}{result}")


def plan_summary(run: Run) -> str:
    """Return how many resources a plan changes, and the first of those that it does not create."""
    not_created = [
        f"{verb} {address}"
        for verb, addresses in _addresses_by_verb(run).items()
        if verb != "create"
        for address in addresses
    ]
    return "\n    ".join([change_counts(run), *truncate(not_created)])


def change_counts(run: Run) -> str:
    """Return how many resources a plan changes, by action: "2 to create, 1 to delete"."""
    counts = [f"{len(addresses):,} to {verb}" for verb, addresses in _addresses_by_verb(run).items()]
    return ", ".join(counts) or "no changes"


def apply_summary(run: Run) -> str:
    """Return how many resources an apply changed."""
    # Terraform's change summary has its own words for three actions.
    actions = {"add": "create", "change": "update", "remove": "delete"}
    counts = [
        f"{run.counts[name]:,} {past_tense(action)}"
        for name, action in actions.items()
        if run.counts.get(name)
    ]
    return ", ".join(counts) or "nothing to do"


def truncate(lines: list[str]) -> list[str]:
    """Return the first 20 lines, and a line with the number of those left out."""
    more = [f"and {len(lines) - _MAX_LINES:,} more"] if len(lines) > _MAX_LINES else []
    return lines[:_MAX_LINES] + more


def _addresses_by_verb(run: Run) -> dict[str, list[str]]:
    addresses: dict[str, list[str]] = {}
    for action, address in run.changes:
        addresses.setdefault(action_verb(action), []).append(address)
    return addresses
