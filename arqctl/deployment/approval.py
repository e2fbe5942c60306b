"""Whether a plan is what was reviewed. What isn't, or is more dangerous by now, isn't deployed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from arqctl.deployment.refusal import RefusedError
from arqctl.deployment.saved import SavedPlan
from arqctl.deployment.telling import planned
from arqctl.errors import InputError, Problem
from arqctl.review.fingerprint import fingerprint

_FINGERPRINT = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class Approval:
    """The fingerprints that were approved."""

    fingerprints: frozenset[str]

    @classmethod
    def given(cls, fingerprints: Sequence[str]) -> "Approval":
        """What a user gave.

        Raises:
            InputError: for what is no fingerprint, no review, or a fingerprint of another review.
        """
        problems = [
            Problem("--reviewed", f"must be 16 hexadecimal digits, got {each!r}", "Copy it from the review")
            for each in fingerprints
            if not _FINGERPRINT.fullmatch(each)
        ]
        if problems:
            raise InputError(problems)
        return cls(frozenset(fingerprints))

    def require(self, plans: Sequence[SavedPlan]) -> None:
        """Let pass what was approved: all of the plans as one, or each that does something by itself.

        Raises:
            RefusedError: for what differs from what was reviewed, and for danger that the review hasn't.
        """
        working = [saved for saved in plans if not saved.does_nothing]
        as_one = fingerprint(saved.plan for saved in plans) in self.fingerprints
        others = [saved for saved in working if not as_one and saved.fingerprint not in self.fingerprints]
        said = [self._differs(saved) for saved in others]
        if said:
            said.append("Have what is planned now reviewed: `arqctl plan`, `arqctl review`")
            raise RefusedError("\n".join(said))

    def of_one(self, saved: SavedPlan) -> "Approval":
        """The approval of a single plan, that `require` let pass."""
        return replace(self, fingerprints=frozenset({saved.fingerprint}))

    def _differs(self, saved: SavedPlan) -> str:
        name = saved.of.stack.name
        heading = f"{name}'s plan isn't what was reviewed: its fingerprint is {saved.fingerprint} now."
        return "\n    ".join([heading, planned(saved.run)])
