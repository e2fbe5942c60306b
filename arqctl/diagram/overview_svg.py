"""Renders an environment as an SVG page: its stacks one below the other, each with its boxes in ranks."""

from collections.abc import Iterator, Mapping, Sequence

from arqctl.diagram.layout import Point, Size, WirePath, compute_layout
from arqctl.diagram.overview import Box, Kind, Overview, Wire, format_count, top_n
from arqctl.diagram.svg_canvas import LINE_HEIGHT, MARGIN, Canvas, Page, format_length, truncate, width_of

_PADDING = 12
_MIN_BOX_WIDTH, _MAX_BOX_WIDTH = 150.0, 270.0
_MAX_LABEL_WIDTH = 120.0
_MAX_PARTS = 6
_ARROW_LENGTH = 8
"""Length of an arrow head."""
_KIND_LABELS: Mapping[Kind, str] = {
    Kind.TRAFFIC: "sends traffic to",
    Kind.PERMISSION: "has a permission on",
    Kind.REFERENCE: "refers to",
}
_OMITTED_NOTE = "References from alarms and dashboards are omitted."


def render_svg(name: str, overviews: Sequence[Overview]) -> str:
    """Render an environment with a legend.

    Each box and wire has a title with its details. The page's description contains all of them.
    """
    page = Page()
    for each in overviews:
        _draw_stack(page, each)
    _draw_legend(page)
    sentences = (sentence for each in overviews for sentence in _describe_stack(each))
    return page.render(f"{name}, drawn by construct", " ".join(sentences))


def _draw_stack(page: Page, stack: Overview) -> None:
    corner = page.reserve(Size(width_of(stack.heading, heading=True), LINE_HEIGHT / 2))
    page.text(Point(corner.x, corner.y + LINE_HEIGHT / 2), stack.heading, "heading")
    sizes = {box.name: _box_size(box) for box in stack.boxes}
    layout = compute_layout(sizes, [(wire.source, wire.target) for wire in stack.wires])
    group = page.group(at=page.reserve(layout.size))
    for wire in reversed(stack.wires):  # the most important are drawn last, on top
        _draw_wire(group, wire, layout.wires[wire.source, wire.target])
    for box in stack.boxes:
        _draw_box(group.group(_describe_box(box), at=layout.boxes[box.name]), box)
    _draw_ports(group, [(wire, layout.wires[wire.source, wire.target]) for wire in stack.wires if wire.ports])


def _box_size(box: Box) -> Size:
    lines = [*_parts(box), (format_count(box.resources), "")]
    widths = [width_of(f"{left}  {right}") for left, right in lines]
    width = max(_MIN_BOX_WIDTH, width_of(box.name, heading=True), *widths) + 2 * _PADDING
    return Size(min(width, _MAX_BOX_WIDTH), (len(lines) + 1) * LINE_HEIGHT + 2 * _PADDING - LINE_HEIGHT / 3)


def _draw_box(canvas: Canvas, box: Box) -> None:
    size = _box_size(box)
    width, right = size.width - 2 * _PADDING, size.width - _PADDING
    canvas.box(size)
    canvas.text(
        Point(_PADDING, _PADDING + LINE_HEIGHT * 2 / 3), truncate(box.name, width, heading=True), "heading"
    )
    canvas.text(Point(_PADDING, _PADDING + LINE_HEIGHT * 5 / 3), format_count(box.resources), "count")
    for index, (part, count) in enumerate(_parts(box)):
        base = _PADDING + LINE_HEIGHT * (index + 8 / 3)
        canvas.text(Point(_PADDING, base), truncate(part, width - width_of(f"  {count}")))
        canvas.text(Point(right, base), count, "count", align_right=True)


def _parts(box: Box) -> list[tuple[str, str]]:
    return [(name, f"{count:,}") for name, count in top_n(box.parts, _MAX_PARTS)]


