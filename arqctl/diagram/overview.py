"""A stack as few boxes and wires: its outermost constructs, and who sends to, may use or needs whom."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from arqctl.core.assembly import Block, Stack
from arqctl.diagram.graph import Reference, construct_of, references

ELSEWHERE = "in no construct"
"""The box of what stands in the stack itself, counted by type."""

# Wires to all that is watched would hide how it hangs together: they aren't drawn.
_WATCHERS = ("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm", "aws_cloudwatch_dashboard")
_NOTIFIES = "_actions"
_PERMITS = "aws_iam_"
_RULES = (
    "aws_vpc_security_group_ingress_rule",
    "aws_vpc_security_group_egress_rule",
    "aws_security_group_rule",
)
_OWN = "security_group_id"
_PEERS = ("referenced_security_group_id", "source_security_group_id")
# As many as Mermaid draws.
_MOST = 500


class Kind(StrEnum):
    """What a wire says, the most telling first."""

    TRAFFIC = "traffic"
    PERMISSION = "permission"
    USE = "use"


@dataclass(frozen=True, slots=True)
class Box:
    """An outermost construct: how many resources it has, and how many each of its parts, the most first."""

    name: str
    resources: int
    parts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Wire:
    """From one box to another. `ports` are where traffic goes to (`tcp 5432`), `why` its descriptions."""

    source: str
    target: str
    kinds: tuple[Kind, ...]
    ports: tuple[str, ...] = ()
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """What is drawn of a stack, and how many wires are not, since nobody could follow that many."""

    stack: str
    resources: int
    boxes: tuple[Box, ...]
    wires: tuple[Wire, ...]
    left_out: int = 0

    @property
    def heading(self) -> str:
        """What stands above it."""
        rest = f", {self.left_out:,} lines left out" if self.left_out else ""
        return f"{self.stack}: {counted(self.resources)}{rest}"


@dataclass(frozen=True, slots=True)
class _Tie:
    """One reason for a wire."""

    source: str
    target: str
    kind: Kind
    port: str = ""
    why: str = ""


def overview(stack: Stack) -> Overview:
    """Boxes by name; wires by what they tell, then by their ends.

    No wire runs within a box, or from an alarm to what it watches.
    """
    boxes = {address: _box(stack, block) for address, block in stack.blocks.items()}
    ties = [tie for tie in _ties(stack, boxes) if tie.source != tie.target]
    wires = sorted(_wires(ties), key=_weight)
    return Overview(
        stack=stack.name,
        resources=len(stack.resources),
        boxes=tuple(_boxes(stack, boxes)),
        wires=tuple(wires[:_MOST]),
        left_out=len(wires[_MOST:]),
    )


def counted(resources: int) -> str:
    """`1 resource`, `2,500 resources`."""
    return "1 resource" if resources == 1 else f"{resources:,} resources"


def foremost(parts: Sequence[tuple[str, int]], most: int) -> list[tuple[str, int]]:
    """At most so many parts; the last stands for all that have no room: `("3 more", 7)`."""
    if len(parts) <= most:
        return list(parts)
    shown, rest = parts[: most - 1], parts[most - 1 :]
    return [*shown, (f"{len(rest)} more", sum(count for _, count in rest))]


def _box(stack: Stack, block: Block) -> str:
    return next(iter(construct_of(stack, block)), ELSEWHERE)


def _boxes(stack: Stack, boxes: Mapping[str, str]) -> Iterator[Box]:
    within: dict[str, Counter[str]] = {name: Counter() for name in boxes.values()}
    counts = Counter(boxes[block.address] for block in stack.resources)
    for block in stack.resources:
        within[boxes[block.address]].update(_part(stack, block))
    for name, parts in sorted(within.items()):
        most_first = sorted(parts.items(), key=lambda part: (-part[1], part[0]))
        yield Box(name, counts[name], tuple(most_first))


def _part(stack: Stack, block: Block) -> tuple[str, ...]:
    """The construct within a box that a block belongs to, if any."""
    steps = construct_of(stack, block)
    return steps[1:2] if steps else (block.type,)


def _watches(stack: Stack, reference: Reference) -> bool:
    watcher = stack.blocks[reference.source].type in _WATCHERS
    return watcher and not reference.argument.endswith(_NOTIFIES)


def _ties(stack: Stack, boxes: Mapping[str, str]) -> Iterator[_Tie]:
    rules: dict[str, dict[str, str]] = {}
    for each in references(stack):
        block = stack.blocks[each.source]
        if block.type in _RULES:
            rules.setdefault(each.source, {})[each.argument] = boxes[each.target]
        elif not _watches(stack, each):
            kind = Kind.PERMISSION if block.type.startswith(_PERMITS) else Kind.USE
            yield _Tie(boxes[each.source], boxes[each.target], kind)
    for address, ends in rules.items():
        yield from _rule(stack.blocks[address], ends, boxes[address])


def _rule(rule: Block, ends: Mapping[str, str], box: str) -> Iterator[_Tie]:
    """Traffic goes from who sends to who answers, whichever of them, or a third, holds the rule."""
    peer = next((ends[each] for each in _PEERS if each in ends), None)
    if peer is None or _OWN not in ends:
        yield from (_Tie(box, end, Kind.USE) for end in ends.values())
        return
    inbound = "ingress" in (rule.body.get("type"), *rule.type.split("_"))
    source, target = (peer, ends[_OWN]) if inbound else (ends[_OWN], peer)
    yield _Tie(source, target, Kind.TRAFFIC, _port(rule), str(rule.body.get("description") or ""))


def _port(rule: Block) -> str:
    protocol = str(rule.body.get("ip_protocol") or rule.body.get("protocol") or "")
    first, last = rule.body.get("from_port"), rule.body.get("to_port")
    if protocol == "-1" or first is None:
        return "all traffic" if protocol == "-1" else protocol
    return f"{protocol} {first}" if first == last else f"{protocol} {first}-{last}"


def _wires(ties: Iterable[_Tie]) -> Iterator[Wire]:
    by_ends: dict[tuple[str, str], list[_Tie]] = {}
    for tie in ties:
        by_ends.setdefault((tie.source, tie.target), []).append(tie)
    for ends, several in by_ends.items():
        kinds = tuple(kind for kind in Kind if any(tie.kind is kind for tie in several))
        yield Wire(*ends, kinds, _all(tie.port for tie in several), _all(tie.why for tie in several))


def _weight(wire: Wire) -> tuple[int, str, str]:
    return list(Kind).index(wire.kinds[0]), wire.source, wire.target


def _all(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({text for text in texts if text}))
