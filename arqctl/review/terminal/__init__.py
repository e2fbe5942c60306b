"""Renders the review for a terminal: each stack with danger first, the table of all stacks, the verdict."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from arqctl.core.console import render_page
from arqctl.core.sanitize import sanitize
from arqctl.review.model import Review, Verdict
from arqctl.review.terminal.matrix import cost_text, matrix
from arqctl.review.terminal.paragraph import indented
from arqctl.review.terminal.stack import section
from arqctl.review.title import title

__all__ = ["cost_text", "render_terminal"]

_STYLES = {Verdict.NO_CHANGES: "bold green", Verdict.CHANGES: "bold"}


def render_terminal(review: Review, *, width: int = 80, color: bool = False) -> str:
    """Return the page. The text is the same without color, and fits the width except for long addresses."""
    return render_page(_page(sanitize(review)), width=width, color=color)


def _page(review: Review) -> Iterator[RenderableType]:
    for stack in review.stacks:
        if not stack.is_no_op or stack.dangers or (stack.policy and stack.policy.is_blocking):
            yield from section(stack)
    yield matrix(review)
    yield Text()
    for gap in review.gaps:
        yield indented(gap, 0, style="bold yellow")
    yield from _snapshots(review)
    yield from _verdict(review)


def _snapshots(review: Review) -> Iterator[RenderableType]:
    for stack in review.stacks:
        for update in stack.policy.snapshot_updates if stack.policy else ():
            text = f"Snapshot of {stack.stack} to be updated: {update}. Run `arqctl snapshot update`"
            yield indented(text, 0, style="yellow")


def _verdict(review: Review) -> Iterator[RenderableType]:
    for stack in review.stacks:
        yield Text(f"fingerprint of {stack.stack}: {stack.fingerprint}", style="dim")
    known = {"fingerprint of all": review.fingerprint, "commit": review.commit, "base": review.base}
    yield Text(", ".join(f"{name} {value}" for name, value in known.items() if value), style="dim")
    word, sentence = title(review)
    yield Text(f"{word.upper()}: {sentence}.", style=_STYLES.get(review.verdict, "bold red"))
