"""An indented paragraph."""

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text


def indented(text: str, indent: int, *, style: str = "") -> RenderableType:
    """Return a paragraph whose wrapped lines keep the indent."""
    return Padding(Text(text, style=style), (0, 0, 0, indent))
