"""The review's page for a terminal: each stack with danger first, then the table of all, then the verdict."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from arqctl.core.console import page
from arqctl.core.sanitize import printable
from arqctl.review.model import Review, Verdict
from arqctl.review.terminal.matrix import cost_text, matrix
from arqctl.review.terminal.paragraph import indented
from arqctl.review.terminal.stack import section

__all__ = ["cost_text", "render_terminal"]

_VERDICTS = {
    Verdict.NOTHING: ("NOTHING TO DO: an apply would change nothing.", "bold green"),
    Verdict.CHANGES: ("CHANGES: nothing is lost, and nothing stops a deployment.", "bold"),
    Verdict.DANGER: ("DANGER: read what is lost before you approve.", "bold red"),
    Verdict.POLICY: ("POLICY: the gate stops this deployment.", "bold red"),
}


def render_terminal(review: Review, *, width: int = 80, color: bool = False) -> str:
    """Write the page. It says the same without colour, and fits the width but for long addresses."""
    return page(_page(printable(review)), width=width, color=color)


def _page(review: Review) -> Iterator[RenderableType]:
    for stack in review.stacks:
        if not stack.changes_nothing or stack.dangers or (stack.judged and stack.judged.blocks):
            yield from section(stack)
    yield matrix(review)
    yield Text()
    for gap in review.gaps:
        yield indented(gap, 0, style="bold yellow")
    yield from _verdict(review)


def _verdict(review: Review) -> Iterator[RenderableType]:
    for stack in review.stacks:
        yield Text(f"fingerprint of {stack.stack}: {stack.fingerprint}", style="dim")
    known = {"fingerprint of all": review.fingerprint, "commit": review.commit, "base": review.base}
    yield Text(", ".join(f"{name} {value}" for name, value in known.items() if value), style="dim")
    said, style = _VERDICTS[review.verdict]
    yield Text(said, style=style)
