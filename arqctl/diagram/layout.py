"""Where boxes stand on the page, and where wires run. Lengths are pixels, from the left and from the top."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from arqctl.diagram.coordinates import half_of, spread
from arqctl.diagram.ranks import Ends, Layered, Place, layered

_BELOW = 64
"""Between two layers: room for wires to change sides."""


@dataclass(frozen=True, slots=True)
class Size:
    """Of a box, or of the page."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Point:
    """On the page."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Run:
    """Where a wire runs, from the top down, whichever of its ends is its source.

    It is straight from its first point to the second, swings to the third, is straight to the fourth, and so
    on.
    """

    points: tuple[Point, ...]
    leads_up: bool = False

    @property
    def head(self) -> Point:
        """Where it meets its target."""
        return self.points[0 if self.leads_up else -1]

    @property
    def neck(self) -> Point:
        """Where its last swing towards its target begins."""
        return self.points[2 if self.leads_up else -2]


@dataclass(frozen=True, slots=True)
class Layout:
    """The upper left corner of each box, where each wire runs, and the size of all of it."""

    boxes: Mapping[str, Point]
    wires: Mapping[Ends, Run]
    size: Size


@dataclass(frozen=True, slots=True)
class _Band:
    top: float
    bottom: float


def lay_out(sizes: Mapping[str, Size], wires: Sequence[Ends]) -> Layout:
    """Lay boxes out in layers, so that no box touches another and no wire runs through a box.

    Wires lead down, and `wires` holds the most telling first: of those in a circle, the last lead up.
    """
    drawn = layered(list(sizes), wires)
    widths = {name: size.width for name, size in sizes.items()}
    middles = spread(drawn, widths)
    bands = _bands(drawn, sizes)
    right = max((middle + half_of(place, widths) for place, middle in middles.items()), default=0.0)
    return Layout(
        boxes={name: Point(middles[name] - half_of(name, widths), bands[name].top) for name in sizes},
        wires=_runs(drawn, sizes, middles, bands, wires),
        size=Size(right, max((band.bottom for band in bands.values()), default=0.0)),
    )


def _bands(drawn: Layered, sizes: Mapping[str, Size]) -> dict[Place, _Band]:
    """From where to where the layer of each place reaches."""
    bands: dict[Place, _Band] = {}
    top = 0.0
    for layer in drawn.layers:
        bottom = top + max(sizes[each].height for each in layer if isinstance(each, str))
        bands |= dict.fromkeys(layer, _Band(top, bottom))
        top = bottom + _BELOW
    return bands


def _runs(
    drawn: Layered,
    sizes: Mapping[str, Size],
    middles: Mapping[Place, float],
    bands: Mapping[Place, _Band],
    wires: Sequence[Ends],
) -> dict[Ends, Run]:
    leaving = _ports(drawn.chains, sizes, middles)
    entering = _ports([chain[::-1] for chain in drawn.chains], sizes, middles)
    runs: dict[Ends, Run] = {}
    for chain, first, last in zip(drawn.chains, leaving, entering, strict=True):
        upper, lower = str(chain[0]), str(chain[-1])
        points = (
            Point(first, bands[upper].top + sizes[upper].height),
            Point(first, bands[upper].bottom),
            *(Point(middles[each], y) for each in chain[1:-1] for y in (bands[each].top, bands[each].bottom)),
            Point(last, bands[lower].top),
        )
        runs[upper, lower], runs[lower, upper] = Run(points), Run(points, leads_up=True)
    return {ends: runs[ends] for ends in wires}


def _ports(
    chains: Sequence[tuple[Place, ...]], sizes: Mapping[str, Size], middles: Mapping[Place, float]
) -> list[float]:
    """Where each chain meets its first box: spread over the side, in the order in which the wires come."""
    meeting: dict[str, list[int]] = defaultdict(list)
    for number, (box, *_) in enumerate(chains):
        meeting[str(box)].append(number)
    ports = [0.0] * len(chains)
    for box, numbers in meeting.items():
        apart = sizes[box].width / (len(numbers) + 1)
        left = middles[box] - sizes[box].width / 2
        for index, number in enumerate(sorted(numbers, key=lambda each: middles[chains[each][1]]), start=1):
            ports[number] = left + apart * index
    return ports
