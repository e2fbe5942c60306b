"""Renders the top of a page: the verdict in one line, notes, and a table of all stacks.

Its size is bounded, so that the dangers below are on the first screen.
"""

from collections.abc import Iterator, Sequence

from arqctl.review.dedupe import Grouped
from arqctl.review.markdown.budget import Text, plural
from arqctl.review.markdown.escaping import code, link
from arqctl.review.markdown.layout import stack_names
from arqctl.review.markdown.matrix import matrix
from arqctl.review.model import Review, StackReview, Verdict
from arqctl.review.title import title

MARKER = "<!-- arqctl review -->"
"""The first line of the comment, which identifies it for the next edit."""

_TABLE_BYTES = 700
"""Size of the table; the stacks that don't fit are one row."""


def head(review: Review, groups: Sequence[Grouped[StackReview]], *, is_shortened: bool = False) -> Text:
    """Return the marker, the title, the notes, the table and the commits."""
    word, sentence = title(review)
    tone = "NOTE" if review.verdict in (Verdict.NO_CHANGES, Verdict.CHANGES) else "CAUTION"
    return Text(
        f"{MARKER}\n## {word}: {sentence}\n\n"
        f"> [!{tone}]\n> {' '.join(_notes(review, is_shortened=is_shortened))}\n\n"
        f"{matrix(groups, _TABLE_BYTES)}\n"
        f"{' · '.join(_origin(review))}\n"
    )


def _notes(review: Review, *, is_shortened: bool) -> Iterator[str]:
    stacks = review.stacks
    dangers = sum(len(stack.dangers) for stack in stacks)
    scope = " in the part that was planned" if review.verdict is Verdict.PARTIAL else ""
    yield f"**{plural(dangers, 'danger')}**{scope}, listed first." if dangers else f"No danger{scope}."
    yield _policy(stacks)
    if any(stack.policy and stack.policy.snapshot_updates for stack in stacks):
        yield "**Snapshot to be updated**: run `arqctl snapshot update`."
    errored = [stack for stack in stacks if stack.is_errored]
    if errored:
        yield f"**Partial**: the plan of {stack_names(errored)} ended with an error."
    incomplete = [stack for stack in stacks if not stack.is_complete and not stack.is_errored]
    if incomplete:
        yield f"**Partial**: the plan of {stack_names(incomplete)} has deferred changes or only targets."
    simulated = [stack for stack in stacks if stack.is_simulated]
    if simulated:
        where = "" if len(simulated) == len(stacks) else f" of {stack_names(simulated)}"
        yield f"Simulated: the plan{where} was made on offline AWS."
    if review.gaps:
        yield "**This review has gaps**, listed below."
    if is_shortened:
        yield "**Shortened**: the full report is linked at the end."


def _policy(stacks: Sequence[StackReview]) -> str:
    policies = [stack.policy for stack in stacks if stack.policy]
    new = sum(len(each.new) for each in policies)
    unknown = sum(len(each.unknown) for each in policies)
    existing = sum(each.existing for each in policies)
    counts = (
        (new, plural(new, "finding")),
        (unknown, plural(unknown, "unknown result")),
        (existing, f"{existing:,} existing in the base"),
    )
    blocking = ", ".join(text for count, text in counts if count)
    if blocking:
        return f"**Policy blocks the deployment**: {blocking}."
    without_policy = [stack for stack in stacks if not stack.policy]
    if without_policy:
        return f"The gate didn't evaluate {stack_names(without_policy)}."
    return "No policy finding."


def _origin(review: Review) -> Iterator[str]:
    if review.commit:
        yield f"commit {code(review.commit, 40)}"
    if review.base:
        yield f"base {code(review.base, 40)}"
    yield f"fingerprint {code(review.fingerprint, 40)}"
    if (run := link("this run", review.run_url)) != "this run":
        yield run
