"""What is left to tell of stacks that change alike: changes, moves, what is put off, outputs, a picture."""

from collections import Counter
from collections.abc import Iterator, Sequence

from arqctl.review.dedupe import Alike
from arqctl.review.markdown.budget import Group, Part, Text, by_kind, plural
from arqctl.review.markdown.differences import told
from arqctl.review.markdown.escaping import code, fence_for, prose, visible
from arqctl.review.markdown.layout import deed, fold, items, named, section, subsection
from arqctl.review.markdown.resources import by_construct, resource
from arqctl.review.model import Changed, Output, StackReview

_LONGEST_LINE = 1_000
"""Characters of a picture's line."""


def details(group: Alike[StackReview]) -> Iterator[Part]:
    """The section of these stacks, or nothing where there is nothing left to tell."""
    stack = group.told
    parts = (
        *_checks(stack),
        *_losses(stack.losses),
        *_changes(stack.changes),
        *_folded("moved", stack.moves),
        *_folded("imported", stack.imports),
        *_folded("put off to a later plan", stack.deferred),
        *_outputs(stack.outputs),
        *_drift(stack),
        *_picture(group.stacks[0].picture),
    )
    if parts:
        yield section(f"### {named(group.stacks)}", parts, noun="detail")


def _checks(stack: StackReview) -> Iterator[Part]:
    if stack.checks:
        lines = (
            f"**{prose(check.status, 20)}** {code(check.address)}: {prose('; '.join(check.problems))}"
            for check in stack.checks
        )
        yield subsection(f"Checks that don't pass ({len(stack.checks):,})", items(lines), noun="check")


def _losses(losses: Sequence[tuple[str, int]]) -> Iterator[Part]:
    if losses:
        yield Text(
            f"\nDestroyed, replaced or forgotten, and holding nothing: {by_kind(Counter(dict(losses)))}\n"
        )


def _changes(changes: Sequence[Changed]) -> Iterator[Part]:
    if changes:
        parts = (*_rolled(changes), *by_construct(changes))
        yield subsection(f"Changes ({len(changes):,})", parts, noun="change")


def _rolled(changes: Sequence[Changed]) -> Iterator[Part]:
    """What is told by a count only."""
    counted = Counter(each.rolled for each in changes if each.rolled)
    for kind, count in sorted(counted.items()):
        yield Text(f"- {plural(count, f'{kind} update')} omitted\n", kind, count=count)


def _folded(what: str, rows: Sequence[Changed]) -> Iterator[Part]:
    if rows:
        yield fold(f"{plural(len(rows), 'resource')} {what}", tuple(map(resource, rows)), noun="resource")


def _outputs(outputs: Sequence[Output]) -> Iterator[Part]:
    if outputs:
        yield fold(plural(len(outputs), "output"), tuple(map(_output, outputs)), noun="output")


def _output(each: Output) -> Part:
    line = f"- **{deed(each.action)}** {code(each.name)}\n"
    return Group(line, told(each.differences, "  "), line, noun="argument", lead="  - ")


def _drift(stack: StackReview) -> Iterator[Part]:
    """What happened outside Terraform and matters, and how much of it doesn't."""
    parts: list[Part] = [resource(each) for each in stack.drift]
    if stack.drift_left_out:
        left_out = f"{plural(stack.drift_left_out, 'resource')} more, on which nothing here depends"
        parts.append(Text(f"- {left_out}\n"))
    if parts:
        yield fold(
            f"{plural(len(stack.drift), 'resource')} changed outside Terraform", parts, noun="resource"
        )


def _picture(picture: str) -> Iterator[Part]:
    if picture:
        lines = [visible(line, _LONGEST_LINE) for line in picture.splitlines()]
        fence = fence_for(lines)
        drawn = "\n".join([f"{fence}mermaid", *lines, fence])
        yield fold("What changes, as a picture", [Text(f"{drawn}\n")], noun="picture")
