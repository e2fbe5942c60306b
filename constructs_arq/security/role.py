"""IAM roles and their trust policies."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from constructs import Construct

from constructs_arq.core.config import collect_problems
from constructs_arq.core.policy import Conditions, Statement, policy_document, statement_id
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.core.values import slugify
from constructs_arq.security.existing_role import ExistingRole, RoleAttributes
from constructs_arq.security.inline_policies import InlinePolicies

# IAM allows 38 characters of prefix, and Terraform adds 26.
_NAME_PREFIX_LENGTH = 38


@dataclass(frozen=True, kw_only=True)
class Trust:
    """The principals that can assume a role, and the conditions."""

    principals: dict[str, str | Sequence[str]]
    actions: Sequence[str] = ("sts:AssumeRole",)
    conditions: Conditions = field(default_factory=dict)

    @classmethod
    def service(cls, name: str, *, conditions: Conditions | None = None) -> "Trust":
        """Trust an AWS service, such as `ec2.amazonaws.com`."""
        return cls(principals={"Service": name}, conditions=conditions or {})

    @classmethod
    def pod_identity(cls, *, cluster_arn: str) -> "Trust":
        """Trust pods of one cluster, through EKS Pod Identity.

        https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
        """
        return cls(
            principals={"Service": "pods.eks.amazonaws.com"},
            actions=("sts:AssumeRole", "sts:TagSession"),
            conditions={"ArnEquals": {"aws:SourceArn": cluster_arn}},
        )


class Role(Construct):
    """An IAM role without permissions at first. Each grant is a separate inline policy.

    So it is one resource, and one line in a plan. `session_hours` limits the session duration. IAM's
    default is one hour. Set `role_name` only if the name must be known before the role exists; otherwise
    Terraform generates it. `permissions_boundary` is the ARN of a policy that replaces the stack's. If the
    stack has one, the path is the environment: delivery roles manage and pass only roles with this path.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        description: str,
        trust: Trust,
        session_hours: int | None = None,
        role_name: str | None = None,
        permissions_boundary: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        self._role = IamRole(
            self,
            "Default",
            path=None if stack.permissions_boundary_arn is None else f"/{stack.environment}/",
            name=role_name,
            name_prefix=None if role_name else stack.name_prefix(logical_name(self), _NAME_PREFIX_LENGTH),
            description=description,
            assume_role_policy=policy_document(
                Statement(
                    sid="Trust",
                    actions=trust.actions,
                    principals=trust.principals,
                    conditions=trust.conditions,
                )
            ),
            max_session_duration=None if session_hours is None else session_hours * 3600,
            permissions_boundary=permissions_boundary or stack.permissions_boundary_arn,
        )
        self.arn: str = self._role.arn
        self.name: str = self._role.name
        self._policies = InlinePolicies(self, role_name=self.name)

    @staticmethod
    def from_name(scope: Construct, id: str, *, name: str) -> ExistingRole:
        """Return an existing role in the account of the stack. Each grant adds an inline policy to it.

        Raises:
            ConfigError: if the name is invalid.
        """
        with collect_problems("Role.from_name"):
            attributes = RoleAttributes(name=name)
        return ExistingRole(scope, id, attributes=attributes)

    def allow(
        self, *actions: str, on: str | Sequence[str], policy_name: str, conditions: Conditions | None = None
    ) -> None:
        """Allow `actions` on the resources with ARNs `on`, in the inline policy `policy_name`.

        A repeated identical grant is accepted: two buckets can share a key.

        Raises:
            ConstructError: if a different grant has the same policy name.
        """
        self._policies.allow(actions, on=on, policy_name=policy_name, conditions=conditions)

    def deny(
        self, *actions: str, policy_name: str, on: Sequence[str] = ("*",), except_on: Sequence[str] = ()
    ) -> None:
        """Deny `actions` on the resources with ARNs `on`, or on all resources except those in `except_on`.

        Raises:
            ConstructError: if a different statement has the same policy name.
        """
        self._policies.add(
            policy_name,
            Statement(
                sid=statement_id(policy_name),
                effect="Deny",
                actions=actions,
                resources=() if except_on else on,
                not_resources=except_on,
            ),
        )

    def attach_policy(self, policy: IamPolicy) -> None:
        """Attach a policy that has a fixed name."""
        name = str(policy.name_input)
        IamRolePolicyAttachment(
            self,
            f"managed-{slugify(name)}",
            role=self.name,
            # A literal, which scanners can read.
            policy_arn=Stack.of(self).arn("iam", f"policy/{name}", region=""),
            depends_on=[policy],
        )

    def attach_managed_policy(self, name: str) -> None:
        """Attach an AWS managed policy, by path and name."""
        IamRolePolicyAttachment(
            self,
            f"managed-{slugify(name)}",
            role=self.name,
            policy_arn=Stack.of(self).arn("iam", f"policy/{name}", region="", account_id="aws"),
        )