def _draw_wire(canvas: Canvas, wire: Wire, path: WirePath) -> None:
    kind = wire.kinds[0]
    group = canvas.group(_describe_wire(wire))
    group.path(_path_commands(path), kind)
    tip, base = path.head, path.head.y + (_ARROW_LENGTH if path.is_upward else -_ARROW_LENGTH)
    left, right = format_length(tip.x - _ARROW_LENGTH / 2), format_length(tip.x + _ARROW_LENGTH / 2)
    group.path(
        f"M{format_length(tip.x)} {format_length(tip.y)}L{left} {format_length(base)}H{right}Z",
        f"{kind}-head",
    )


def _path_commands(path: WirePath) -> str:
    """Return SVG path commands: straight and curved segments in turn, ending inside the arrow head."""
    points = list(path.points)
    end, inwards = (0, _ARROW_LENGTH / 2) if path.is_upward else (-1, -_ARROW_LENGTH / 2)
    points[end] = Point(points[end].x, points[end].y + inwards)
    commands = f"M{format_length(points[0].x)} {format_length(points[0].y)}"
    for straight, curved in zip(points[1::2], points[2::2], strict=True):
        middle = format_length((straight.y + curved.y) / 2)
        start_x, end_x = format_length(straight.x), format_length(curved.x)
        commands += f"V{format_length(straight.y)}C{start_x} {middle} {end_x} {middle} "
        commands += f"{end_x} {format_length(curved.y)}"
    return commands


def _draw_ports(canvas: Canvas, wires: Sequence[tuple[Wire, WirePath]]) -> None:
    """Label the head of each wire with its ports, one line further away if another label is there."""
    occupied: list[tuple[float, float, float]] = []
    for wire, path in sorted(wires, key=lambda each: each[1].head.x):
        label, head = truncate(", ".join(wire.ports), _MAX_LABEL_WIDTH), path.head
        from_left = path.neck.x < head.x
        right = head.x - _ARROW_LENGTH if from_left else head.x + _ARROW_LENGTH + width_of(label)
        left, step = right - width_of(label), LINE_HEIGHT if path.is_upward else -LINE_HEIGHT
        y = head.y + step * (2 if path.is_upward else 0.5)
        while any(y == other and left < end and start < right for start, end, other in occupied):
            y += step
        occupied.append((left, right, y))
        canvas.text(Point(right if from_left else left, y), label, "port", align_right=from_left)


def _draw_legend(page: Page) -> None:
    corner = page.reserve(Size(width_of(_OMITTED_NOTE), LINE_HEIGHT * (len(_KIND_LABELS) + 1)))
    group = page.group(at=corner)
    for index, (kind, label) in enumerate(_KIND_LABELS.items()):
        y = LINE_HEIGHT * index
        group.path(f"M0 {y}H{2 * MARGIN}", kind)
        group.text(Point(2.5 * MARGIN, y + LINE_HEIGHT / 4), label)
    group.text(Point(0, LINE_HEIGHT * len(_KIND_LABELS) + LINE_HEIGHT / 4), _OMITTED_NOTE, "count")


def _describe_stack(stack: Overview) -> Iterator[str]:
    yield f"The stack {stack.heading}."
    yield from (f"{_describe_box(box)}." for box in stack.boxes)
    yield from (f"{_describe_wire(wire)}." for wire in stack.wires)


def _describe_box(box: Box) -> str:
    parts = ", ".join(f"{name} {count}" for name, count in box.parts)
    return f"{box.name}: {format_count(box.resources)}" + (f" ({parts})" if parts else "")


def _describe_wire(wire: Wire) -> str:
    """Describe a wire: `workers sends traffic to database (tcp 5432; nightly jobs settle it)`."""
    label = " and ".join(_KIND_LABELS[kind] for kind in wire.kinds)
    details = "; ".join((*wire.ports, *wire.descriptions))
    return f"{wire.source} {label} {wire.target}" + (f" ({details})" if details else "")
