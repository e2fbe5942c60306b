"""Renders an environment as a Mermaid flowchart."""

from collections.abc import Sequence

from arqctl.diagram.mermaid import Line, Node, escape, render_flowchart
from arqctl.diagram.overview import Box, Kind, Overview, format_count, top_n

_ARROWS = {Kind.TRAFFIC: "==>", Kind.PERMISSION: "-.->", Kind.REFERENCE: "-->"}
_MAX_PARTS = 5


def render_mermaid(overviews: Sequence[Overview]) -> str:
    """Render a subgraph per stack and a node per construct. Traffic lines are thick, permissions dotted."""
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
            escape(", ".join(wire.ports)),
        )
        for stack in overviews
        for wire in stack.wires
    ]
    return render_flowchart(nodes, lines, {}, direction="TB")


def _lines(box: Box) -> tuple[str, ...]:
    parts = (f"{name}: {count}" for name, count in top_n(box.parts, _MAX_PARTS))
    return tuple(map(escape, (box.name, format_count(box.resources), *parts)))
