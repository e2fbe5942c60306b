"""The beginning of a page: the verdict in one line, and what is done where in one table.

It is short whatever comes in, so that danger, which follows, is on the first screen.
"""

from collections.abc import Iterator, Sequence

from arqctl.review.dedupe import Alike
from arqctl.review.markdown.budget import Text, plural
from arqctl.review.markdown.escaping import code, link
from arqctl.review.markdown.layout import named
from arqctl.review.markdown.matrix import matrix
from arqctl.review.model import Review, StackReview, Verdict

MARKER = "<!-- arqctl review -->"
"""The first line, by which the same comment is found and edited."""

_TITLES = {
    Verdict.NOTHING: "Nothing to do: an apply would change nothing",
    Verdict.CHANGES: "Changes: nothing of value is lost, and nothing stops a deployment",
    Verdict.DANGER: "Danger: read what is lost before you approve",
    Verdict.POLICY: "Policy: the gate stops this deployment",
}
_ROOM = 700
"""Bytes of the table; the stacks that have no room are one row."""


def head(review: Review, groups: Sequence[Alike[StackReview]]) -> Text:
    """Marker, title, what to look at, the table, and where all this comes from."""
    tone = "CAUTION" if review.verdict >= Verdict.DANGER else "NOTE"
    return Text(
        f"{MARKER}\n## {_TITLES[review.verdict]}\n\n"
        f"> [!{tone}]\n> {' '.join(_notes(review))}\n\n"
        f"{matrix(groups, _ROOM)}\n"
        f"{' · '.join(_origin(review))}\n"
    )


def _notes(review: Review) -> Iterator[str]:
    """What a reviewer must know of all that follows, in a sentence each."""
    stacks = review.stacks
    dangers = sum(len(stack.dangers) for stack in stacks)
    yield f"**{plural(dangers, 'danger')}**, told first." if dangers else "No danger."
    yield _policy(stacks)
    errored = [stack for stack in stacks if stack.is_errored]
    if errored:
        yield f"**Partial**: planning {named(errored)} ended in an error, and what came after it isn't here."
    incomplete = [stack for stack in stacks if not stack.is_complete and not stack.is_errored]
    if incomplete:
        yield f"Incomplete: of {named(incomplete)} something is put off to a later plan."
    simulated = [stack for stack in stacks if stack.is_simulated]
    if simulated:
        where = "" if len(simulated) == len(stacks) else f" for {named(simulated)}"
        yield f"Simulated: offline AWS answered{where}, not AWS."
    if review.gaps:
        yield "**Not all could be done**, as told below."


def _policy(stacks: Sequence[StackReview]) -> str:
    judged = [stack.judged for stack in stacks if stack.judged]
    counts = {
        "findings": sum(len(each.new) for each in judged),
        "undecided": sum(len(each.undecided) for each in judged),
        "standing since the base": sum(each.standing for each in judged),
        "against the snapshot or the addresses": sum(len(each.breaks) for each in judged),
    }
    told = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    if told:
        return f"**The gate stops it**: {told}."
    unjudged = [stack for stack in stacks if not stack.judged]
    return f"The gate didn't judge {named(unjudged)}." if unjudged else "The gate lets it pass."


def _origin(review: Review) -> Iterator[str]:
    if review.commit:
        yield f"commit {code(review.commit, 40)}"
    if review.base:
        yield f"against {code(review.base, 40)}"
    yield f"fingerprint {code(review.fingerprint, 40)}"
    if (run := link("this run", review.run_url)) != "this run":
        yield run
