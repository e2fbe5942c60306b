"""Renders the details of a group of stacks: checks, changes, moves, imports, outputs, drift and a diagram."""

from collections import Counter
from collections.abc import Iterator, Sequence

from arqctl.core.actions import action_verb
from arqctl.review.dedupe import Grouped
from arqctl.review.markdown.budget import Group, Part, Text, by_kind, plural
from arqctl.review.markdown.differences import difference_items
from arqctl.review.markdown.escaping import code, fence_for, prose, visible
from arqctl.review.markdown.layout import fold, items, section, stack_names, subsection
from arqctl.review.markdown.resources import by_construct, resource
from arqctl.review.model import ChangedOutput, ChangedResource, StackReview

_LINE_CHARACTERS = 1_000
"""Length of a line of the diagram."""


def details(group: Grouped[StackReview]) -> Iterator[Part]:
    """Yield the section of these stacks, or nothing if there are no details."""
    stack = group.value
    parts = (
        *_checks(stack),
        *_harmless_losses(stack.harmless_losses),
        *_changes(stack.changes),
        *_folded("moved", stack.moves),
        *_folded("imported", stack.imports),
        *_folded("deferred to a later plan", stack.deferred),
        *_outputs(stack.outputs),
        *_drift(stack),
        *_diagram(group.stacks[0].diagram),
    )
    if parts:
        yield section(f"### {stack_names(group.stacks)}", parts, noun="detail")


def _checks(stack: StackReview) -> Iterator[Part]:
    if stack.checks:
        lines = (
            f"**{prose(check.status, 20)}** {code(check.address)}: {prose('; '.join(check.problems))}"
            for check in stack.checks
        )
        yield subsection(f"Checks that don't pass ({len(stack.checks):,})", items(lines), noun="check")


def _harmless_losses(losses: Sequence[tuple[str, int]]) -> Iterator[Part]:
    if losses:
        yield Text(f"\nHarmless types deleted, replaced or forgotten: {by_kind(Counter(dict(losses)))}\n")


def _changes(changes: Sequence[ChangedResource]) -> Iterator[Part]:
    if changes:
        parts = (*_collapsed(changes), *by_construct(changes))
        yield subsection(f"Changes ({len(changes):,})", parts, noun="change")


def _collapsed(changes: Sequence[ChangedResource]) -> Iterator[Part]:
    counts = Counter(each.collapsed for each in changes if each.collapsed)
    for kind, count in sorted(counts.items()):
        yield Text(f"- {plural(count, f'{kind} update')} omitted\n", kind, count=count)


def _folded(what: str, rows: Sequence[ChangedResource]) -> Iterator[Part]:
    if rows:
        yield fold(f"{plural(len(rows), 'resource')} {what}", tuple(map(resource, rows)), noun="resource")


def _outputs(outputs: Sequence[ChangedOutput]) -> Iterator[Part]:
    if outputs:
        yield fold(plural(len(outputs), "output"), tuple(map(_output, outputs)), noun="output")


def _output(each: ChangedOutput) -> Part:
    line = f"- **{action_verb(each.action)}** {code(each.name)}\n"
    return Group(line, difference_items(each.differences, "  "), line, noun="argument", lead="  - ")


def _drift(stack: StackReview) -> Iterator[Part]:
    """Yield the drift that the plan depends on, and the number of other drifted resources."""
    parts: list[Part] = [resource(each) for each in stack.drift]
    if stack.unrelated_drift:
        others = plural(stack.unrelated_drift, "other resource")
        parts.append(Text(f"- {others}, unrelated to the planned changes\n"))
    if parts:
        yield fold(
            f"{plural(len(stack.drift), 'resource')} changed outside Terraform", parts, noun="resource"
        )


def _diagram(mermaid: str) -> Iterator[Part]:
    if mermaid:
        lines = [visible(line, _LINE_CHARACTERS) for line in mermaid.splitlines()]
        fence = fence_for(lines)
        block = "\n".join([f"{fence}mermaid", *lines, fence])
        yield fold("Diagram of the changes", [Text(f"{block}\n")], noun="diagram")
