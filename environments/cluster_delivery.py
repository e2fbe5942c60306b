"""Permissions to deploy and to audit the cluster stack from a workflow.

The Kubernetes API decides about the rest. They name the cluster by pattern and the recovery key by alias,
because the account stack exists before the cluster.
"""

from collections.abc import Sequence

from constructs_arq.core.protocols import StateStore
from constructs_arq.core.stack import Stack
from constructs_arq.security.role import Role
from constructs_arq.storage.image_repository import ImageRepository
from environments.environment import Environment


def allow_cluster_deployments(
    role: Role, stack: Stack, *, state: StateStore, environments: Sequence[Environment]
) -> None:
    """Allow `role` to find the clusters, to read the AWS stacks' states, and to use the cluster stacks' own.

    `environments` are the environment and its standby.

    It also verifies the signatures of images, watches alarms, and records the deployed commit.

    Terraform locks a state with an object beside it:
    https://developer.hashicorp.com/terraform/language/backend/s3#permissions-required
    """
    own = [f"{state.arn}/{each.name}-platform" for each in environments]
    states, locks, records = (
        [f"{each}{ending}" for each in own] for ending in (".tfstate", ".tfstate.tflock", ".commit")
    )
    read = [*_states(state, environments), *locks, *records]
    _allow_finding(role, stack, state, environments)
    role.allow("s3:GetObject", on=read, policy_name="read-state")
    role.allow("s3:PutObject", on=[*states, *locks, *records], policy_name="write-state")
    role.allow("s3:DeleteObject", on=locks, policy_name="unlock-state")
    state.key.grant_encrypt_decrypt(role)
    # Signatures are in the repository of the images.
    ImageRepository.from_name(stack, name=stack.physical_name("images")).grant_pull(role)
    # The workflow returns to the recorded commit if a critical alarm follows a deployment. The alarms of
    # CloudFront are in us-east-1.
    role.allow(
        "cloudwatch:DescribeAlarms",
        on=sorted(
            {
                stack.arn("cloudwatch", "alarm:*", region=each)
                for each in (*(env.region for env in environments), "us-east-1")
            }
        ),
        policy_name="watch-alarms",
    )
    # `arqctl deploy` encrypts a state that it can't save.
    role.allow(
        "kms:GetPublicKey",
        on=stack.arn("kms", "key/*"),
        policy_name="encrypt-unsaved-state",
        conditions={
            "ForAnyValue:StringEquals": {
                "kms:ResourceAliases": f"alias/{stack.physical_name('state-recovery-key')}"
            }
        },
    )


def allow_cluster_audits(
    role: Role, stack: Stack, *, state: StateStore, environments: Sequence[Environment]
) -> None:
    """Allow `role` to find the clusters, and to read all their states, for a plan without a lock."""
    _allow_finding(role, stack, state, environments)
    role.allow("s3:GetObject", on=_states(state, environments), policy_name="read-state")
    state.key.grant_decrypt(role)


def _states(state: StateStore, environments: Sequence[Environment]) -> Sequence[str]:
    """Return the ARNs of the states of the AWS stacks and of the cluster stacks."""
    names = [f"{each.name}{suffix}" for each in environments for suffix in ("", "-platform")]
    return [f"{state.arn}/{name}.tfstate" for name in names]


def _allow_finding(role: Role, stack: Stack, state: StateStore, environments: Sequence[Environment]) -> None:
    role.allow(
        "eks:DescribeCluster",
        on=[stack.arn("eks", f"cluster/{each.name}-cluster", region=each.region) for each in environments],
        policy_name="find-cluster",
    )
    role.allow("s3:ListBucket", on=state.arn, policy_name="find-state")
