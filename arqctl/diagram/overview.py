"""Summarizes a stack as boxes (its top-level constructs) and wires: traffic, permissions and references."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from arqctl.core.assembly import Block, Stack
from arqctl.diagram.references import Reference, construct_path, find_references

OUTSIDE_CONSTRUCTS = "in no construct"
"""Box of the resources that are directly in the stack, counted by type."""

# Wires to every monitored resource would hide the others, so they aren't drawn.
_MONITORING_TYPES = (
    "aws_cloudwatch_metric_alarm",
    "aws_cloudwatch_composite_alarm",
    "aws_cloudwatch_dashboard",
)
_NOTIFICATION_SUFFIX = "_actions"
_PERMISSION_PREFIX = "aws_iam_"
_RULE_TYPES = (
    "aws_vpc_security_group_ingress_rule",
    "aws_vpc_security_group_egress_rule",
    "aws_security_group_rule",
)
_OWN_GROUP = "security_group_id"
_PEER_GROUPS = ("referenced_security_group_id", "source_security_group_id")
# Mermaid's own limit.
_MAX_WIRES = 500


class Kind(StrEnum):
    """Kind of a wire, the most important first."""

    TRAFFIC = "traffic"
    PERMISSION = "permission"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Box:
    """A top-level construct with its number of resources, in total and by nested construct, largest first."""

    name: str
    resources: int
    parts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Wire:
    """A wire between two boxes. `ports` (`tcp 5432`) and `descriptions` come from security group rules."""

    source: str
    target: str
    kinds: tuple[Kind, ...]
    ports: tuple[str, ...] = ()
    descriptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """Boxes and wires of a stack, and the number of wires that were omitted for readability."""

    stack: str
    resources: int
    boxes: tuple[Box, ...]
    wires: tuple[Wire, ...]
    omitted: int = 0

    @property
    def heading(self) -> str:
        """Heading above the stack."""
        rest = f", {self.omitted:,} lines omitted" if self.omitted else ""
        return f"{self.stack}: {format_count(self.resources)}{rest}"


@dataclass(frozen=True, slots=True)
class _Relation:
    """One reason for a wire."""

    source: str
    target: str
    kind: Kind
    port: str = ""
    description: str = ""


def summarize_stack(stack: Stack) -> Overview:
    """Summarize a stack. Boxes are sorted by name; wires by kind, then by their ends.

    Wires within a box, and wires from an alarm to its monitored resource, are left out.
    """
    boxes = {address: _box_name(stack, block) for address, block in stack.blocks.items()}
    relations = [relation for relation in _relations(stack, boxes) if relation.source != relation.target]
    wires = sorted(_merge_relations(relations), key=_sort_key)
    return Overview(
        stack=stack.name,
        resources=len(stack.resources),
        boxes=tuple(_boxes(stack, boxes)),
        wires=tuple(wires[:_MAX_WIRES]),
        omitted=len(wires[_MAX_WIRES:]),
    )


def format_count(resources: int) -> str:
    """Format a number of resources: `1 resource`, `2,500 resources`."""
    return "1 resource" if resources == 1 else f"{resources:,} resources"


def top_n(parts: Sequence[tuple[str, int]], limit: int) -> list[tuple[str, int]]:
    """Return at most `limit` parts. The last one may summarize the rest: `("3 more", 7)`."""
    if len(parts) <= limit:
        return list(parts)
    shown, rest = parts[: limit - 1], parts[limit - 1 :]
    return [*shown, (f"{len(rest)} more", sum(count for _, count in rest))]


def _box_name(stack: Stack, block: Block) -> str:
    return next(iter(construct_path(stack, block)), OUTSIDE_CONSTRUCTS)


def _boxes(stack: Stack, boxes: Mapping[str, str]) -> Iterator[Box]:
    parts_by_box: dict[str, Counter[str]] = {name: Counter() for name in boxes.values()}
    counts = Counter(boxes[block.address] for block in stack.resources)
    for block in stack.resources:
        parts_by_box[boxes[block.address]].update(_part(stack, block))
    for name, parts in sorted(parts_by_box.items()):
        most_first = sorted(parts.items(), key=lambda part: (-part[1], part[0]))
        yield Box(name, counts[name], tuple(most_first))


def _part(stack: Stack, block: Block) -> tuple[str, ...]:
    """Return the nested construct that a block belongs to, if any."""
    steps = construct_path(stack, block)
    return steps[1:2] if steps else (block.type,)


def _is_monitoring_reference(stack: Stack, reference: Reference) -> bool:
    is_monitoring = stack.blocks[reference.source].type in _MONITORING_TYPES
    return is_monitoring and not reference.argument.endswith(_NOTIFICATION_SUFFIX)


def _relations(stack: Stack, boxes: Mapping[str, str]) -> Iterator[_Relation]:
    rules: dict[str, dict[str, str]] = {}
    for each in find_references(stack):
        block = stack.blocks[each.source]
        if block.type in _RULE_TYPES:
            rules.setdefault(each.source, {})[each.argument] = boxes[each.target]
        elif not _is_monitoring_reference(stack, each):
            kind = Kind.PERMISSION if block.type.startswith(_PERMISSION_PREFIX) else Kind.REFERENCE
            yield _Relation(boxes[each.source], boxes[each.target], kind)
    for address, groups in rules.items():
        yield from _rule_relations(stack.blocks[address], groups, boxes[address])


def _rule_relations(rule: Block, groups: Mapping[str, str], box: str) -> Iterator[_Relation]:
    """Yield traffic from client to server. Either construct may contain the rule."""
    peer = next((groups[each] for each in _PEER_GROUPS if each in groups), None)
    if peer is None or _OWN_GROUP not in groups:
        yield from (_Relation(box, end, Kind.REFERENCE) for end in groups.values())
        return
    is_inbound = "ingress" in (rule.body.get("type"), *rule.type.split("_"))
    source, target = (peer, groups[_OWN_GROUP]) if is_inbound else (groups[_OWN_GROUP], peer)
    yield _Relation(source, target, Kind.TRAFFIC, _port(rule), str(rule.body.get("description") or ""))


def _port(rule: Block) -> str:
    protocol = str(rule.body.get("ip_protocol") or rule.body.get("protocol") or "")
    first, last = rule.body.get("from_port"), rule.body.get("to_port")
    if protocol == "-1" or first is None:
        return "all traffic" if protocol == "-1" else protocol
    return f"{protocol} {first}" if first == last else f"{protocol} {first}-{last}"


def _merge_relations(relations: Iterable[_Relation]) -> Iterator[Wire]:
    by_ends: dict[tuple[str, str], list[_Relation]] = {}
    for relation in relations:
        by_ends.setdefault((relation.source, relation.target), []).append(relation)
    for groups, several in by_ends.items():
        kinds = tuple(kind for kind in Kind if any(relation.kind is kind for relation in several))
        yield Wire(
            *groups,
            kinds,
            _unique(relation.port for relation in several),
            _unique(relation.description for relation in several),
        )


def _sort_key(wire: Wire) -> tuple[int, str, str]:
    return list(Kind).index(wire.kinds[0]), wire.source, wire.target


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({text for text in texts if text}))
