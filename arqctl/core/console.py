"""Pages for a person: what rich lays out, as text for a terminal, a log or a file."""

import os
import sys
from collections.abc import Iterable
from io import StringIO

from rich.console import Console, RenderableType
from rich.text import Text


def page(parts: Iterable[RenderableType], *, width: int, color: bool) -> str:
    """The parts one below the other. No line ends with a blank; a terminal itself wraps long texts."""
    written = StringIO()
    console = Console(
        file=written, width=width, force_terminal=color, no_color=not color, highlight=False, emoji=False
    )
    for part in parts:
        console.print(part, soft_wrap=isinstance(part, Text))
    return "\n".join(line.rstrip() for line in written.getvalue().split("\n"))


def output_width(*, unseen: int = 80) -> int:
    """The columns of the terminal that standard output is; `unseen` where nobody sees it there."""
    return Console().width if sys.stdout.isatty() else unseen


def output_has_color() -> bool:
    """Tell whether standard output is a terminal whose user wants colours: https://no-color.org."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
