"""An environment as an SVG page: its stacks one below the other, each with its boxes in layers."""

from collections.abc import Iterator, Mapping, Sequence

from arqctl.diagram.canvas import LINE, MARGIN, Canvas, Page, fitted, number, width_of
from arqctl.diagram.layout import Point, Run, Size, lay_out
from arqctl.diagram.overview import Box, Kind, Overview, Wire, counted, foremost

_PADDING = 12
_NARROWEST, _WIDEST = 150.0, 270.0
_LABEL = 120.0
_PARTS = 6
_HEAD = 8
"""How long the head of an arrow is."""
_SAYS: Mapping[Kind, str] = {
    Kind.TRAFFIC: "sends traffic to",
    Kind.PERMISSION: "has a permission on",
    Kind.USE: "refers to",
}
_LEFT_OUT = "What alarms and dashboards watch is left out."


def render_svg(name: str, overviews: Sequence[Overview]) -> str:
    """Draw an environment, with a legend.

    Each box and wire has a title that tells all of it, and the description tells the whole page.
    """
    page = Page()
    for each in overviews:
        _stack(page, each)
    _legend(page)
    sentences = (sentence for each in overviews for sentence in _sentences(each))
    return page.written(f"{name}, drawn by construct", " ".join(sentences))


def _stack(page: Page, stack: Overview) -> None:
    corner = page.take(Size(width_of(stack.heading, heading=True), LINE / 2))
    page.text(Point(corner.x, corner.y + LINE / 2), stack.heading, "heading")
    sizes = {box.name: _size(box) for box in stack.boxes}
    layout = lay_out(sizes, [(wire.source, wire.target) for wire in stack.wires])
    group = page.group(at=page.take(layout.size))
    for wire in reversed(stack.wires):  # what tells most is drawn last, over the others
        _wire(group, wire, layout.wires[wire.source, wire.target])
    for box in stack.boxes:
        _box(group.group(_told(box), at=layout.boxes[box.name]), box)
    _ports(group, [(wire, layout.wires[wire.source, wire.target]) for wire in stack.wires if wire.ports])


def _size(box: Box) -> Size:
    lines = [*_parts(box), (counted(box.resources), "")]
    widths = [width_of(f"{left}  {right}") for left, right in lines]
    width = max(_NARROWEST, width_of(box.name, heading=True), *widths) + 2 * _PADDING
    return Size(min(width, _WIDEST), (len(lines) + 1) * LINE + 2 * _PADDING - LINE / 3)


def _box(canvas: Canvas, box: Box) -> None:
    size = _size(box)
    room, right = size.width - 2 * _PADDING, size.width - _PADDING
    canvas.box(size)
    canvas.text(Point(_PADDING, _PADDING + LINE * 2 / 3), fitted(box.name, room, heading=True), "heading")
    canvas.text(Point(_PADDING, _PADDING + LINE * 5 / 3), counted(box.resources), "count")
    for index, (part, count) in enumerate(_parts(box)):
        base = _PADDING + LINE * (index + 8 / 3)
        canvas.text(Point(_PADDING, base), fitted(part, room - width_of(f"  {count}")))
        canvas.text(Point(right, base), count, "count", ends_there=True)


def _parts(box: Box) -> list[tuple[str, str]]:
    return [(name, f"{count:,}") for name, count in foremost(box.parts, _PARTS)]


def _wire(canvas: Canvas, wire: Wire, run: Run) -> None:
    kind = wire.kinds[0]
    group = canvas.group(_sentence(wire))
    group.path(_course(run), kind)
    tip, base = run.head, run.head.y + (_HEAD if run.leads_up else -_HEAD)
    left, right = number(tip.x - _HEAD / 2), number(tip.x + _HEAD / 2)
    group.path(f"M{number(tip.x)} {number(tip.y)}L{left} {number(base)}H{right}Z", f"{kind}-head")


def _course(run: Run) -> str:
    """From point to point, straight and swinging in turn; it ends inside the arrow's head."""
    points = list(run.points)
    end, inwards = (0, _HEAD / 2) if run.leads_up else (-1, -_HEAD / 2)
    points[end] = Point(points[end].x, points[end].y + inwards)
    course = f"M{number(points[0].x)} {number(points[0].y)}"
    for straight, swung in zip(points[1::2], points[2::2], strict=True):
        middle = number((straight.y + swung.y) / 2)
        course += f"V{number(straight.y)}C{number(straight.x)} {middle} {number(swung.x)} {middle} "
        course += f"{number(swung.x)} {number(swung.y)}"
    return course


def _ports(canvas: Canvas, wires: Sequence[tuple[Wire, Run]]) -> None:
    """Say at the head of each wire where its traffic goes to, or a line further off where another stands."""
    taken: list[tuple[float, float, float]] = []
    for wire, run in sorted(wires, key=lambda each: each[1].head.x):
        says, head = fitted(", ".join(wire.ports), _LABEL), run.head
        from_left = run.neck.x < head.x
        right = head.x - _HEAD if from_left else head.x + _HEAD + width_of(says)
        left, step = right - width_of(says), LINE if run.leads_up else -LINE
        y = head.y + step * (2 if run.leads_up else 0.5)
        while any(y == other and left < end and start < right for start, end, other in taken):
            y += step
        taken.append((left, right, y))
        canvas.text(Point(right if from_left else left, y), says, "port", ends_there=from_left)


def _legend(page: Page) -> None:
    corner = page.take(Size(width_of(_LEFT_OUT), LINE * (len(_SAYS) + 1)))
    group = page.group(at=corner)
    for index, (kind, says) in enumerate(_SAYS.items()):
        y = LINE * index
        group.path(f"M0 {y}H{2 * MARGIN}", kind)
        group.text(Point(2.5 * MARGIN, y + LINE / 4), says)
    group.text(Point(0, LINE * len(_SAYS) + LINE / 4), _LEFT_OUT, "count")


def _sentences(stack: Overview) -> Iterator[str]:
    yield f"The stack {stack.heading}."
    yield from (f"{_told(box)}." for box in stack.boxes)
    yield from (f"{_sentence(wire)}." for wire in stack.wires)


def _told(box: Box) -> str:
    parts = ", ".join(f"{name} {count}" for name, count in box.parts)
    return f"{box.name}: {counted(box.resources)}" + (f", of these {parts}" if parts else "")


def _sentence(wire: Wire) -> str:
    """All that a wire says: `workers sends traffic to database (tcp 5432; nightly jobs settle it)`."""
    says = " and ".join(_SAYS[kind] for kind in wire.kinds)
    details = "; ".join((*wire.ports, *wire.why))
    return f"{wire.source} {says} {wire.target}" + (f" ({details})" if details else "")
