"""Renders the gate's results: new findings, unknown results, snapshots to update, and waivers."""

from collections.abc import Iterator, Sequence

from arqctl.gate.report import SEVERITIES, Finding, WaivedFinding
from arqctl.review.dedupe import Grouped, group_equal
from arqctl.review.markdown.budget import Part, Text, plural
from arqctl.review.markdown.escaping import code, link, prose
from arqctl.review.markdown.layout import fold, items, occurrences, section, stack_names, subsection
from arqctl.review.model import PolicyDelta, StackReview

_EMPTY = PolicyDelta(0)


def policy(stacks: Sequence[StackReview], *, rank: int) -> Iterator[Part]:
    """Yield the section on findings that block a deployment and on those that are fixed."""
    lost = group_equal(stacks, lambda stack: _policy_of(stack).lost_addresses)
    new = group_equal(stacks, lambda stack: _policy_of(stack).new)
    unknown = group_equal(stacks, lambda stack: _policy_of(stack).unknown)
    parts = (
        *items(
            f"stateful resource missing, though the address list has it: {code(each.value)}"
            f" ({stack_names(each.stacks)})"
            for each in lost
        ),
        *_findings("Findings", new, stacks),
        *_findings("Unknown results, which block too", unknown, stacks),
        *_existing_and_fixed(stacks),
    )
    if parts:
        yield section("### Policy", parts, noun="finding", rank=rank)


def snapshot_updates(stacks: Sequence[StackReview], *, rank: int) -> Iterator[Part]:
    """Yield what `arqctl snapshot update` would write. It doesn't block a deployment."""
    found = group_equal(stacks, lambda stack: _policy_of(stack).snapshot_updates)
    if found:
        lines = items(f"{prose(each.value)} ({stack_names(each.stacks)})" for each in found)
        title = "Snapshot to be updated: run `arqctl snapshot update`"
        yield subsection(title, lines, noun="snapshot", rank=rank)


def waivers(stacks: Sequence[StackReview], *, rank: int) -> Iterator[Part]:
    """Yield the waivers in a fold, sorted by expiry."""
    found = sorted(
        group_equal(stacks, lambda stack: _policy_of(stack).waived),
        key=lambda each: (each.value.days_left, each.value.rule),
    )
    if found:
        days = plural(found[0].value.days_left, "day")
        lines = [Text(f"- {_waiver(each)}\n", each.value.rule) for each in found]
        summary = f"{plural(len(found), 'waiver')}, the next expires in {days}"
        yield fold(summary, lines, noun="waiver", rank=rank)


def _policy_of(stack: StackReview) -> PolicyDelta:
    return stack.policy or _EMPTY


def _findings(title: str, found: Sequence[Grouped[Finding]], stacks: Sequence[StackReview]) -> Iterator[Part]:
    """Yield findings below a title, the most severe first."""
    if found:
        is_compared = all(stack.policy.is_compared for stack in stacks if stack.policy)
        since = "new since the base" if is_compared else "not compared with a base"
        ordered = sorted(found, key=lambda each: (SEVERITIES.index(each.value.severity), each.value.rule))
        lines = [Text(f"- {_finding(each)}\n", each.value.rule) for each in ordered]
        yield subsection(f"{title} ({occurrences(found):,}, {since})", lines, noun="finding")


def _finding(found: Grouped[Finding]) -> str:
    finding = found.value
    rule = link(code(finding.rule, 60), finding.link or "")
    where = f"{code(finding.path)}: {prose(finding.message)} ({stack_names(found.stacks)})"
    return f"{finding.severity} {rule} {where}"


def _waiver(found: Grouped[WaivedFinding]) -> str:
    waived = found.value
    left = f"{plural(waived.days_left, 'day')} left, until {waived.expires}"
    unknown = ", unknown" if waived.unknown else ""
    owner = f"{prose(waived.owner, 60)}, {prose(waived.ticket, 60)}"
    where = f"{code(waived.rule, 60)} {code(waived.path)} ({stack_names(found.stacks)}{unknown})"
    return f"**{left}**: {where}: {prose(waived.reason)} ({owner})"


def _existing_and_fixed(stacks: Sequence[StackReview]) -> Iterator[Part]:
    existing = sum(_policy_of(stack).existing for stack in stacks)
    fixed = sum(_policy_of(stack).fixed for stack in stacks)
    sentences = (
        (existing, f"{plural(existing, 'finding')} of the base still open, which blocks too."),
        (fixed, f"{plural(fixed, 'finding')} of the base fixed."),
    )
    text = " ".join(sentence for count, sentence in sentences if count)
    if text:
        yield Text(f"\n{text}\n")
