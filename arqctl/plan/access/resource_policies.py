"""Reads policies of resources: buckets, keys, queues, secrets and others."""

from collections.abc import Iterator
from dataclasses import replace

from arqctl.plan.access.permission import ChangeSide, Kind, Permission, Reader
from arqctl.plan.access.policies import EVERYONE, permissions

# The argument with the policy, and the one that identifies the resource; "" means the account.
_POLICIES = {
    "aws_acmpca_policy": ("policy", "resource_arn"),
    "aws_api_gateway_rest_api": ("policy", "name"),
    "aws_api_gateway_rest_api_policy": ("policy", "rest_api_id"),
    "aws_backup_vault_policy": ("policy", "backup_vault_name"),
    "aws_cloudwatch_event_bus_policy": ("policy", "event_bus_name"),
    "aws_cloudwatch_log_delivery_destination_policy": (
        "delivery_destination_policy",
        "delivery_destination_name",
    ),
    "aws_cloudwatch_log_destination_policy": ("access_policy", "destination_name"),
    "aws_cloudwatch_log_resource_policy": ("policy_document", "policy_name"),
    "aws_codeartifact_domain_permissions_policy": ("policy_document", "domain"),
    "aws_codeartifact_repository_permissions_policy": ("policy_document", "repository"),
    "aws_dynamodb_resource_policy": ("policy", "resource_arn"),
    "aws_ecr_registry_policy": ("policy", ""),
    "aws_ecr_repository_policy": ("policy", "repository"),
    "aws_ecrpublic_repository_policy": ("policy", "repository_name"),
    "aws_efs_file_system_policy": ("policy", "file_system_id"),
    "aws_elasticsearch_domain": ("access_policies", "domain_name"),
    "aws_elasticsearch_domain_policy": ("access_policies", "domain_name"),
    "aws_glacier_vault": ("access_policy", "name"),
    "aws_glue_resource_policy": ("policy", ""),
    "aws_kinesis_resource_policy": ("policy", "resource_arn"),
    "aws_kms_external_key": ("policy", "id"),
    "aws_kms_key": ("policy", "id"),
    "aws_kms_key_policy": ("policy", "key_id"),
    "aws_kms_replica_key": ("policy", "id"),
    "aws_msk_cluster_policy": ("policy", "cluster_arn"),
    "aws_networkfirewall_resource_policy": ("policy", "resource_arn"),
    "aws_opensearch_domain": ("access_policies", "domain_name"),
    "aws_opensearch_domain_policy": ("access_policies", "domain_name"),
    "aws_organizations_policy": ("content", "name"),
    "aws_organizations_resource_policy": ("content", ""),
    "aws_redshift_resource_policy": ("policy", "resource_arn"),
    "aws_s3_access_point": ("policy", "name"),
    "aws_s3_bucket": ("policy", "bucket"),
    "aws_s3_bucket_policy": ("policy", "bucket"),
    "aws_s3control_access_point_policy": ("policy", "access_point_arn"),
    "aws_schemas_registry_policy": ("policy", "registry_name"),
    "aws_secretsmanager_secret": ("policy", "name"),
    "aws_secretsmanager_secret_policy": ("policy", "secret_arn"),
    "aws_ses_identity_policy": ("policy", "identity"),
    "aws_sesv2_email_identity_policy": ("policy", "email_identity"),
    "aws_sns_topic": ("policy", "name"),
    "aws_sns_topic_policy": ("policy", "arn"),
    "aws_sqs_queue": ("policy", "name"),
    "aws_sqs_queue_policy": ("policy", "queue_url"),
    "aws_vpc_endpoint": ("policy", "service_name"),
    "aws_vpc_endpoint_policy": ("policy", "vpc_endpoint_id"),
    "aws_vpclattice_auth_policy": ("policy", "resource_identifier"),
    "aws_vpclattice_resource_policy": ("policy", "resource_arn"),
}
_BY_THEMSELVES = ("aws_kms_external_key", "aws_kms_key", "aws_kms_replica_key", "aws_vpc_endpoint")
"""Types without an identifying name: the address identifies them."""

_FILTERS = ("aws_vpc_endpoint", "aws_vpc_endpoint_policy")
"""Policies without which everything is allowed."""

_CONTROLS = "aws_organizations_policy"
"""Policies without principals: they apply to the accounts that they are attached to."""

_OF_ITSELF = ("aws_kms_", "aws_secretsmanager_")
"""Policies in which the resource `*` means the resource that has the policy."""


def read(side: ChangeSide) -> Iterator[Permission]:
    """Yield what the policy of a resource allows and denies."""
    policy, resource = _POLICIES[side.type]
    if side.type == "aws_s3_bucket" and side.is_created and side.values.is_unknown(policy):
        return  # AWS chooses it for a new bucket: the argument itself is deprecated
    named = side.address if side.type in _BY_THEMSELVES else resource and side.values.text(resource)
    on = named or "the account"
    document = side.values.text(policy)
    scope, who = f"policy of {on}", "accounts that it is attached to" if side.type == _CONTROLS else ""
    is_with_its_endpoint = side.type == "aws_vpc_endpoint" and side.is_created_or_deleted
    if document and side.type in _FILTERS and not is_with_its_endpoint:
        what = "all that its policy leaves out"
        yield Permission(Kind.RESOURCE_POLICY, side.scope(scope), EVERYONE, what, on, is_denial=True)
    for each in permissions(side, document, Kind.RESOURCE_POLICY, scope, who=who, on=on):
        yield replace(each, on=on) if each.on == "*" and side.type.startswith(_OF_ITSELF) else each


READERS: dict[str, Reader] = dict.fromkeys(_POLICIES, read)
