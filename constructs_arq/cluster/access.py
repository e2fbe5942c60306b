"""Kubernetes API access of IAM roles through EKS access entries."""

from typing import Annotated, Self

from cdktf_cdktf_provider_aws.data_aws_iam_role import DataAwsIamRole
from cdktf_cdktf_provider_aws.eks_access_entry import EksAccessEntry
from cdktf_cdktf_provider_aws.eks_access_policy_association import (
    EksAccessPolicyAssociation,
    EksAccessPolicyAssociationAccessScope,
)
from constructs import Construct
from pydantic import Field, model_validator

from constructs_arq.cluster.reference import ClusterReference
from constructs_arq.core.config import Config, validation_error
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.core.values import literal_identifier, slugify

RoleName = Annotated[
    str,
    literal_identifier(
        r"[\w+=,.@-]{1,64}", kind="the name of an IAM role, without ARN and path", example="platform-admin"
    ),
]

# https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
_POLICIES = {
    "admin": "AmazonEKSClusterAdminPolicy",
    "operator": "AmazonEKSEditPolicy",
    "viewer": "AmazonEKSViewPolicy",
    "auditor": "AmazonEKSAdminViewPolicy",
}


class AccessConfig(Config):
    """IAM roles with access to the whole cluster. All others are denied, including the cluster creator.

    The roles must be in the cluster's account. They may have a path, as those of IAM Identity Center do.
    """

    admins: tuple[RoleName, ...] = Field(
        min_length=1,
        description="Names of roles with full access; include the role that deploys into the cluster.",
    )
    operators: tuple[RoleName, ...] = Field(
        default=(), description="Names of roles that can change workloads, but not permissions or quotas."
    )
    viewers: tuple[RoleName, ...] = Field(
        default=(), description="Names of roles with read access, except to secrets."
    )

    @model_validator(mode="after")
    def _require_unique_roles(self) -> Self:
        # IAM's names are unique without regard to case.
        names = [name.lower() for name in (*self.admins, *self.operators, *self.viewers)]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise validation_error(
                f"must list each IAM role once; duplicates: {', '.join(repeated)}",
                fix="Keep each role only in the list with the most permissions.",
            )
        return self


class AccessEntries(Construct):
    """One access entry for each role, with a cluster-wide access policy.

    Terraform looks up the roles, so a missing role stops the plan. EKS would refuse it after the cluster's
    creation.
    """

    def __init__(self, scope: Construct, id: str, *, cluster: ClusterReference, config: AccessConfig) -> None:
        super().__init__(scope, id)
        self._cluster = cluster
        self._names: set[str] = set()
        for kind, names in (
            ("admin", config.admins),
            ("operator", config.operators),
            ("viewer", config.viewers),
        ):
            for name in names:
                self._add_entry(kind, name)

    def add_admin(self, role_name: str) -> None:
        """Give a role full access, in addition to the roles in the configuration.

        Raises:
            ConstructError: if the role has an access entry.
        """
        self._add_entry("admin", role_name)

    def add_auditor(self, role_name: str) -> None:
        """Allow a role to read everything, also secrets, in addition to the roles in the configuration.

        Terraform needs the secrets for a plan: Helm keeps its releases there.

        Raises:
            ConstructError: if the role has an access entry.
        """
        self._add_entry("auditor", role_name)

    def _add_entry(self, kind: str, role_name: str) -> None:
        if role_name.lower() in self._names:
            raise ConstructError(
                self.node.path,
                f"the role {role_name} has two access entries",
                fix="Remove it from the configuration's lists.",
            )
        self._names.add(role_name.lower())
        entry_id = f"{kind}-{slugify(role_name)}"
        entry = EksAccessEntry(
            self,
            entry_id,
            cluster_name=self._cluster.name_ref,
            principal_arn=DataAwsIamRole(self, f"{entry_id}-role", name=role_name).arn,
            type="STANDARD",
        )
        EksAccessPolicyAssociation(
            self,
            f"{entry_id}-policy",
            cluster_name=self._cluster.name_ref,
            principal_arn=entry.principal_arn,
            policy_arn=Stack.of(self).arn(
                "eks", f"cluster-access-policy/{_POLICIES[kind]}", region="", account_id="aws"
            ),
            access_scope=EksAccessPolicyAssociationAccessScope(type="cluster"),
        )
