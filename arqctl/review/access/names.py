"""What a plan's ids and ARNs stand for: security groups by address, managed policies by who has them."""

from collections import defaultdict
from collections.abc import Iterable
from typing import ClassVar

from arqctl.assembly import Json
from arqctl.review.plan import ResourceChange

_SECURITY_GROUPS = ("aws_security_group", "aws_default_security_group")


class Names:
    """Lookups over all rows of a plan, for each side of the change."""

    holder_arguments: ClassVar[dict[str, str]] = {
        "aws_iam_role_policy_attachment": "role",
        "aws_iam_user_policy_attachment": "user",
        "aws_iam_group_policy_attachment": "group",
    }

    def __init__(self, rows: Iterable[ResourceChange]) -> None:
        self._groups: dict[str, str] = {}
        self._policies: dict[tuple[str, bool], str] = {}
        self._holders: dict[tuple[str, bool], set[str]] = defaultdict(set)
        for row in rows:
            for is_after, values in ((False, row.change.before), (True, row.change.after)):
                if isinstance(values, dict):
                    self._note(row, values, is_after)

    def group(self, id_: str) -> str:
        """A security group's address, or its id where the plan doesn't have it."""
        return self._groups.get(id_, id_)

    def policy(self, arn: str, is_after: bool) -> str:
        """A managed policy's document, or "" where the plan doesn't have it."""
        return self._policies.get((arn, is_after), "")

    def holders(self, arn: str, is_after: bool) -> list[str]:
        """Who has a managed policy, as far as the plan tells: `role api`."""
        return sorted(self._holders.get((arn, is_after), ()))

    def _note(self, row: ResourceChange, values: dict[str, Json], is_after: bool) -> None:
        if row.type in _SECURITY_GROUPS and isinstance(id_ := values.get("id"), str):
            self._groups[id_] = row.address
        elif row.type == "aws_iam_policy":
            arn, document = values.get("arn"), values.get("policy")
            if isinstance(arn, str) and isinstance(document, str):
                self._policies[arn, is_after] = document
        elif argument := self.holder_arguments.get(row.type):
            arn, holder = values.get("policy_arn"), values.get(argument)
            if isinstance(arn, str) and isinstance(holder, str):
                self._holders[arn, is_after].add(f"{argument} {holder}")
