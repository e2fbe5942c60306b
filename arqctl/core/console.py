"""Renders rich output as text for a terminal, a log or a file."""

import os
import sys
from collections.abc import Iterable
from io import StringIO

from rich.console import Console, RenderableType
from rich.text import Text


def render_page(parts: Iterable[RenderableType], *, width: int, color: bool) -> str:
    """Render the parts below each other, without trailing blanks. The terminal wraps long `Text` parts."""
    written = StringIO()
    console = Console(
        file=written, width=width, force_terminal=color, no_color=not color, highlight=False, emoji=False
    )
    for part in parts:
        console.print(part, soft_wrap=isinstance(part, Text))
    return "\n".join(line.rstrip() for line in written.getvalue().split("\n"))


def output_width(*, default: int = 80) -> int:
    """Return the width of the terminal in columns, or `default` if standard output is no terminal."""
    return Console().width if sys.stdout.isatty() else default


def output_has_color() -> bool:
    """Return whether standard output is a terminal and NO_COLOR is unset: https://no-color.org."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
