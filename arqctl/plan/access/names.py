"""Looks up security groups by id, and managed policies and their holders by ARN."""

from collections import defaultdict
from collections.abc import Iterable
from typing import ClassVar

from arqctl.core.json_access import Json
from arqctl.plan.model import ResourceChange

_SECURITY_GROUPS = ("aws_security_group", "aws_default_security_group")


class NameLookup:
    """Lookup over all rows of a plan, for both sides of the change. It holds no sensitive value."""

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
            change = row.change
            for is_after, values, mask in (
                (False, change.before, change.before_sensitive),
                (True, change.after, change.after_sensitive),
            ):
                if isinstance(values, dict):
                    self._add(row, _unmarked(values, mask), is_after)

    def group(self, id_: str) -> str:
        """Return a security group's address, or its id if the plan doesn't have it."""
        return self._groups.get(id_, id_)

    def policy(self, arn: str, is_after: bool) -> str:
        """Return a managed policy's document, or "" if the plan doesn't have it."""
        return self._policies.get((arn, is_after), "")

    def holders(self, arn: str, is_after: bool) -> list[str]:
        """Return the holders of a managed policy that the plan has, such as `role api`."""
        return sorted(self._holders.get((arn, is_after), ()))

    def _add(self, row: ResourceChange, values: dict[str, Json], is_after: bool) -> None:
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


def _unmarked(values: dict[str, Json], mask: Json) -> dict[str, Json]:
    """Return the values without sensitive ones."""
    if not isinstance(mask, dict):
        return {} if mask is True else values
    return {name: value for name, value in values.items() if mask.get(name) is not True}
