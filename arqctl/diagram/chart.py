"""An environment as a Mermaid flowchart, for pages that draw it themselves."""

from collections.abc import Sequence

from arqctl.diagram.flowchart import Line, Node, flowchart, safe
from arqctl.diagram.overview import Box, Kind, Overview, counted, foremost

_ARROWS = {Kind.TRAFFIC: "==>", Kind.PERMISSION: "-.->", Kind.USE: "-->"}
_PARTS = 5


def render_mermaid(overviews: Sequence[Overview]) -> str:
    """Draw an environment: a group a stack, a node a construct; thick for traffic, dotted for permission."""
    nodes = {
        f"{stack.stack}/{box.name}": Node(_lines(box), groups=(stack.heading,))
        for stack in overviews
        for box in stack.boxes
    }
    lines = [
        Line(
            f"{stack.stack}/{wire.source}",
            f"{stack.stack}/{wire.target}",
            _ARROWS[wire.kinds[0]],
            safe(", ".join(wire.ports)),
        )
        for stack in overviews
        for wire in stack.wires
    ]
    return flowchart(nodes, lines, {}, direction="TB")


def _lines(box: Box) -> tuple[str, ...]:
    parts = (f"{name}: {count}" for name, count in foremost(box.parts, _PARTS))
    return tuple(map(safe, (box.name, counted(box.resources), *parts)))
