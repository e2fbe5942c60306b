"""Computes the positions of boxes and wires. Lengths are pixels from the upper left corner."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from arqctl.diagram.coordinates import assign_x_positions, half_width
from arqctl.diagram.ranks import Ends, Node, RankedGraph, assign_ranks

_RANK_SPACING = 64
"""Pixels between two ranks, where wires curve."""


@dataclass(frozen=True, slots=True)
class Size:
    """Size of a box or of the page."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Point:
    """A point on the page."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class WirePath:
    """Points of a wire from the top down, independent of its direction.

    Its segments are straight and curved in turn, starting with a straight one.
    """

    points: tuple[Point, ...]
    is_upward: bool = False

    @property
    def head(self) -> Point:
        """Point where it meets its target."""
        return self.points[0 if self.is_upward else -1]

    @property
    def neck(self) -> Point:
        """Point where its last curve towards the target begins."""
        return self.points[2 if self.is_upward else -2]


@dataclass(frozen=True, slots=True)
class Layout:
    """Upper left corner of each box, path of each wire, and total size."""

    boxes: Mapping[str, Point]
    wires: Mapping[Ends, WirePath]
    size: Size


@dataclass(frozen=True, slots=True)
class _Band:
    top: float
    bottom: float


def compute_layout(sizes: Mapping[str, Size], wires: Sequence[Ends]) -> Layout:
    """Lay out boxes in ranks, so that no box touches another and no wire runs through a box.

    Wires run down. Of the wires in a cycle, the last ones in `wires`, the least important, run up.
    """
    graph = assign_ranks(list(sizes), wires)
    widths = {name: size.width for name, size in sizes.items()}
    centers = assign_x_positions(graph, widths)
    bands = _bands(graph, sizes)
    right = max((center + half_width(node, widths) for node, center in centers.items()), default=0.0)
    return Layout(
        boxes={name: Point(centers[name] - half_width(name, widths), bands[name].top) for name in sizes},
        wires=_wire_paths(graph, sizes, centers, bands, wires),
        size=Size(right, max((band.bottom for band in bands.values()), default=0.0)),
    )


def _bands(graph: RankedGraph, sizes: Mapping[str, Size]) -> dict[Node, _Band]:
    """Return the vertical extent of each node's rank."""
    bands: dict[Node, _Band] = {}
    top = 0.0
    for rank in graph.ranks:
        bottom = top + max(sizes[each].height for each in rank if isinstance(each, str))
        bands |= dict.fromkeys(rank, _Band(top, bottom))
        top = bottom + _RANK_SPACING
    return bands


def _wire_paths(
    graph: RankedGraph,
    sizes: Mapping[str, Size],
    centers: Mapping[Node, float],
    bands: Mapping[Node, _Band],
    wires: Sequence[Ends],
) -> dict[Ends, WirePath]:
    start_ports = _ports(graph.chains, sizes, centers)
    end_ports = _ports([chain[::-1] for chain in graph.chains], sizes, centers)
    paths: dict[Ends, WirePath] = {}
    for chain, first, last in zip(graph.chains, start_ports, end_ports, strict=True):
        upper, lower = str(chain[0]), str(chain[-1])
        points = (
            Point(first, bands[upper].top + sizes[upper].height),
            Point(first, bands[upper].bottom),
            *(Point(centers[each], y) for each in chain[1:-1] for y in (bands[each].top, bands[each].bottom)),
            Point(last, bands[lower].top),
        )
        paths[upper, lower], paths[lower, upper] = WirePath(points), WirePath(points, is_upward=True)
    return {ends: paths[ends] for ends in wires}


def _ports(
    chains: Sequence[tuple[Node, ...]], sizes: Mapping[str, Size], centers: Mapping[Node, float]
) -> list[float]:
    """Return the x coordinate where each chain meets its first box, distributed in the order of the wires."""
    chains_by_box: dict[str, list[int]] = defaultdict(list)
    for index, (box, *_) in enumerate(chains):
        chains_by_box[str(box)].append(index)
    ports = [0.0] * len(chains)
    for box, indexes in chains_by_box.items():
        spacing = sizes[box].width / (len(indexes) + 1)
        left = centers[box] - sizes[box].width / 2
        from_left = sorted(indexes, key=lambda each: centers[chains[each][1]])
        for position, index in enumerate(from_left, start=1):
            ports[index] = left + spacing * position
    return ports
