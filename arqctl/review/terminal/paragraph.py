"""A paragraph of the page."""

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text


def indented(text: str, indent: int, *, style: str = "") -> RenderableType:
    """A paragraph that keeps its distance from the margin when it is folded."""
    return Padding(Text(text, style=style), (0, 0, 0, indent))
