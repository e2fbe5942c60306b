"""IAM policy documents as literal JSON: a scanner reads them, where it can't see through an expression."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Conditions = Mapping[str, Mapping[str, str | Sequence[str]]]


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement of a policy. Names and values are IAM's own.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
    """

    sid: str
    actions: Sequence[str]
    resources: Sequence[str] = ()
    not_resources: Sequence[str] = ()
    principals: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    conditions: Conditions = field(default_factory=dict)
    effect: str = "Allow"

    def render(self) -> dict[str, object]:
        """The statement as IAM's JSON has it; what is empty is left out."""
        parts: dict[str, object] = {
            "Sid": self.sid,
            "Effect": self.effect,
            "Principal": dict(self.principals),
            "Action": list(self.actions),
            "Resource": list(self.resources),
            "NotResource": list(self.not_resources),
            "Condition": {operator: dict(tests) for operator, tests in self.conditions.items()},
        }
        return {name: value for name, value in parts.items() if value}


def policy_document(*statements: Statement) -> str:
    """A policy document, as a literal JSON string in which `${...}` references may stand."""
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [statement.render() for statement in statements]}
    )


def statement_id(text: str) -> str:
    """Any text as a statement's id, which takes letters and digits only: "read-assets" is "ReadAssets"."""
    return "".join(
        word[:1].upper() + word[1:] for word in "".join(c if c.isalnum() else " " for c in text).split()
    )
