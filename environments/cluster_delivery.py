"""Permissions to deploy and to audit the cluster stack from a workflow.

The Kubernetes API decides about the rest. They name the cluster by pattern and the recovery key by alias,
because the account stack exists before the cluster.
"""

from constructs_arq.core.protocols import StateStore
from constructs_arq.core.stack import Stack
from constructs_arq.security.role import Role
from constructs_arq.storage.image_repository import ImageRepository


def allow_cluster_deployments(role: Role, stack: Stack, *, state: StateStore) -> None:
    """Allow `role` to find the cluster, to read the AWS stack's state, and to use the cluster stack's own.

    It also verifies the signatures of images, watches alarms, and records the deployed commit.

    Terraform locks a state with an object beside it:
    https://developer.hashicorp.com/terraform/language/backend/s3#permissions-required
    """
    aws_stack, own = _states(stack, state)
    lock = f"{own}.tflock"
    record = f"{state.arn}/{stack.environment}-platform.commit"
    _allow_finding(role, stack, state)
    role.allow("s3:GetObject", on=[aws_stack, own, lock, record], policy_name="read-state")
    role.allow("s3:PutObject", on=[own, lock, record], policy_name="write-state")
    role.allow("s3:DeleteObject", on=lock, policy_name="unlock-state")
    state.key.grant_encrypt_decrypt(role)
    # Signatures are in the repository of the images.
    ImageRepository.from_name(stack, name=stack.physical_name("images")).grant_pull(role)
    # The workflow returns to the recorded commit if a critical alarm follows a deployment. The alarms of
    # CloudFront are in us-east-1.
    role.allow(
        "cloudwatch:DescribeAlarms",
        on=sorted({stack.arn("cloudwatch", "alarm:*", region=each) for each in (stack.region, "us-east-1")}),
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


def allow_cluster_audits(role: Role, stack: Stack, *, state: StateStore) -> None:
    """Allow `role` to find the cluster, and to read both states, for a plan without a lock."""
    _allow_finding(role, stack, state)
    role.allow("s3:GetObject", on=_states(stack, state), policy_name="read-state")
    state.key.grant_decrypt(role)


def _states(stack: Stack, state: StateStore) -> tuple[str, str]:
    """Return the ARNs of the states of the AWS stack and of the cluster stack."""
    name = f"{state.arn}/{stack.environment}"
    return f"{name}.tfstate", f"{name}-platform.tfstate"


def _allow_finding(role: Role, stack: Stack, state: StateStore) -> None:
    role.allow(
        "eks:DescribeCluster",
        on=stack.arn("eks", f"cluster/{stack.physical_name('cluster')}"),
        policy_name="find-cluster",
    )
    role.allow("s3:ListBucket", on=state.arn, policy_name="find-state")
