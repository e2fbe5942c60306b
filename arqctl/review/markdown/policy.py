"""What the gate says: what is new, what can't be decided, what breaks, and what is accepted until when."""

from collections.abc import Iterator, Sequence

from arqctl.gate.report import SEVERITIES, Finding, Waived
from arqctl.review.dedupe import Alike, alike
from arqctl.review.markdown.budget import Part, Text, plural
from arqctl.review.markdown.escaping import code, link, prose
from arqctl.review.markdown.layout import fold, items, named, section, subsection, times
from arqctl.review.model import Judged, StackReview

_NOTHING = Judged(0)


def policy(stacks: Sequence[StackReview], *, rank: int) -> Iterator[Part]:
    """The section on what stops a deployment, and on what no longer does."""
    breaks = alike(stacks, lambda stack: _judged(stack).breaks)
    parts = (
        *items(f"{prose(each.told)} ({named(each.stacks)})" for each in breaks),
        *_listed("Findings", alike(stacks, lambda stack: _judged(stack).new), stacks),
        *_listed("Undecided, so not allowed", alike(stacks, lambda stack: _judged(stack).undecided), stacks),
        *_since_the_base(stacks),
    )
    if parts:
        yield section("### Policy", parts, noun="finding", rank=rank)


def waivers(stacks: Sequence[StackReview], *, rank: int) -> Iterator[Part]:
    """What is accepted, at a click. What ends first stands first."""
    found = sorted(
        alike(stacks, lambda stack: _judged(stack).waived),
        key=lambda each: (each.told.days_left, each.told.rule),
    )
    if found:
        ends = plural(found[0].told.days_left, "day")
        lines = [Text(f"- {_waiver(each)}\n", each.told.rule) for each in found]
        yield fold(
            f"{plural(len(found), 'waiver')}, the first ends in {ends}", lines, noun="waiver", rank=rank
        )


def _judged(stack: StackReview) -> Judged:
    return stack.judged or _NOTHING


def _listed(title: str, found: Sequence[Alike[Finding]], stacks: Sequence[StackReview]) -> Iterator[Part]:
    """Findings below a title, the most severe first."""
    if found:
        is_compared = all(stack.judged.is_compared for stack in stacks if stack.judged)
        since = "new since the base" if is_compared else "not compared with a base"
        ordered = sorted(found, key=lambda each: (SEVERITIES.index(each.told.severity), each.told.rule))
        lines = [Text(f"- {_finding(each)}\n", each.told.rule) for each in ordered]
        yield subsection(f"{title} ({times(found):,}, {since})", lines, noun="finding")


def _finding(found: Alike[Finding]) -> str:
    each = found.told
    rule = link(code(each.rule, 60), each.link or "")
    return f"{each.severity} {rule} {code(each.path)}: {prose(each.message)} ({named(found.stacks)})"


def _waiver(found: Alike[Waived]) -> str:
    each = found.told
    left = f"{plural(each.days_left, 'day')} left, until {each.expires}"
    undecided = ", undecided" if each.undecided else ""
    who = f"{prose(each.owner, 60)}, {prose(each.ticket, 60)}"
    where = f"{code(each.rule, 60)} {code(each.path)} ({named(found.stacks)}{undecided})"
    return f"**{left}**: {where}: {prose(each.reason)} ({who})"


def _since_the_base(stacks: Sequence[StackReview]) -> Iterator[Part]:
    standing = sum(_judged(stack).standing for stack in stacks)
    fixed = sum(_judged(stack).fixed for stack in stacks)
    counts = ((standing, "stand as in the base, and stop it too"), (fixed, "of the base are fixed"))
    told = ", ".join(f"{count:,} {what}" for count, what in counts if count)
    if told:
        yield Text(f"\nFindings: {told}.\n")
