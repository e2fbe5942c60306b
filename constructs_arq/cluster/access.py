"""Who may do what in the Kubernetes API: IAM roles, entered by what they are for."""

from typing import Annotated, Self

from cdktf_cdktf_provider_aws.eks_access_entry import EksAccessEntry
from cdktf_cdktf_provider_aws.eks_access_policy_association import (
    EksAccessPolicyAssociation,
    EksAccessPolicyAssociationAccessScope,
)
from constructs import Construct
from pydantic import Field, model_validator

from constructs_arq.cluster.reference import ClusterReference
from constructs_arq.core.config import Config, wrong
from constructs_arq.core.values import slug

RoleArn = Annotated[str, Field(pattern=r"^arn:aws:iam::\d{12}:role/[A-Za-z0-9_+=,.@/-]+$")]

# https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
_POLICIES = {
    "admin": "AmazonEKSClusterAdminPolicy",
    "operator": "AmazonEKSEditPolicy",
    "viewer": "AmazonEKSViewPolicy",
}


class AccessConfig(Config):
    """IAM roles by what they may do in the whole cluster. Nobody else gets in, not even its maker."""

    admins: tuple[RoleArn, ...] = Field(
        min_length=1,
        description="ARNs of roles that may do everything; the one that deploys into the cluster is one.",
    )
    operators: tuple[RoleArn, ...] = Field(
        default=(), description="ARNs of roles that may change workloads, but no permissions or quotas."
    )
    viewers: tuple[RoleArn, ...] = Field(
        default=(), description="ARNs of roles that may look, except at secrets."
    )

    @model_validator(mode="after")
    def _one_role_an_entry(self) -> Self:
        entered = [*self.admins, *self.operators, *self.viewers]
        repeated = sorted({arn for arn in entered if entered.count(arn) > 1})
        if repeated:
            raise wrong(
                f"each IAM role must be named once, unlike {', '.join(repeated)}",
                mend="Leave it where it may do the most.",
            )
        return self


class AccessEntries(Construct):
    """One access entry for each role, with the policy of its kind for the whole cluster."""

    def __init__(self, scope: Construct, id: str, *, cluster: ClusterReference, config: AccessConfig) -> None:
        super().__init__(scope, id)
        for kind, arns in (
            ("admin", config.admins),
            ("operator", config.operators),
            ("viewer", config.viewers),
        ):
            for arn in arns:
                self._enter(cluster, kind, arn)

    def _enter(self, cluster: ClusterReference, kind: str, arn: str) -> None:
        account_and_role = slug(arn.removeprefix("arn:aws:iam::"))
        entry = EksAccessEntry(
            self,
            f"{kind}-{account_and_role}",
            cluster_name=cluster.made_name,
            principal_arn=arn,
            type="STANDARD",
        )
        EksAccessPolicyAssociation(
            self,
            f"{kind}-{account_and_role}-policy",
            cluster_name=cluster.made_name,
            principal_arn=entry.principal_arn,
            policy_arn=f"arn:aws:eks::aws:cluster-access-policy/{_POLICIES[kind]}",
            access_scope=EksAccessPolicyAssociationAccessScope(type="cluster"),
        )
