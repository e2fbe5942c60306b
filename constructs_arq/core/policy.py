"""IAM policy documents as literal JSON, which scanners can read, unlike `jsonencode(…)`."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Conditions = Mapping[str, Mapping[str, str | Sequence[str]]]


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A statement of a policy. Names and values are those of IAM.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
    """

    sid: str
    actions: Sequence[str] = ()
    not_actions: Sequence[str] = ()
    resources: Sequence[str] = ()
    not_resources: Sequence[str] = ()
    principals: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    conditions: Conditions = field(default_factory=dict)
    effect: str = "Allow"

    def render(self) -> dict[str, object]:
        """Return the statement as IAM's JSON, without empty elements."""
        parts: dict[str, object] = {
            "Sid": self.sid,
            "Effect": self.effect,
            "Principal": dict(self.principals),
            "Action": list(self.actions),
            "NotAction": list(self.not_actions),
            "Resource": list(self.resources),
            "NotResource": list(self.not_resources),
            "Condition": {operator: dict(tests) for operator, tests in self.conditions.items()},
        }
        return {name: value for name, value in parts.items() if value}


def policy_document(*statements: Statement) -> str:
    """Return a policy document as literal JSON. It can contain `${...}` references."""
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [statement.render() for statement in statements]}
    )


def statement_id(text: str) -> str:
    """Return text as a statement id, which allows ASCII letters and digits: "read-assets" is "ReadAssets"."""
    words = re.findall(r"[A-Za-z0-9]+", text)
    return "".join(word[:1].upper() + word[1:] for word in words)
