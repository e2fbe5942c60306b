"""Reads the roles that resources act as: control of the resource includes the role's permissions."""

from collections.abc import Iterator

from arqctl.core.json_access import KNOWN_AFTER_APPLY
from arqctl.plan.access.permission import ChangeSide, Kind, Permission, Reader

# The arguments that name a role, blocks by name.
_ROLES: dict[str, tuple[str, ...]] = {
    "aws_batch_job_definition": ("container_properties.jobRoleArn",),
    "aws_cloudformation_stack": ("iam_role_arn",),
    "aws_codebuild_project": ("service_role",),
    "aws_codepipeline": ("role_arn",),
    "aws_cloudwatch_event_target": ("role_arn",),
    "aws_ecs_task_definition": ("task_role_arn", "execution_role_arn"),
    "aws_eks_addon": ("service_account_role_arn", "pod_identity_association.role_arn"),
    "aws_eks_cluster": ("role_arn",),
    "aws_eks_fargate_profile": ("pod_execution_role_arn",),
    "aws_eks_node_group": ("node_role_arn",),
    "aws_glue_job": ("role_arn",),
    "aws_iam_instance_profile": ("role",),
    "aws_instance": ("iam_instance_profile",),
    "aws_lambda_function": ("role",),
    "aws_launch_template": ("iam_instance_profile.arn", "iam_instance_profile.name"),
    "aws_rolesanywhere_profile": ("role_arns",),
    "aws_scheduler_schedule": ("target.role_arn",),
    "aws_sfn_state_machine": ("role_arn",),
}


def _read(side: ChangeSide) -> Iterator[Permission]:
    for path in _ROLES[side.type]:
        for block, name in side.values.within(path):
            if block.is_unknown(name) and side.is_created:
                continue  # the same plan creates the role, and has its permissions
            for role in filter(None, block.texts(name)):
                yield _act_as(side, side.address, role)


def _service_account(side: ChangeSide) -> Iterator[Permission]:
    """Read the IAM role of a Kubernetes service account."""
    for metadata in side.values.blocks("metadata"):
        for annotations in metadata.blocks("annotations"):
            role = annotations.text("eks.amazonaws.com/role-arn")
            if role and not (role == KNOWN_AFTER_APPLY and side.is_created):
                yield _act_as(side, f"pods of {metadata.text('namespace')}/{metadata.text('name')}", role)


def _identity_pool(side: ChangeSide) -> Iterator[Permission]:
    """Read the roles of authenticated and unauthenticated users of an identity pool."""
    pool = side.values.text("identity_pool_id")
    for roles in side.values.blocks("roles"):
        for who in ("authenticated", "unauthenticated"):
            if role := roles.text(who):
                yield _act_as(side, f"{who} users of {pool}", role)


def _act_as(side: ChangeSide, who: str, role: str) -> Permission:
    return Permission(Kind.TRUST, side.scope(who), who, "act as the role", role)


READERS: dict[str, Reader] = {
    **dict.fromkeys(_ROLES, _read),
    "aws_cognito_identity_pool_roles_attachment": _identity_pool,
    "kubernetes_service_account": _service_account,
    "kubernetes_service_account_v1": _service_account,
}
