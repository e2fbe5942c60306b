"""Whether a plan is what was reviewed. What isn't, or is more dangerous by now, isn't deployed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from arqctl.core.errors import InputError, Problem
from arqctl.deploy.progress_output import planned, shortened
from arqctl.deploy.review_diff import differing, grown
from arqctl.plan.fingerprint import fingerprint
from arqctl.review.builder import StackInput, build_review
from arqctl.review.document import from_json
from arqctl.review.model import Review, StackReview
from arqctl.terraform.errors import RefusedError
from arqctl.terraform.plan_file import SavedPlan

_FINGERPRINT = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Approval:
    """The fingerprints that were approved, and the review that they are of, where it was given."""

    fingerprints: frozenset[str]
    review: Review | None = None

    @classmethod
    def given(cls, fingerprints: Sequence[str], file: Path | None) -> "Approval":
        """What a user gave.

        Raises:
            InputError: for what is no fingerprint, no review, or a fingerprint of another review.
        """
        problems = [
            Problem("--reviewed", f"must be 32 hexadecimal digits, got {each!r}", "Copy it from the review")
            for each in fingerprints
            if not _FINGERPRINT.fullmatch(each)
        ]
        if problems:
            raise InputError(problems)
        if file is None:
            return cls(frozenset(fingerprints))
        review = from_json(_read(file), where=str(file))
        known = {review.fingerprint, *(stack.fingerprint for stack in review.stacks)}
        problems = [
            Problem(str(file), f"is the review of {', '.join(sorted(known))}, not of {each}", "Give its own")
            for each in fingerprints
            if each not in known
        ]
        if problems:
            raise InputError(problems)
        return cls(frozenset(fingerprints), review)

    def require(self, plans: Sequence[SavedPlan]) -> None:
        """Let pass what was approved: all of the plans as one, or each that does something by itself.

        Raises:
            RefusedError: for what differs from what was reviewed, for danger that the review hasn't, and for
                what no review can have told of.
        """
        _require_told(plans)
        working = [saved for saved in plans if not saved.does_nothing]
        as_one = fingerprint(saved.plan for saved in plans) in self.fingerprints
        others = [saved for saved in working if not as_one and saved.fingerprint not in self.fingerprints]
        said = [self._differs(saved) for saved in others]
        said += [text for saved in working if (text := self._is_worse(saved))]
        if said:
            said.append("Have what is planned now reviewed: `arqctl plan`, `arqctl review`")
            raise RefusedError("\n".join(said))

    def of_one(self, saved: SavedPlan) -> "Approval":
        """The approval of a single plan, that `require` let pass."""
        return replace(self, fingerprints=frozenset({saved.fingerprint}))

    def _differs(self, saved: SavedPlan) -> str:
        name, reviewed = saved.of.stack.name, self._by_stack.get(saved.of.stack.name)
        if reviewed is None:
            lines = [planned(saved.run)]
        elif reviewed.fingerprint == saved.fingerprint:
            lines = ["it is in the review, but not among what was approved"]
        else:
            lines = shortened(differing(_review(saved), reviewed))
        heading = f"{name}'s plan isn't what was reviewed: its fingerprint is {saved.fingerprint} now."
        return "\n    ".join([heading, *lines])

    def _is_worse(self, saved: SavedPlan) -> str:
        """An equal fingerprint doesn't rule it out: what guards that which is deleted is no part of it."""
        if self.review is None:
            return ""
        reviewed = self._by_stack.get(saved.of.stack.name)
        found = grown(_review(saved).dangers, reviewed.dangers if reviewed else ())
        heading = f"{saved.of.stack.name} is more dangerous than what was reviewed:"
        return "\n    ".join([heading, *shortened(found)]) if found else ""

    @cached_property
    def _by_stack(self) -> dict[str, StackReview]:
        return {stack.stack: stack for stack in self.review.stacks} if self.review else {}


def _require_told(plans: Sequence[SavedPlan]) -> None:
    found = [f"{saved.of.stack.name}: {line}" for saved in plans for line in saved.untold]
    if found:
        told = "\n    ".join(["what it runs stands in no plan, so nobody reviewed it:", *shortened(found)])
        raise RefusedError(f"{told}\nTake it out of the code; in an emergency, --break-glass")


def _review(saved: SavedPlan) -> StackReview:
    return build_review([StackInput(saved.plan)]).stacks[0]


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fix = "Give the review.json that `arqctl review --out-dir DIR` wrote"
        raise InputError([Problem(str(file), f"can't be read: {error}", fix)]) from error
