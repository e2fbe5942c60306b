"""Renders Mermaid flowcharts and escapes untrusted text for them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

LINE_BREAK = "<br/>"
"""The only HTML in labels; text from outside is escaped."""

_MAX_LENGTH = 80
_SAFE_CHARACTER = re.compile(r"[A-Za-z0-9 ]|(?<=[A-Za-z0-9])[-_/](?=[A-Za-z0-9])")


@dataclass(frozen=True, slots=True)
class Node:
    """A box with escaped lines. `style` names a class; `groups` are the titles of its subgraphs."""

    lines: tuple[str, ...]
    style: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line between two nodes, by their keys. `arrow` is in Mermaid syntax."""

    source: str
    target: str
    arrow: str = "-->"
    label: str = ""


@dataclass(slots=True)
class _Group:
    nodes: list[str] = field(default_factory=list)
    groups: "dict[str, _Group]" = field(default_factory=dict)


def escape(text: str) -> str:
    """Escape text for a label in Mermaid, Markdown and HTML.

    Everything except letters, digits and joining characters becomes a numeric character reference.
    """
    cut = text if len(text) <= _MAX_LENGTH else f"{text[: _MAX_LENGTH - 1]}…"
    printable = "".join(each if each.isprintable() else " " for each in cut).strip()
    return "".join(
        each if _SAFE_CHARACTER.match(printable, index) else f"#{ord(each)};"
        for index, each in enumerate(printable)
    )


def render_flowchart(
    nodes: Mapping[str, Node], lines: Iterable[Line], styles: Mapping[str, str], *, direction: str = "LR"
) -> str:
    """Render a flowchart without its fence. Node ids are numbered, so that all text is quoted."""
    names = {key: f"n{number}" for number, key in enumerate(nodes)}
    root = _Group()
    for key, node in nodes.items():
        group = root
        for title in node.groups:
            group = group.groups.setdefault(title, _Group())
        group.nodes.append(key)
    used = sorted({node.style for node in nodes.values() if node.style})
    rendered = [f"flowchart {direction}"]
    rendered += _group(root, nodes, names, "g", "  ")
    rendered += [f"  {names[each.source]} {_format_arrow(each)} {names[each.target]}" for each in lines]
    rendered += [f"  classDef {style} {styles[style]}" for style in used]
    return "\n".join(rendered) + "\n"


def _group(
    group: _Group, nodes: Mapping[str, Node], names: Mapping[str, str], name: str, indent: str
) -> Iterator[str]:
    for key in group.nodes:
        style = f":::{nodes[key].style}" if nodes[key].style else ""
        yield f'{indent}{names[key]}["{LINE_BREAK.join(nodes[key].lines)}"]{style}'
    for number, item in enumerate(group.groups.items()):
        title, inner = _merge_single_groups(*item)
        yield f'{indent}subgraph {name}{number}["{escape(title)}"]'
        yield from _group(inner, nodes, names, f"{name}{number}_", indent + "  ")
        yield f"{indent}end"


def _merge_single_groups(title: str, group: _Group) -> tuple[str, _Group]:
    """Merge a group with its only subgroup: `kube-system/karpenter`."""
    while not group.nodes and len(group.groups) == 1:
        [(step, group)] = group.groups.items()
        title = f"{title}/{step}"
    return title, group


def _format_arrow(line: Line) -> str:
    return f'{line.arrow}|"{line.label}"|' if line.label else line.arrow
