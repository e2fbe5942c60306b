"""Kubernetes API access of IAM roles through EKS access entries."""

from typing import Annotated, Self

from cdktf_cdktf_provider_aws.eks_access_entry import EksAccessEntry
from cdktf_cdktf_provider_aws.eks_access_policy_association import (
    EksAccessPolicyAssociation,
    EksAccessPolicyAssociationAccessScope,
)
from constructs import Construct
from pydantic import Field, model_validator

from constructs_arq.cluster.reference import ClusterReference
from constructs_arq.core.config import Config, validation_error
from constructs_arq.core.stack import Stack
from constructs_arq.core.values import slugify

RoleArn = Annotated[str, Field(pattern=r"^arn:aws(-cn|-us-gov)?:iam::\d{12}:role/[A-Za-z0-9_+=,.@/-]+$")]

# https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
_POLICIES = {
    "admin": "AmazonEKSClusterAdminPolicy",
    "operator": "AmazonEKSEditPolicy",
    "viewer": "AmazonEKSViewPolicy",
}


class AccessConfig(Config):
    """IAM roles with access to the whole cluster. All others are denied, including the cluster creator."""

    admins: tuple[RoleArn, ...] = Field(
        min_length=1,
        description="ARNs of roles with full access; include the role that deploys into the cluster.",
    )
    operators: tuple[RoleArn, ...] = Field(
        default=(), description="ARNs of roles that can change workloads, but not permissions or quotas."
    )
    viewers: tuple[RoleArn, ...] = Field(
        default=(), description="ARNs of roles with read access, except to secrets."
    )

    @model_validator(mode="after")
    def _require_unique_roles(self) -> Self:
        arns = [*self.admins, *self.operators, *self.viewers]
        repeated = sorted({arn for arn in arns if arns.count(arn) > 1})
        if repeated:
            raise validation_error(
                f"must list each IAM role once; duplicates: {', '.join(repeated)}",
                fix="Keep each role only in the list with the most permissions.",
            )
        return self


class AccessEntries(Construct):
    """One access entry for each role, with a cluster-wide access policy."""

    def __init__(self, scope: Construct, id: str, *, cluster: ClusterReference, config: AccessConfig) -> None:
        super().__init__(scope, id)
        for kind, arns in (
            ("admin", config.admins),
            ("operator", config.operators),
            ("viewer", config.viewers),
        ):
            for arn in arns:
                self._add_entry(cluster, kind, arn)

    def _add_entry(self, cluster: ClusterReference, kind: str, arn: str) -> None:
        account_and_role = slugify(arn.partition(":iam::")[2])
        entry = EksAccessEntry(
            self,
            f"{kind}-{account_and_role}",
            cluster_name=cluster.name_ref,
            principal_arn=arn,
            type="STANDARD",
        )
        EksAccessPolicyAssociation(
            self,
            f"{kind}-{account_and_role}-policy",
            cluster_name=cluster.name_ref,
            principal_arn=entry.principal_arn,
            policy_arn=Stack.of(self).arn(
                "eks", f"cluster-access-policy/{_POLICIES[kind]}", region="", account_id="aws"
            ),
            access_scope=EksAccessPolicyAssociationAccessScope(type="cluster"),
        )
