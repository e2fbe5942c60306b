"""An IAM role, and who may take it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from constructs import Construct

from constructs_arq.core.errors import ConstructError
from constructs_arq.core.policy import Conditions, Statement, policy_document, statement_id
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.core.values import slugify

# IAM takes 38 characters of prefix and adds 26 of its own.
_NAME_PREFIX_LENGTH = 38


@dataclass(frozen=True, kw_only=True)
class Trust:
    """Who may take a role, and under which conditions."""

    principals: dict[str, str | Sequence[str]]
    actions: Sequence[str] = ("sts:AssumeRole",)
    conditions: Conditions = field(default_factory=dict)

    @classmethod
    def service(cls, name: str, *, conditions: Conditions | None = None) -> "Trust":
        """An AWS service, such as `ec2.amazonaws.com`."""
        return cls(principals={"Service": name}, conditions=conditions or {})

    @classmethod
    def pod_identity(cls, *, cluster_arn: str) -> "Trust":
        """Pods of one cluster, through EKS Pod Identity.

        https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
        """
        return cls(
            principals={"Service": "pods.eks.amazonaws.com"},
            actions=("sts:AssumeRole", "sts:TagSession"),
            conditions={"ArnEquals": {"aws:SourceArn": cluster_arn}},
        )


class Role(Construct):
    """An IAM role that starts with no permission and gets one inline policy for each purpose.

    One policy a purpose makes each grant a resource of its own: what a change allows is one line of its plan.
    A session lasts as long as its taker asks for, up to `session_hours`: IAM's default is one.
    """

    def __init__(
        self, scope: Construct, id: str, *, purpose: str, trust: Trust, session_hours: int | None = None
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        self._role = IamRole(
            self,
            "Default",
            name_prefix=stack.name_prefix(logical_name(self), _NAME_PREFIX_LENGTH),
            description=purpose,
            assume_role_policy=policy_document(
                Statement(
                    sid="Trust",
                    actions=trust.actions,
                    principals=trust.principals,
                    conditions=trust.conditions,
                )
            ),
            max_session_duration=None if session_hours is None else session_hours * 3600,
        )
        self._granted: dict[str, str] = {}
        self.arn: str = self._role.arn
        self.name: str = self._role.name

    def allow(
        self, *actions: str, on: str | Sequence[str], purpose: str, conditions: Conditions | None = None
    ) -> None:
        """Allow `actions` on the resources with ARNs `on`. `purpose` names the policy.

        The same grant again changes nothing: two buckets that share a key may both be granted.

        Raises:
            ConstructError: when another grant of the same purpose was made before.
        """
        self._put(
            purpose,
            Statement(
                sid=statement_id(purpose),
                actions=actions,
                resources=[on] if isinstance(on, str) else on,
                conditions=conditions or {},
            ),
        )

    def deny(
        self, *actions: str, purpose: str, on: Sequence[str] = ("*",), but_on: Sequence[str] = ()
    ) -> None:
        """Deny `actions` on the resources with ARNs `on`, or on all but those `but_on`, whatever allows them.

        Raises:
            ConstructError: when something else was granted or denied for the same purpose before.
        """
        self._put(
            purpose,
            Statement(
                sid=statement_id(purpose),
                effect="Deny",
                actions=actions,
                resources=() if but_on else on,
                not_resources=but_on,
            ),
        )

    def attach_managed_policy(self, name: str) -> None:
        """Attach one of AWS's own managed policies, by its path and name."""
        IamRolePolicyAttachment(
            self,
            f"managed-{slugify(name)}",
            role=self.name,
            policy_arn=Stack.of(self).arn("iam", f"policy/{name}", region="", account_id="aws"),
        )

    def _put(self, purpose: str, statement: Statement) -> None:
        name = slugify(purpose)
        granted = policy_document(statement)
        before = self._granted.get(name)
        if before == granted:
            return
        if before is not None:
            raise ConstructError(
                self.node.path,
                f"is allowed two different things for the purpose {purpose!r}",
                fix="Give each its own purpose.",
            )
        self._granted[name] = granted
        IamRolePolicy(self, name, name=name, role=self.name, policy=granted)
