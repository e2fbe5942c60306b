"""Renders the changed part of a stack as a Mermaid flowchart that fits into a comment."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from arqctl.core.actions import PAST_TENSE, past_tense
from arqctl.core.assembly import Stack
from arqctl.diagram.mermaid import Line, Node, escape, render_flowchart
from arqctl.diagram.references import Reference, construct_path, find_references

_MAX_NODES, _MAX_LINES, _MAX_CHARACTERS = 60, 120, 8_000

_IGNORED = frozenset({"no-op", "read"})
_UNCHANGED = "unchanged"
_OTHER = "other"
# Deleted resources and resources of modules aren't in the configuration.
_OUTSIDE_CONSTRUCTS = "in no construct"
# Text and fill colors are both set, so that nodes are readable on light and dark pages.
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

_NodeKey = Callable[[str], str]


def render_changes(stack: Stack, actions: Mapping[str, str]) -> str:
    """Render a plan's changes as a Mermaid flowchart without its fence; "" if nothing changes.

    `actions` has the plan's action of each address, such as `create`, `replace` or Terraform's
    `delete-create`. Resources are grouped by construct, with unchanged neighbors in grey. A line leads from a
    resource to one that it references. A graph over 60 nodes, 120 lines or 8,000 characters is summarized by
    construct, at last as one count. The output is ASCII, and escapes all text of the plan.
    """
    counts = _action_counts(stack, actions)
    if not counts:
        return ""
    references = find_references(stack)
    return next(text for text in _candidates(stack, counts, references) if text)


def _candidates(
    stack: Stack, counts: Mapping[str, Counter[str]], references: tuple[Reference, ...]
) -> Iterator[str]:
    yield _resource_graph(stack, counts, references, _unchanged_neighbors(counts, references))
    yield _resource_graph(stack, counts, references, ())
    yield _construct_graph(stack, counts, references, None)
    yield _construct_graph(stack, counts, references, 1)
    total = sum(counts.values(), Counter())
    yield render_flowchart({"all": _make_node(total, ())}, (), _STYLES)


def _action_counts(stack: Stack, actions: Mapping[str, str]) -> Mapping[str, Counter[str]]:
    """Count the actions of each block, all instances (`aws_eip.nat[0]`) together."""
    counts: dict[str, Counter[str]] = {}
    for address, action in sorted(actions.items()):
        if action not in _IGNORED:
            block = address.partition("[")[0]
            key = block if block in stack.blocks else address
            counts.setdefault(key, Counter())[past_tense(action)] += 1
    return counts


def _unchanged_neighbors(
    counts: Mapping[str, Counter[str]], references: tuple[Reference, ...]
) -> tuple[str, ...]:
    ends = {end for each in references for end in (each.source, each.target) if _is_changed(each, counts)}
    return tuple(sorted(ends - counts.keys()))


def _is_changed(reference: Reference, counts: Mapping[str, Counter[str]]) -> bool:
    return reference.source in counts or reference.target in counts


def _resource_graph(
    stack: Stack,
    counts: Mapping[str, Counter[str]],
    references: tuple[Reference, ...],
    neighbors: tuple[str, ...],
) -> str:
    if len(counts) + len(neighbors) > _MAX_NODES:
        return ""
    nodes: dict[str, Node] = {}
    for address in (*counts, *neighbors):
        block = stack.blocks.get(address)
        groups = construct_path(stack, block) if block else (_OUTSIDE_CONSTRUCTS,)
        name_lines = (block.type, block.path.rpartition("/")[2]) if block else (address,)
        nodes[address] = _make_node(counts.get(address, Counter()), name_lines, groups)
    ordered = dict(sorted(nodes.items(), key=lambda item: (item[1].groups, item[0])))
    return _render_within_limits(ordered, _graph_lines(references, lambda address: address, counts, nodes))


def _construct_graph(
    stack: Stack,
    counts: Mapping[str, Counter[str]],
    references: tuple[Reference, ...],
    depth: int | None,
) -> str:
    """Render one node per construct; `depth` limits the length of its path."""
    constructs = {
        address: "/".join(construct_path(stack, block)[:depth]) or stack.name
        for address, block in stack.blocks.items()
    }
    counts_by_construct: dict[str, Counter[str]] = {}
    for address, actions in counts.items():
        counts_by_construct.setdefault(constructs.get(address, _OUTSIDE_CONSTRUCTS), Counter()).update(
            actions
        )
    if len(counts_by_construct) > _MAX_NODES:
        return ""
    nodes = {path: _make_node(actions, (path,)) for path, actions in sorted(counts_by_construct.items())}
    return _render_within_limits(nodes, _graph_lines(references, constructs.__getitem__, counts, nodes))


def _graph_lines(
    references: tuple[Reference, ...],
    key: _NodeKey,
    counts: Mapping[str, Counter[str]],
    nodes: Mapping[str, Node],
) -> list[Line]:
    ends = {(key(each.source), key(each.target)) for each in references if _is_changed(each, counts)}
    return [Line(*pair) for pair in sorted(ends) if pair[0] != pair[1] and nodes.keys() >= set(pair)]


def _render_within_limits(nodes: Mapping[str, Node], lines: list[Line]) -> str:
    if len(lines) > _MAX_LINES:
        return ""
    text = render_flowchart(nodes, lines, _STYLES)
    return text if len(text) <= _MAX_CHARACTERS else ""


def _make_node(actions: Counter[str], name_lines: tuple[str, ...], groups: tuple[str, ...] = ()) -> Node:
    """Make a node that also names the action of its color: `replaced`, or `2 updated, 1 created`."""
    order = [*PAST_TENSE.values(), *sorted(actions.keys() - set(PAST_TENSE.values()))]
    words = [word for word in order if actions[word]]
    many = actions.total() > 1
    label = ", ".join(f"{actions[word]} {escape(word)}" if many else escape(word) for word in words)
    style = next((word if word in _STYLES else _OTHER for word in words), _UNCHANGED)
    lines = tuple(escape(each) for each in name_lines if each != "Default")
    return Node((label or _UNCHANGED, *lines), style, groups)
