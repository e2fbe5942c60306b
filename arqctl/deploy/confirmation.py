"""Asks before plans are applied to AWS."""

import sys
from collections.abc import Callable, Sequence
from typing import TypeAlias

import typer

from arqctl.core.errors import InputError, Problem
from arqctl.deploy.progress_output import change_counts
from arqctl.terraform.errors import RefusedError
from arqctl.terraform.plan_file import SavedPlan

Confirm: TypeAlias = Callable[[Sequence[SavedPlan]], None]
"""Returns if the plans may be applied, and raises RefusedError if not."""


def require_terminal(command: str) -> None:
    """Raise unless somebody can answer a prompt.

    Raises:
        InputError: when standard input is not a terminal.
    """
    if not sys.stdin.isatty():
        what = "asks before it changes anything, but standard input is not a terminal"
        fix = "Add --yes to skip the prompt, or --offline to use offline AWS"
        raise InputError([Problem(command, what, fix)])


def ask(plans: Sequence[SavedPlan]) -> None:
    """Ask whether to apply the plans to AWS. Plans without changes need no answer.

    Raises:
        RefusedError: when the answer is no.
    """
    summaries = [f"{saved.stack.name}: {change_counts(saved.run)}" for saved in plans if not saved.is_empty]
    if summaries and not typer.confirm(f"Apply to AWS? {'; '.join(summaries)}"):
        raise RefusedError("you did not confirm the plan, so it was not applied")


def skip(_plans: Sequence[SavedPlan]) -> None:
    """Apply without a prompt: `--yes`, or offline AWS."""
