"""Title of a review: its verdict in a word, and one sentence that claims only what the review knows."""

from collections.abc import Iterator

from arqctl.review.model import Review, Verdict

_TITLES = {
    Verdict.NO_CHANGES: ("No changes", "an apply would do nothing"),
    Verdict.PARTIAL: (
        "Partial",
        "a plan is incomplete, and what it would still change or destroy is unknown",
    ),
    Verdict.CHANGES: ("Changes", "no known data loss"),
    Verdict.DANGER: ("Danger", "read what is lost before you approve"),
    Verdict.POLICY: ("Policy", "findings block this deployment"),
}


def title(review: Review) -> tuple[str, str]:
    """Return the verdict's word and its sentence."""
    word, sentence = _TITLES[review.verdict]
    is_evaluated = all(stack.policy for stack in review.stacks)
    if review.verdict is Verdict.CHANGES and is_evaluated and not review.gaps:
        sentence += ", and no policy finding blocks the deployment"
    return word, "; ".join([sentence, *_reservations(review, is_evaluated=is_evaluated)])


def _reservations(review: Review, *, is_evaluated: bool) -> Iterator[str]:
    if review.verdict is Verdict.PARTIAL:
        if any(stack.dangers for stack in review.stacks):
            yield "the planned part has dangers"
        if any(stack.policy and stack.policy.is_blocking for stack in review.stacks):
            yield "policy findings block this deployment"
    if any(stack.checks for stack in review.stacks):
        yield "a check doesn't pass"
    if not is_evaluated:
        yield "the gate didn't evaluate every stack"
    if review.gaps:
        yield "this review has gaps"
