"""The changed part of a stack as a Mermaid flowchart: small enough for a comment, whatever comes in."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from arqctl.core.actions import PAST_TENSE, past_tense
from arqctl.core.assembly import Stack
from arqctl.diagram.flowchart import Line, Node, flowchart, safe
from arqctl.diagram.graph import Reference, construct_of, references

_NODES, _LINES, _CHARACTERS = 60, 120, 8_000

_IGNORED = frozenset({"no-op", "read"})
_UNCHANGED = "unchanged"
_OTHER = "other"
# What is deleted has left the configuration, and what a module makes never stood in it.
_ELSEWHERE = "in no construct"
# Text and fill are both given, so that neither a light nor a dark page decides whether it can be read.
_STYLES = {
    "deleted": "fill:#ffd7d5,stroke:#b42318,color:#1f2328,stroke-width:3px",
    "replaced": "fill:#ffe2c2,stroke:#bc4c00,color:#1f2328,stroke-width:3px",
    "forgotten": "fill:#eadcff,stroke:#6639ba,color:#1f2328,stroke-width:3px",
    "updated": "fill:#fff3b0,stroke:#7d5c00,color:#1f2328",
    "created": "fill:#d3f5db,stroke:#1a6b34,color:#1f2328",
    "imported": "fill:#d6e9ff,stroke:#0a58b0,color:#1f2328",
    "moved": "fill:#d6e9ff,stroke:#0a58b0,color:#1f2328",
    _OTHER: "fill:#ffffff,stroke:#57606a,color:#1f2328",
    _UNCHANGED: "fill:#eaeef2,stroke:#8c959f,color:#57606a,stroke-dasharray:4 3",
}

_Key = Callable[[str], str]


def changed_graph(stack: Stack, actions: Mapping[str, str]) -> str:
    """What a plan changes, as a Mermaid flowchart without its fence; "" when it changes nothing.

    `actions` has the plan's action of each address: `create`, `update`, `delete`, `replace`, or Terraform's
    `delete-create`. Resources stand in their constructs, with their unchanged neighbours in grey, and a line
    leads from who names to who is named. What has no room is told by construct, and at last by count: at most
    60 nodes, 120 lines and 8,000 characters. All of it is ASCII, and no text of a plan has a meaning in it.
    """
    counted = _counted(stack, actions)
    if not counted:
        return ""
    named = references(stack)
    return next(text for text in _ever_smaller(stack, counted, named) if text)


def _ever_smaller(
    stack: Stack, counted: Mapping[str, Counter[str]], named: tuple[Reference, ...]
) -> Iterator[str]:
    yield _resources(stack, counted, named, _neighbours(counted, named))
    yield _resources(stack, counted, named, ())
    yield _constructs(stack, counted, named, None)
    yield _constructs(stack, counted, named, 1)
    total = sum(counted.values(), Counter())
    yield flowchart({"all": _node(total, ())}, (), _STYLES)


def _counted(stack: Stack, actions: Mapping[str, str]) -> Mapping[str, Counter[str]]:
    """How often what happens to each block. All instances of a block (`aws_eip.nat[0]`) are told as one."""
    counted: dict[str, Counter[str]] = {}
    for address, action in sorted(actions.items()):
        if action not in _IGNORED:
            block = address.partition("[")[0]
            key = block if block in stack.blocks else address
            counted.setdefault(key, Counter())[past_tense(action)] += 1
    return counted


def _neighbours(counted: Mapping[str, Counter[str]], named: tuple[Reference, ...]) -> tuple[str, ...]:
    ends = {end for each in named for end in (each.source, each.target) if _touches(each, counted)}
    return tuple(sorted(ends - counted.keys()))


def _touches(reference: Reference, counted: Mapping[str, Counter[str]]) -> bool:
    return reference.source in counted or reference.target in counted


def _resources(
    stack: Stack,
    counted: Mapping[str, Counter[str]],
    named: tuple[Reference, ...],
    neighbours: tuple[str, ...],
) -> str:
    if len(counted) + len(neighbours) > _NODES:
        return ""
    nodes: dict[str, Node] = {}
    for address in (*counted, *neighbours):
        block = stack.blocks.get(address)
        groups = construct_of(stack, block) if block else (_ELSEWHERE,)
        what = (block.type, block.path.rpartition("/")[2]) if block else (address,)
        nodes[address] = _node(counted.get(address, Counter()), what, groups)
    ordered = dict(sorted(nodes.items(), key=lambda item: (item[1].groups, item[0])))
    return _within(ordered, _lines(named, lambda address: address, counted, nodes))


def _constructs(
    stack: Stack, counted: Mapping[str, Counter[str]], named: tuple[Reference, ...], depth: int | None
) -> str:
    """One node a construct; `depth` is how many steps of its path are told apart."""
    places = {
        address: "/".join(construct_of(stack, block)[:depth]) or stack.name
        for address, block in stack.blocks.items()
    }
    summed: dict[str, Counter[str]] = {}
    for address, happens in counted.items():
        summed.setdefault(places.get(address, _ELSEWHERE), Counter()).update(happens)
    if len(summed) > _NODES:
        return ""
    nodes = {place: _node(happens, (place,)) for place, happens in sorted(summed.items())}
    return _within(nodes, _lines(named, places.__getitem__, counted, nodes))


def _lines(
    named: tuple[Reference, ...], key: _Key, counted: Mapping[str, Counter[str]], nodes: Mapping[str, Node]
) -> list[Line]:
    ends = {(key(each.source), key(each.target)) for each in named if _touches(each, counted)}
    return [Line(*pair) for pair in sorted(ends) if pair[0] != pair[1] and nodes.keys() >= set(pair)]


def _within(nodes: Mapping[str, Node], lines: list[Line]) -> str:
    if len(lines) > _LINES:
        return ""
    text = flowchart(nodes, lines, _STYLES)
    return text if len(text) <= _CHARACTERS else ""


def _node(happens: Counter[str], what: tuple[str, ...], groups: tuple[str, ...] = ()) -> Node:
    """A box that says in words what its colour says: `replaced`, or `2 updated, 1 created`."""
    order = [*PAST_TENSE.values(), *sorted(happens.keys() - set(PAST_TENSE.values()))]
    words = [word for word in order if happens[word]]
    many = happens.total() > 1
    says = ", ".join(f"{happens[word]} {safe(word)}" if many else safe(word) for word in words)
    style = next((word if word in _STYLES else _OTHER for word in words), _UNCHANGED)
    named = tuple(safe(each) for each in what if each != "Default")
    return Node((says or _UNCHANGED, *named), style, groups)
