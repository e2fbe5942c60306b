"""The review as Markdown: one comment for a pull request, and the whole of it for a report.

Danger stands first and is shortened last. Nothing in it is cut: what has no room is counted, by kind.
"""

from collections.abc import Iterator

from arqctl.plan.access.access_diff import Direction
from arqctl.review.dedupe import OWN_NAME, merged
from arqctl.review.markdown.access import access
from arqctl.review.markdown.budget import Part, Text, share
from arqctl.review.markdown.cost import costs
from arqctl.review.markdown.danger import danger
from arqctl.review.markdown.escaping import link, prose
from arqctl.review.markdown.head import MARKER, head
from arqctl.review.markdown.layout import bundle
from arqctl.review.markdown.matrix import every_stack
from arqctl.review.markdown.policy import policy, waivers
from arqctl.review.markdown.stacks import details
from arqctl.review.model import Review

__all__ = ["MARKER", "comment", "report"]

_COMMENT = 65_536
_REPORT = 1_048_576
_GAP, _GAPS = 500, 8
"""Characters of a reason, and reasons that are told."""


def comment(review: Review) -> str:
    """A pull request's comment: at most 65,536 bytes, and so at most as many characters."""
    return _page(review, _COMMENT)


def report(review: Review) -> str:
    """The same for a step's summary, which holds 1 MiB: nearly always the whole."""
    return _page(review, _REPORT)


def _page(review: Review, limit: int) -> str:
    return "".join(share(tuple(_sections(review)), limit))


def _sections(review: Review) -> Iterator[Part]:
    """In the order of reading. Danger has room before all others, which share what it leaves."""
    stacks, groups = review.stacks, merged(review.stacks)
    yield head(review, groups)
    yield from danger(stacks, rank=1)
    yield from _gaps(review)
    yield from policy(stacks, rank=2)
    yield from access(stacks, Direction.ALLOWED, rank=2)
    yield from access(stacks, Direction.TAKEN_AWAY, rank=2)
    yield from bundle([part for group in groups for part in details(group)], noun="detail", rank=2)
    yield from costs(stacks, rank=2)
    yield from waivers(stacks, rank=2)
    if len(stacks) > 1:
        yield every_stack(stacks, rank=2)
    yield _foot(review)


def _gaps(review: Review) -> Iterator[Part]:
    """What could not be done, and why. There are as many as environments, and one for the base."""
    if review.gaps:
        told = "".join(f"- {prose(gap, _GAP)}\n" for gap in review.gaps[:_GAPS])
        more = len(review.gaps) - _GAPS
        yield Text(f"\n### Could not be done\n\n{told}" + (f"- and {more:,} more\n" if more > 0 else ""))


def _foot(review: Review) -> Part:
    """Where the whole is, and what the sign for an environment's own name means."""
    run = link("this run", review.run_url)
    linked = f"The whole report is in the summary of {run}"
    where = linked if run != "this run" else "`arqctl review` writes the whole report"
    own = f", and `{OWN_NAME}` stands for each environment's own name" if len(review.stacks) > 1 else ""
    return Text(f"\n{where}{own}.\n")
