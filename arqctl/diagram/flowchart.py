"""Mermaid's flowchart syntax: what nodes, groups and lines look like, and how any text is made harmless."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

BREAK = "<br/>"
"""The one piece of HTML in a label, and never from outside."""

_LONGEST = 80
_HARMLESS = re.compile(r"[A-Za-z0-9 ]|(?<=[A-Za-z0-9])[-_/](?=[A-Za-z0-9])")


@dataclass(frozen=True, slots=True)
class Node:
    """A box. Its lines are safe already; `style` names a class, `groups` are the titles around it."""

    lines: tuple[str, ...]
    style: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line between two nodes, by their keys. `arrow` is Mermaid's own."""

    source: str
    target: str
    arrow: str = "-->"
    label: str = ""


@dataclass(slots=True)
class _Group:
    nodes: list[str] = field(default_factory=list)
    groups: "dict[str, _Group]" = field(default_factory=dict)


def safe(text: str) -> str:
    """Any text as a piece of a label: nothing in it has a meaning in Mermaid, Markdown or HTML.

    Everything but letters, digits and what joins them is written as the number of its character.
    """
    cut = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    printable = "".join(each if each.isprintable() else " " for each in cut).strip()
    return "".join(
        each if _HARMLESS.match(printable, place) else f"#{ord(each)};"
        for place, each in enumerate(printable)
    )


def flowchart(
    nodes: Mapping[str, Node], lines: Iterable[Line], styles: Mapping[str, str], *, direction: str = "LR"
) -> str:
    """A whole flowchart, to be put in a fence. Its names for nodes are numbers: no text stands unquoted."""
    names = {key: f"n{number}" for number, key in enumerate(nodes)}
    root = _Group()
    for key, node in nodes.items():
        group = root
        for title in node.groups:
            group = group.groups.setdefault(title, _Group())
        group.nodes.append(key)
    used = sorted({node.style for node in nodes.values() if node.style})
    written = [f"flowchart {direction}"]
    written += _group(root, nodes, names, "g", "  ")
    written += [f"  {names[each.source]} {_arrow(each)} {names[each.target]}" for each in lines]
    written += [f"  classDef {style} {styles[style]}" for style in used]
    return "\n".join(written) + "\n"


def _group(
    group: _Group, nodes: Mapping[str, Node], names: Mapping[str, str], name: str, indent: str
) -> Iterator[str]:
    for key in group.nodes:
        style = f":::{nodes[key].style}" if nodes[key].style else ""
        yield f'{indent}{names[key]}["{BREAK.join(nodes[key].lines)}"]{style}'
    for number, item in enumerate(group.groups.items()):
        title, inner = _without_lone_steps(*item)
        yield f'{indent}subgraph {name}{number}["{safe(title)}"]'
        yield from _group(inner, nodes, names, f"{name}{number}_", indent + "  ")
        yield f"{indent}end"


def _without_lone_steps(title: str, group: _Group) -> tuple[str, _Group]:
    """A group that holds nothing but one other is one with it: `kube-system/karpenter`."""
    while not group.nodes and len(group.groups) == 1:
        [(step, group)] = group.groups.items()
        title = f"{title}/{step}"
    return title, group


def _arrow(line: Line) -> str:
    return f'{line.arrow}|"{line.label}"|' if line.label else line.arrow
