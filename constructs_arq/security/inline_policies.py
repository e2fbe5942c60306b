"""Inline policies of an IAM role."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from constructs import Construct

from constructs_arq.core.errors import ConstructError
from constructs_arq.core.policy import Conditions, Statement, policy_document, statement_id
from constructs_arq.core.values import slugify


class InlinePolicies:
    """The inline policies of a role: one resource, and one line in a plan, for each policy name."""

    def __init__(self, scope: Construct, *, role_name: str) -> None:
        self._scope = scope
        self._role_name = role_name
        self._documents: dict[str, str] = {}

    def allow(
        self,
        actions: Sequence[str],
        *,
        on: str | Sequence[str],
        policy_name: str,
        conditions: Conditions | None,
    ) -> None:
        """Allow `actions` on the resources with ARNs `on`.

        Raises:
            ConstructError: if a different statement has the same policy name.
        """
        self.add(
            policy_name,
            Statement(
                sid=statement_id(policy_name),
                actions=actions,
                resources=[on] if isinstance(on, str) else on,
                conditions=conditions or {},
            ),
        )

    def add(self, policy_name: str, statement: Statement) -> None:
        """Add a policy with one statement. A repeated identical statement is accepted.

        Raises:
            ConstructError: if a different statement has the same policy name.
        """
        name = slugify(policy_name)
        document = policy_document(statement)
        before = self._documents.get(name)
        if before == document:
            return
        if before is not None:
            raise ConstructError(
                self._scope.node.path,
                f"has two different statements for the policy name {policy_name!r}",
                fix="Use different policy names.",
            )
        self._documents[name] = document
        IamRolePolicy(self._scope, name, name=name, role=self._role_name, policy=document)
