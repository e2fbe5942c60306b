"""Renders the assumed usage of an environment for a terminal."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from arqctl.core.console import render_page
from arqctl.cost.assumptions import AssumedValue, Assumptions


def render_assumptions(assumptions: Assumptions, *, width: int = 80, color: bool = False) -> str:
    """Render each value with its unit and reason."""
    return render_page(_parts(assumptions), width=width, color=color)


def _parts(assumptions: Assumptions) -> Iterator[RenderableType]:
    yield Text(f"Assumed usage of {assumptions.environment} in a month", "bold")
    last = ""
    for each in assumptions:
        if each.name != last:
            last = each.name
            yield Text()
            yield Text.assemble((each.name, "bold"), f": {each.unit}")
            yield Padding(Text(each.why, "dim"), (0, 0, 0, 2))
        yield Padding(Text(_value(each)), (0, 0, 0, 2))


def _value(each: AssumedValue) -> str:
    number = f"{each.value.normalize():,f}"
    return f"{number} for {each.names}" if each.names else number
