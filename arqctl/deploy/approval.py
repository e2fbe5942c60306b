"""Compares plans with the approved fingerprints and with their review."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from arqctl.core.errors import InputError, Problem
from arqctl.deploy.progress_output import plan_summary, truncate
from arqctl.deploy.review_diff import diff, new_risks
from arqctl.plan.fingerprint import fingerprint
from arqctl.review.builder import StackInput, build_review
from arqctl.review.document import from_json
from arqctl.review.model import Review, StackReview
from arqctl.terraform.errors import RefusedError
from arqctl.terraform.plan_file import SavedPlan

_FINGERPRINT = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Approval:
    """The approved fingerprints and, with `--review-file`, the review that contains them."""

    fingerprints: frozenset[str]
    review: Review | None = None

    @classmethod
    def parse(cls, fingerprints: Sequence[str], review_file: Path | None) -> "Approval":
        """Parse the values of `--approve` and `--review-file`.

        Raises:
            InputError: for an invalid fingerprint, an unreadable review, or a fingerprint that the review
                does not contain.
        """
        problems = [
            Problem("--approve", f"must be 32 hexadecimal digits, got {each!r}", "Copy it from the review")
            for each in fingerprints
            if not _FINGERPRINT.fullmatch(each)
        ]
        if problems:
            raise InputError(problems)
        if review_file is None:
            return cls(frozenset(fingerprints))
        review = from_json(_read(review_file), where=str(review_file))
        partial = [stack.stack for stack in review.stacks if stack.is_partial]
        if partial:
            fix = "Complete the plan, and review and approve it again"
            problems = [
                Problem(str(review_file), f"has an incomplete plan of {name}", fix) for name in partial
            ]
            raise InputError(problems)
        known = {review.fingerprint, *(stack.fingerprint for stack in review.stacks)}
        fix = "Use the review.json of the approved review"
        problems = [
            Problem(str(review_file), f"contains {', '.join(sorted(known))}, but not {each}", fix)
            for each in fingerprints
            if each not in known
        ]
        if problems:
            raise InputError(problems)
        return cls(frozenset(fingerprints), review)

    def require_approved(self, plans: Sequence[SavedPlan]) -> None:
        """Raise unless the plans are approved: all by one fingerprint, or each plan with changes by its own.

        Raises:
            RefusedError: for plans that differ from the approved ones, for dangers that the review does not
                contain, and for effects that a plan does not contain.
        """
        _reject_unreviewable(plans)
        with_changes = [saved for saved in plans if not saved.is_empty]
        approved_together = fingerprint(saved.plan for saved in plans) in self.fingerprints
        unapproved = [
            saved
            for saved in with_changes
            if not approved_together and saved.fingerprint not in self.fingerprints
        ]
        messages = [self._difference_message(saved) for saved in unapproved]
        messages += [text for saved in with_changes if (text := self._new_danger_message(saved))]
        if messages:
            messages.append("Review the current plan and approve it: `arqctl plan`, `arqctl review`")
            raise RefusedError("\n".join(messages))

    def for_stack(self, saved: SavedPlan) -> "Approval":
        """Return the approval of one plan that `require_approved` accepted."""
        return replace(self, fingerprints=frozenset({saved.fingerprint}))

    def _difference_message(self, saved: SavedPlan) -> str:
        name, reviewed = saved.stack.name, self._reviewed_stacks.get(saved.stack.name)
        if reviewed is None:
            lines = [plan_summary(saved.run)]
        elif reviewed.fingerprint == saved.fingerprint:
            lines = ["the review contains it, but --approve does not"]
        else:
            lines = truncate(diff(_review(saved), reviewed))
        heading = f"The plan of {name} differs from the approved one. Its fingerprint is {saved.fingerprint}."
        return "\n    ".join([heading, *lines])

    def _new_danger_message(self, saved: SavedPlan) -> str:
        """Describe new dangers, which an equal fingerprint does not rule out.

        The fingerprint does not cover the protections of deleted resources.
        """
        if self.review is None:
            return ""
        reviewed = self._reviewed_stacks.get(saved.stack.name)
        risks = new_risks(_review(saved).dangers, reviewed.dangers if reviewed else ())
        heading = f"The plan of {saved.stack.name} has dangers that the review does not contain:"
        return "\n    ".join([heading, *truncate(risks)]) if risks else ""

    @cached_property
    def _reviewed_stacks(self) -> dict[str, StackReview]:
        return {stack.stack: stack for stack in self.review.stacks} if self.review else {}


def _reject_unreviewable(plans: Sequence[SavedPlan]) -> None:
    effects = [f"{saved.stack.name}: {line}" for saved in plans for line in saved.unreviewable_effects]
    if effects:
        heading = "Provisioners and actions are not in the plan, so they cannot be reviewed:"
        text = "\n    ".join([heading, *truncate(effects)])
        raise RefusedError(f"{text}\nRemove them from the code, or in an emergency use --break-glass")


def _review(saved: SavedPlan) -> StackReview:
    return build_review([StackInput(saved.plan)]).stacks[0]


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fix = "Use the review.json that `arqctl review --out-dir DIR` wrote"
        raise InputError([Problem(str(file), f"cannot be read: {error}", fix)]) from error
