"""Renders the review as Markdown: a pull request's comment, and a full report.

Danger comes first and is shortened last. Nothing is cut in the middle: parts that don't fit are counted by
kind.
"""

from collections.abc import Iterator, Sequence

from arqctl.plan.access.access_diff import Direction
from arqctl.review.dedupe import ENVIRONMENT_PLACEHOLDER, Grouped, group_stacks
from arqctl.review.markdown.access import access
from arqctl.review.markdown.budget import Part, Text, share
from arqctl.review.markdown.cost import costs
from arqctl.review.markdown.danger import danger
from arqctl.review.markdown.escaping import link, prose
from arqctl.review.markdown.head import MARKER, head
from arqctl.review.markdown.layout import bundle
from arqctl.review.markdown.matrix import stack_table
from arqctl.review.markdown.policy import policy, snapshot_updates, waivers
from arqctl.review.markdown.stacks import details
from arqctl.review.model import Review, StackReview

__all__ = ["MARKER", "comment", "report"]

_COMMENT_BYTES = 65_536
_REPORT_BYTES = 1_048_576
_GAP_CHARACTERS = 500
_GAPS_SHOWN = 8


def comment(review: Review) -> str:
    """Return the pull request's comment: at most 65,536 bytes, and so at most as many characters."""
    return _page(review, _COMMENT_BYTES)


def report(review: Review) -> str:
    """Return the full report for a step summary, which holds 1 MiB."""
    return _page(review, _REPORT_BYTES)


def _page(review: Review, limit: int) -> str:
    groups = group_stacks(review.stacks)
    parts = (head(review, groups), *_sections(review, groups), _foot(review, is_shortened=False))
    if sum(part.full for part in parts) > limit:
        shortened_head = head(review, groups, is_shortened=True)
        parts = (shortened_head, *parts[1:-1], _foot(review, is_shortened=True))
    return "".join(share(parts, limit))


def _sections(review: Review, groups: Sequence[Grouped[StackReview]]) -> Iterator[Part]:
    """Yield the sections in reading order. Danger is allotted space first; the others share the rest."""
    stacks = review.stacks
    yield from danger(stacks, rank=1)
    yield from _gaps(review)
    yield from policy(stacks, rank=2)
    yield from snapshot_updates(stacks, rank=2)
    yield from access(stacks, Direction.BROADENED, rank=2)
    yield from access(stacks, Direction.REDUCED, rank=2)
    yield from bundle([part for group in groups for part in details(group)], noun="detail", rank=2)
    yield from costs(stacks, rank=2)
    yield from waivers(stacks, rank=2)
    if len(stacks) > 1:
        yield stack_table(stacks, rank=2)


def _gaps(review: Review) -> Iterator[Part]:
    """Yield the reasons why parts of the review are missing."""
    if review.gaps:
        listed = "".join(f"- {prose(gap, _GAP_CHARACTERS)}\n" for gap in review.gaps[:_GAPS_SHOWN])
        more = len(review.gaps) - _GAPS_SHOWN
        yield Text(f"\n### Gaps in this review\n\n{listed}" + (f"- and {more:,} more\n" if more > 0 else ""))


def _foot(review: Review, *, is_shortened: bool) -> Part:
    """Return where the full report is, and what the placeholder stands for."""
    run = link("this run", review.run_url)
    linked = f"The full report is in the summary of {run}."
    full_report = linked if run != "this run" else "`arqctl review --out-dir DIR` writes the full report."
    shortened = "**This page was shortened to fit.** " if is_shortened else ""
    placeholder = (
        f" `{ENVIRONMENT_PLACEHOLDER}` is the name of each environment." if len(review.stacks) > 1 else ""
    )
    return Text(f"\n{shortened}{full_report}{placeholder}\n")
