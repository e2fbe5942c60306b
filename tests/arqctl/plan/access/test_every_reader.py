"""Opening any type that a reader reads adds a row to the access table."""

import json
from dataclasses import replace

import pytest

from arqctl.core.json_access import Json
from arqctl.plan.access.access_diff import Direction, access_changes
from arqctl.plan.access.readers import READERS
from arqctl.plan.model import Action, Change
from tests.arqctl.plan.plan_rows import create, delete, plan, update

Opening = tuple[str, Json, Json, str]
"""A type, its values before and after (None: it is deleted), and the row that the change adds."""


def nested(path: str, value: Json) -> dict[str, Json]:
    """Return the value at a path of blocks."""
    first, _, rest = path.partition(".")
    return {first: [nested(rest, value)] if rest else value}


def policy(**more: Json) -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", "Action": "s3:Get*", **more}]})


PUBLIC = policy(Principal="*")
EVERYTHING = policy(Resource="*")

# The arguments that name the role of a resource.
ROLES = {
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
# The argument with the policy, the one that names the resource, and the resource in the row.
POLICIES: dict[str, tuple[str, str, str]] = {
    "aws_acmpca_policy": ("policy", "resource_arn", "named"),
    "aws_api_gateway_rest_api": ("policy", "name", "named"),
    "aws_api_gateway_rest_api_policy": ("policy", "rest_api_id", "named"),
    "aws_backup_vault_policy": ("policy", "backup_vault_name", "named"),
    "aws_cloudwatch_event_bus_policy": ("policy", "event_bus_name", "named"),
    "aws_cloudwatch_log_delivery_destination_policy": (
        "delivery_destination_policy",
        "delivery_destination_name",
        "named",
    ),
    "aws_cloudwatch_log_destination_policy": ("access_policy", "destination_name", "named"),
    "aws_cloudwatch_log_resource_policy": ("policy_document", "policy_name", "named"),
    "aws_codeartifact_domain_permissions_policy": ("policy_document", "domain", "named"),
    "aws_codeartifact_repository_permissions_policy": ("policy_document", "repository", "named"),
    "aws_dynamodb_resource_policy": ("policy", "resource_arn", "named"),
    "aws_ecr_registry_policy": ("policy", "", "the account"),
    "aws_ecr_repository_policy": ("policy", "repository", "named"),
    "aws_ecrpublic_repository_policy": ("policy", "repository_name", "named"),
    "aws_efs_file_system_policy": ("policy", "file_system_id", "named"),
    "aws_elasticsearch_domain": ("access_policies", "domain_name", "named"),
    "aws_elasticsearch_domain_policy": ("access_policies", "domain_name", "named"),
    "aws_glacier_vault": ("access_policy", "name", "named"),
    "aws_glue_resource_policy": ("policy", "", "the account"),
    "aws_kinesis_resource_policy": ("policy", "resource_arn", "named"),
    "aws_kms_external_key": ("policy", "id", "aws_kms_external_key.main"),
    "aws_kms_key": ("policy", "id", "aws_kms_key.main"),
    "aws_kms_key_policy": ("policy", "key_id", "named"),
    "aws_kms_replica_key": ("policy", "id", "aws_kms_replica_key.main"),
    "aws_msk_cluster_policy": ("policy", "cluster_arn", "named"),
    "aws_networkfirewall_resource_policy": ("policy", "resource_arn", "named"),
    "aws_opensearch_domain": ("access_policies", "domain_name", "named"),
    "aws_opensearch_domain_policy": ("access_policies", "domain_name", "named"),
    "aws_organizations_policy": ("content", "name", "named"),
    "aws_organizations_resource_policy": ("content", "", "the account"),
    "aws_redshift_resource_policy": ("policy", "resource_arn", "named"),
    "aws_s3_access_point": ("policy", "name", "named"),
    "aws_s3_bucket": ("policy", "bucket", "named"),
    "aws_s3_bucket_policy": ("policy", "bucket", "named"),
    "aws_s3control_access_point_policy": ("policy", "access_point_arn", "named"),
    "aws_schemas_registry_policy": ("policy", "registry_name", "named"),
    "aws_secretsmanager_secret": ("policy", "name", "named"),
    "aws_secretsmanager_secret_policy": ("policy", "secret_arn", "named"),
    "aws_ses_identity_policy": ("policy", "identity", "named"),
    "aws_sesv2_email_identity_policy": ("policy", "email_identity", "named"),
    "aws_sns_topic": ("policy", "name", "named"),
    "aws_sns_topic_policy": ("policy", "arn", "named"),
    "aws_sqs_queue": ("policy", "name", "named"),
    "aws_sqs_queue_policy": ("policy", "queue_url", "named"),
    "aws_vpc_endpoint": ("policy", "service_name", "aws_vpc_endpoint.main"),
    "aws_vpc_endpoint_policy": ("policy", "vpc_endpoint_id", "named"),
    "aws_vpclattice_auth_policy": ("policy", "resource_identifier", "named"),
    "aws_vpclattice_resource_policy": ("policy", "resource_arn", "named"),
}
# The argument, its closed and its open value, and what everyone may do with the latter.
SWITCHES: list[tuple[str, str, Json, Json, str]] = [
    ("aws_alb", "internal", True, False, "reach it from the internet"),
    ("aws_api_gateway_method", "authorization", "closed", "NONE", "use it without signing in"),
    ("aws_apigatewayv2_route", "authorization_type", "closed", "NONE", "use it without signing in"),
    (
        "aws_appsync_graphql_api",
        "authentication_type",
        "closed",
        "API_KEY",
        "use it with a key that all share",
    ),
    (
        "aws_cognito_identity_pool",
        "allow_unauthenticated_identities",
        False,
        True,
        "get an identity without signing in",
    ),
    (
        "aws_cognito_user_pool",
        "admin_create_user_config.allow_admin_create_user_only",
        True,
        False,
        "sign up on their own",
    ),
    ("aws_db_instance", "publicly_accessible", False, True, "reach it from the internet"),
    ("aws_dms_replication_instance", "publicly_accessible", False, True, "reach it from the internet"),
    ("aws_docdb_cluster_instance", "publicly_accessible", False, True, "reach it from the internet"),
    ("aws_elasticache_user", "no_password_required", False, True, "sign in without a password"),
    ("aws_elb", "internal", True, False, "reach it from the internet"),
    ("aws_instance", "associate_public_ip_address", False, True, "reach it from the internet"),
    ("aws_launch_configuration", "associate_public_ip_address", False, True, "reach it from the internet"),
    ("aws_lb", "internal", True, False, "reach it from the internet"),
    ("aws_mq_broker", "publicly_accessible", False, True, "reach it from the internet"),
    (
        "aws_msk_cluster",
        "broker_node_group_info.connectivity_info.public_access.type",
        "closed",
        "SERVICE_PROVIDED_EIPS",
        "reach it from the internet",
    ),
    ("aws_msk_cluster", "client_authentication.unauthenticated", False, True, "use it without signing in"),
    ("aws_neptune_cluster_instance", "publicly_accessible", False, True, "reach it from the internet"),
    ("aws_rds_cluster_instance", "publicly_accessible", False, True, "reach it from the internet"),
    ("aws_redshift_cluster", "publicly_accessible", False, True, "reach it from the internet"),
    ("aws_redshiftserverless_workgroup", "publicly_accessible", False, True, "reach it from the internet"),
    ("aws_subnet", "map_public_ip_on_launch", False, True, "reach it from the internet"),
    ("aws_transfer_server", "endpoint_type", "closed", "PUBLIC", "reach it from the internet"),
]
# The argument that names the security groups of a resource.
GROUPS = {
    "aws_alb": "security_groups",
    "aws_db_instance": "vpc_security_group_ids",
    "aws_db_proxy": "vpc_security_group_ids",
    "aws_docdb_cluster": "vpc_security_group_ids",
    "aws_ecs_service": "network_configuration.security_groups",
    "aws_efs_mount_target": "security_groups",
    "aws_eks_cluster": "vpc_config.security_group_ids",
    "aws_elasticache_replication_group": "security_group_ids",
    "aws_instance": "vpc_security_group_ids",
    "aws_lambda_function": "vpc_config.security_group_ids",
    "aws_launch_template": "vpc_security_group_ids",
    "aws_lb": "security_groups",
    "aws_memorydb_cluster": "security_group_ids",
    "aws_mq_broker": "security_groups",
    "aws_msk_cluster": "broker_node_group_info.security_groups",
    "aws_neptune_cluster": "vpc_security_group_ids",
    "aws_network_interface": "security_groups",
    "aws_opensearch_domain": "vpc_options.security_group_ids",
    "aws_rds_cluster": "vpc_security_group_ids",
    "aws_redshift_cluster": "vpc_security_group_ids",
    "aws_vpc_endpoint": "security_group_ids",
}
# An argument of a grant in its own format.
UNPARSED = {
    "aws_elasticache_user": ("access_string",),
    "aws_lakeformation_permissions": ("principal", "permissions", "permissions_with_grant_option"),
    "aws_opensearchserverless_access_policy": ("policy",),
    "aws_opensearchserverless_security_policy": ("policy",),
    "aws_redshift_data_share_authorization": ("consumer_identifier",),
    "aws_redshift_endpoint_authorization": ("account", "vpc_ids"),
    "aws_rolesanywhere_trust_anchor": ("source", "enabled"),
    "aws_ssm_document": ("permissions",),
    "aws_ssoadmin_customer_managed_policy_attachment": (
        "permission_set_arn",
        "customer_managed_policy_reference",
    ),
    "aws_verifiedpermissions_policy": ("definition",),
}
RULE: dict[str, Json] = {"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["0.0.0.0/0"]}
ENTRY: dict[str, Json] = {
    "rule_no": 9, "action": "allow", "protocol": "6", "from_port": 22, "to_port": 22,
    "cidr_block": "0.0.0.0/0",
}  # fmt: skip
METADATA: dict[str, Json] = {"metadata": [{"name": "named", "namespace": "ns"}]}
KUBERNETES_ROLE: Json = {
    **METADATA,
    "rule": [{"verbs": ["get"], "resources": ["secrets"], "api_groups": [""]}],
}
BINDING: Json = {**METADATA, "role_ref": [{"name": "admin"}], "subject": [{"kind": "Group", "name": "all"}]}
SERVICE_ACCOUNT: Json = {
    "metadata": [{"name": "web", "namespace": "ns", "annotations": {"eks.amazonaws.com/role-arn": "admin"}}]
}
OTHERS: list[Opening] = [
    (
        "aws_kms_grant",
        {},
        {"key_id": "named", "grantee_principal": "eve", "operations": ["Decrypt"]},
        "grant: eve may kms:Decrypt on named",
    ),
    (
        "aws_cloudwatch_event_permission",
        {},
        {"principal": "*", "statement_id": "s"},
        "grant: * may events:PutEvents on event bus default",
    ),
    (
        "aws_lambda_permission",
        {},
        {"function_name": "named", "principal": "*", "action": "lambda:InvokeFunction"},
        "grant: * may lambda:InvokeFunction on function named",
    ),
    (
        "aws_lambda_layer_version_permission",
        {},
        {"layer_name": "named", "principal": "*", "action": "lambda:GetLayerVersion"},
        "grant: * may lambda:GetLayerVersion on layer named",
    ),
    (
        "aws_eks_access_entry",
        {},
        {"principal_arn": "eve", "cluster_name": "named"},
        "grant: eve may sign in on cluster named",
    ),
    (
        "aws_eks_access_policy_association",
        {},
        {
            "principal_arn": "eve",
            "cluster_name": "named",
            "policy_arn": "admin",
            "access_scope": [{"type": "cluster"}],
        },
        "grant: eve may policy admin on namespace * of cluster named",
    ),
    (
        "aws_iam_role_policy",
        {"role": "named"},
        {"role": "named", "policy": EVERYTHING},
        "IAM policy: role named may s3:Get* on *",
    ),
    (
        "aws_iam_user_policy",
        {"user": "named"},
        {"user": "named", "policy": EVERYTHING},
        "IAM policy: user named may s3:Get* on *",
    ),
    (
        "aws_iam_group_policy",
        {"group": "named"},
        {"group": "named", "policy": EVERYTHING},
        "IAM policy: group named may s3:Get* on *",
    ),
    (
        "aws_iam_policy",
        {"name": "named"},
        {"name": "named", "policy": EVERYTHING},
        "IAM policy: holders of named may s3:Get* on *",
    ),
    (
        "aws_iam_policy_attachment",
        {},
        {"roles": ["named"], "policy_arn": "admin"},
        "IAM policy: role named may policy admin on *",
    ),
    (
        "aws_iam_role_policy_attachment",
        {},
        {"role": "named", "policy_arn": "admin"},
        "IAM policy: role named may policy admin on *",
    ),
    (
        "aws_iam_user_policy_attachment",
        {},
        {"user": "named", "policy_arn": "admin"},
        "IAM policy: user named may policy admin on *",
    ),
    (
        "aws_iam_group_policy_attachment",
        {},
        {"group": "named", "policy_arn": "admin"},
        "IAM policy: group named may policy admin on *",
    ),
    (
        "aws_iam_user",
        {"name": "named", "permissions_boundary": "limit"},
        {"name": "named"},
        "IAM policy: user named may all that limit leaves out on *",
    ),
    (
        "aws_iam_group_membership",
        {},
        {"group": "named", "users": ["eve"]},
        "IAM policy: user eve may all that group named may on *",
    ),
    (
        "aws_iam_user_group_membership",
        {},
        {"user": "eve", "groups": ["named"]},
        "IAM policy: user eve may all that group named may on *",
    ),
    (
        "aws_iam_access_key",
        {"user": "eve", "status": "Inactive"},
        {"user": "eve", "status": "Active"},
        "IAM policy: user eve may sign in with an access key on the account",
    ),
    (
        "aws_iam_role_policy_attachments_exclusive",
        {},
        {"role_name": "named", "policy_arns": ["admin"]},
        "IAM policy: role named may policy admin on *",
    ),
    (
        "aws_iam_user_policy_attachments_exclusive",
        {},
        {"user_name": "named", "policy_arns": ["admin"]},
        "IAM policy: user named may policy admin on *",
    ),
    (
        "aws_iam_group_policy_attachments_exclusive",
        {},
        {"group_name": "named", "policy_arns": ["admin"]},
        "IAM policy: group named may policy admin on *",
    ),
    (
        "aws_iam_service_specific_credential",
        {"user_name": "eve", "status": "Inactive"},
        {"user_name": "eve", "status": "Active"},
        "IAM policy: user eve may sign in to a service with a password on the account",
    ),
    (
        "aws_iam_signing_certificate",
        {"user_name": "eve", "status": "Inactive"},
        {"user_name": "eve", "status": "Active"},
        "IAM policy: user eve may sign in with a certificate on the account",
    ),
    (
        "aws_iam_user_ssh_key",
        {"username": "eve", "status": "Inactive"},
        {"username": "eve", "status": "Active"},
        "IAM policy: user eve may sign in with an SSH key on the account",
    ),
    (
        "aws_organizations_policy_attachment",
        {"policy_id": "limit", "target_id": "1"},
        None,
        "IAM policy: account 1 may all that limit leaves out on *",
    ),
    (
        "aws_iam_user_login_profile",
        {"status": "Inactive"},
        {"user": "eve"},
        "IAM policy: user eve may sign in with a password on the account",
    ),
    (
        "aws_ssoadmin_permission_set_inline_policy",
        {"permission_set_arn": "named"},
        {"permission_set_arn": "named", "inline_policy": EVERYTHING},
        "IAM policy: permission set named may s3:Get* on *",
    ),
    (
        "aws_ssoadmin_managed_policy_attachment",
        {"permission_set_arn": "named"},
        {"permission_set_arn": "named", "managed_policy_arn": "admin"},
        "IAM policy: permission set named may policy admin on *",
    ),
    (
        "aws_ssoadmin_account_assignment",
        {},
        {"principal_type": "USER", "principal_id": "eve", "permission_set_arn": "admin", "target_id": "1"},
        "IAM policy: user eve may permission set admin on account 1",
    ),
    (
        "aws_s3_bucket_public_access_block",
        {"bucket": "named", "block_public_policy": True},
        {"bucket": "named", "block_public_policy": False},
        "public access: * may set public policies on named",
    ),
    (
        "aws_s3_account_public_access_block",
        {"block_public_acls": True},
        {"block_public_acls": False},
        "public access: * may set public ACLs on every bucket",
    ),
    (
        "aws_ebs_snapshot_block_public_access",
        {"state": "block-all-sharing"},
        {"state": "unblocked"},
        "public access: * may share them publicly (block-all-sharing) on ebs_snapshot_block_public_access",
    ),
    (
        "aws_ec2_image_block_public_access",
        {"state": "block-new-sharing"},
        {"state": "unblocked"},
        "public access: * may share them publicly (block-new-sharing) on ec2_image_block_public_access",
    ),
    (
        "aws_emr_block_public_access_configuration",
        {"block_public_security_group_rules": True},
        {"block_public_security_group_rules": False},
        "public access: * may let the internet in to clusters (true) "
        "on emr_block_public_access_configuration",
    ),
    (
        "aws_vpc_block_public_access_options",
        {"internet_gateway_block_mode": "block-ingress"},
        {"internet_gateway_block_mode": "off"},
        "public access: * may pass internet gateways (block-ingress) on vpc_block_public_access_options",
    ),
    (
        "aws_s3_access_point",
        {"name": "named", "public_access_block_configuration": [{"block_public_policy": True}]},
        {"name": "named", "public_access_block_configuration": [{"block_public_policy": False}]},
        "public access: * may set public policies on access point named",
    ),
    (
        "aws_s3_object",
        {"bucket": "named", "key": "k", "acl": "private"},
        {"bucket": "named", "key": "k", "acl": "public-read"},
        "public access: * may read objects on named/k",
    ),
    (
        "aws_eks_cluster",
        {"name": "named", "vpc_config": [{"endpoint_public_access": False}]},
        {"name": "named", "vpc_config": [{"endpoint_public_access": True}]},
        "endpoint: 0.0.0.0/0 may in tcp 443 on API of named",
    ),
    (
        "aws_s3_bucket",
        {"bucket": "named", "acl": "private"},
        {"bucket": "named", "acl": "public-read"},
        "public access: * may read objects on named",
    ),
    (
        "aws_s3_bucket_acl",
        {"bucket": "named", "acl": "private"},
        {"bucket": "named", "acl": "public-read"},
        "public access: * may read objects on named",
    ),
    (
        "aws_db_snapshot",
        {},
        {"shared_accounts": ["all"]},
        "public access: * may restore the snapshot on aws_db_snapshot.main",
    ),
    (
        "aws_db_cluster_snapshot",
        {},
        {"shared_accounts": ["all"]},
        "public access: * may restore the snapshot on aws_db_cluster_snapshot.main",
    ),
    (
        "aws_ami_launch_permission",
        {"image_id": "named", "account_id": "1"},
        {"image_id": "named", "group": "all"},
        "public access: * may launch or copy it on named",
    ),
    (
        "aws_snapshot_create_volume_permission",
        {"snapshot_id": "named", "account_id": "1"},
        {"snapshot_id": "named", "account_id": "2"},
        "public access: account 2 may launch or copy it on named",
    ),
    (
        "aws_launch_template",
        {},
        {"network_interfaces": [{"associate_public_ip_address": True}]},
        "public access: * may reach its instances from the internet on aws_launch_template.main",
    ),
    (
        "aws_lambda_function_url",
        {"function_name": "named", "authorization_type": "AWS_IAM"},
        {"function_name": "named", "authorization_type": "NONE"},
        "public access: * may call its URL on function named",
    ),
    (
        "aws_ram_resource_share",
        {"name": "named", "allow_external_principals": False},
        {"name": "named", "allow_external_principals": True},
        "public access: other organizations may be given a share on named",
    ),
    (
        "aws_ram_principal_association",
        {},
        {"principal": "eve", "resource_share_arn": "named"},
        "public access: eve may use what is shared on named",
    ),
    (
        "aws_vpc_endpoint_service",
        {"acceptance_required": True},
        {"acceptance_required": True, "allowed_principals": ["*"]},
        "public access: * may connect to the service on aws_vpc_endpoint_service.main",
    ),
    (
        "aws_vpc_endpoint_service",
        {"acceptance_required": True},
        {"acceptance_required": False},
        "public access: allowed principals may connect without being accepted "
        "on aws_vpc_endpoint_service.main",
    ),
    (
        "aws_vpc_endpoint_service_allowed_principal",
        {},
        {"principal_arn": "*", "vpc_endpoint_service_id": "named"},
        "public access: * may connect to the service on named",
    ),
    (
        "kubernetes_manifest",
        {},
        {
            "manifest": {
                "kind": "ClusterRole",
                "metadata": {"name": "named"},
                "rules": [{"verbs": ["*"], "resources": ["secrets"]}],
            }
        },
        "grant: holders of Kubernetes role named may * on secrets",
    ),
    (
        "kubernetes_cluster_role",
        {},
        KUBERNETES_ROLE,
        "grant: holders of Kubernetes role named may get on secrets",
    ),
    (
        "kubernetes_cluster_role_v1",
        {},
        KUBERNETES_ROLE,
        "grant: holders of Kubernetes role named may get on secrets",
    ),
    ("kubernetes_role", {}, KUBERNETES_ROLE, "grant: holders of Kubernetes role named may get on secrets"),
    ("kubernetes_role_v1", {}, KUBERNETES_ROLE, "grant: holders of Kubernetes role named may get on secrets"),
    (
        "kubernetes_cluster_role_binding",
        {},
        BINDING,
        "grant: Group all may all that Kubernetes role admin may on cluster",
    ),
    (
        "kubernetes_cluster_role_binding_v1",
        {},
        BINDING,
        "grant: Group all may all that Kubernetes role admin may on cluster",
    ),
    (
        "kubernetes_role_binding",
        {},
        BINDING,
        "grant: Group all may all that Kubernetes role admin may on namespace ns",
    ),
    (
        "kubernetes_role_binding_v1",
        {},
        BINDING,
        "grant: Group all may all that Kubernetes role admin may on namespace ns",
    ),
    (
        "aws_security_group",
        {},
        {"ingress": [RULE]},
        "security group: 0.0.0.0/0 may in tcp 443 on aws_security_group.main",
    ),
    (
        "aws_default_security_group",
        {},
        {"ingress": [RULE]},
        "security group: 0.0.0.0/0 may in tcp 443 on aws_default_security_group.main",
    ),
    (
        "aws_security_group_rule",
        {},
        {"type": "ingress", "security_group_id": "named", **RULE},
        "security group: 0.0.0.0/0 may in tcp 443 on named",
    ),
    (
        "aws_vpc_security_group_ingress_rule",
        {},
        {
            "security_group_id": "named",
            "ip_protocol": "tcp",
            "from_port": 22,
            "to_port": 22,
            "cidr_ipv4": "0.0.0.0/0",
        },
        "security group: 0.0.0.0/0 may in tcp 22 on named",
    ),
    (
        "aws_vpc_security_group_egress_rule",
        {},
        {"security_group_id": "named", "ip_protocol": "-1", "cidr_ipv6": "::/0"},
        "security group: named may out all traffic on ::/0",
    ),
    (
        "aws_network_acl",
        {},
        {"ingress": [ENTRY]},
        "network ACL: 0.0.0.0/0 may in tcp 22 on aws_network_acl.main",
    ),
    (
        "aws_default_network_acl",
        {},
        {"ingress": [ENTRY]},
        "network ACL: 0.0.0.0/0 may in tcp 22 on aws_default_network_acl.main",
    ),
    (
        "aws_network_acl_rule",
        {
            "network_acl_id": "named",
            "rule_number": 9,
            "rule_action": "deny",
            "protocol": "6",
            "from_port": 22,
            "to_port": 22,
            "cidr_block": "0.0.0.0/0",
        },
        {
            "network_acl_id": "named",
            "rule_number": 9,
            "rule_action": "allow",
            "protocol": "6",
            "from_port": 22,
            "to_port": 22,
            "cidr_block": "0.0.0.0/0",
        },
        "network ACL: 0.0.0.0/0 may in tcp 22 on named",
    ),
    (
        "aws_iam_role",
        {"name": "named"},
        {"name": "named", "assume_role_policy": policy(Principal="*")},
        "trust: * may s3:Get* on role named",
    ),
    (
        "aws_iam_service_linked_role",
        {},
        {"aws_service_name": "spot.amazonaws.com"},
        "trust: spot.amazonaws.com may assume the role on aws_iam_service_linked_role.main",
    ),
    (
        "aws_iam_openid_connect_provider",
        {},
        {"url": "https://eve", "client_id_list": ["named"]},
        "trust: https://eve may authenticate identities on audience named",
    ),
    (
        "aws_iam_saml_provider",
        {"name": "a"},
        {"name": "named"},
        "trust: SAML provider named may authenticate identities on the account",
    ),
    (
        "aws_eks_pod_identity_association",
        {},
        {"cluster_name": "named", "namespace": "ns", "service_account": "web", "role_arn": "admin"},
        "trust: pods of ns/web may assume the role on admin in named",
    ),
    (
        "aws_route",
        {},
        {"route_table_id": "named", "destination_cidr_block": "0.0.0.0/0", "gateway_id": "igw-1"},
        "endpoint: 0.0.0.0/0 may pass an internet gateway on route table named",
    ),
    (
        "aws_route_table",
        {"id": "named"},
        {"id": "named", "route": [{"cidr_block": "0.0.0.0/0", "gateway_id": "igw-1"}]},
        "endpoint: 0.0.0.0/0 may pass an internet gateway on route table named",
    ),
    (
        "aws_default_route_table",
        {"id": "named"},
        {"id": "named", "route": [{"ipv6_cidr_block": "::/0", "gateway_id": "igw-1"}]},
        "endpoint: ::/0 may pass an internet gateway on route table named",
    ),
    (
        "aws_ec2_managed_prefix_list",
        {"id": "named"},
        {"id": "named", "entry": [{"cidr": "0.0.0.0/0"}]},
        "security group: 0.0.0.0/0 may pass where the list may on list named",
    ),
    (
        "aws_ec2_managed_prefix_list_entry",
        {},
        {"prefix_list_id": "named", "cidr": "0.0.0.0/0"},
        "security group: 0.0.0.0/0 may pass where the list may on list named",
    ),
    (
        "aws_cognito_identity_pool_roles_attachment",
        {},
        {"identity_pool_id": "named", "roles": {"unauthenticated": "admin"}},
        "trust: unauthenticated users of named may act as the role on admin",
    ),
    ("kubernetes_service_account", {}, SERVICE_ACCOUNT, "trust: pods of ns/web may act as the role on admin"),
    (
        "kubernetes_service_account_v1",
        {},
        SERVICE_ACCOUNT,
        "trust: pods of ns/web may act as the role on admin",
    ),
    (
        "aws_vpc_endpoint",
        {"policy": EVERYTHING},
        {"policy": None},
        "resource policy: * may all that its policy leaves out on aws_vpc_endpoint.main",
    ),
    (
        "aws_vpc_endpoint_policy",
        {"vpc_endpoint_id": "named", "policy": EVERYTHING},
        None,
        "resource policy: * may all that its policy leaves out on named",
    ),
]


def openings() -> list[Opening]:
    found: list[Opening] = []
    for type_, paths in ROLES.items():
        for path in paths:
            after = nested(path, ["admin"] if path == "role_arns" else "admin")
            found.append((type_, {}, after, f"trust: {type_}.main may act as the role on admin"))
    for type_, (argument, name, on) in POLICIES.items():
        named: dict[str, Json] = {name: "named"} if name else {}
        row = f"resource policy: * may s3:Get* on {on}"
        found.append((type_, named, {**named, argument: PUBLIC}, row))
    for type_, path, closed, opened, what in SWITCHES:
        row = f"public access: * may {what} on {type_}.main"
        found.append((type_, nested(path, closed), nested(path, opened), row))
    for type_, path in GROUPS.items():
        row = f"security group: sources that sg-open allows may reach it on {type_}.main"
        found.append((type_, nested(path, []), nested(path, ["sg-open"]), row))
    for type_, arguments in UNPARSED.items():
        row = f"grant: principals that it names may use its permissions on {type_}.main"
        found += [(type_, {argument: "a"}, {argument: "b"}, row) for argument in arguments]
    return [*found, *OTHERS]


@pytest.mark.parametrize(("type_", "before", "after", "row"), openings())
def test_opening_a_type_adds_its_row(type_: str, before: Json, after: Json, row: str) -> None:
    change = delete(type_, before) if after is None else update(type_, before, after)
    found = [each for each in access_changes(plan(change)) if each.direction is Direction.BROADENED]
    texts = [
        f"{each.kind}: {', '.join(each.who)} may {', '.join(each.what)} on {', '.join(each.on)}"
        for each in found
    ]
    assert row in texts
    assert not any(each.is_unknown for each in found)


def test_every_type_with_a_reader_is_tested() -> None:
    assert {type_ for type_, *_ in openings()} == set(READERS)


TYPES = (
    "aws_codebuild_resource_policy",
    "aws_iot_policy",
    "aws_media_store_container_policy",
    "aws_xray_resource_policy",
)


@pytest.mark.parametrize("argument", ["policy", "policy_document", "anything"])
@pytest.mark.parametrize("type_", TYPES)
def test_a_policy_in_any_argument_of_a_type_without_a_reader_is_read(type_: str, argument: str) -> None:
    everything = policy(Principal="*", Resource="*")
    forms: list[dict[str, Json]] = [
        {argument: everything},
        {"block": [{argument: everything}]},
        {argument: json.loads(everything)},
    ]
    for values in forms:
        (found,) = access_changes(plan(create(type_, values)))
        assert (found.who, found.what, found.on, found.is_unknown) == (("*",), ("s3:Get*",), ("*",), False)
        assert not access_changes(plan(update(type_, values, {**values, "tags": {"a": "b"}})))


def test_a_sensitive_policy_of_a_type_without_a_reader_is_redacted() -> None:
    values: Json = {"policy": policy(Principal="*", Resource="hidden"), "password": "x"}
    masks: list[tuple[Json, bool]] = [({"policy": True}, False), ({"password": True}, True)]
    for mask, is_shown in masks:
        change = Change(Action.CREATE, None, values, after_sensitive=mask)
        (found,) = access_changes(plan(replace(create("aws_iot_policy", values), change=change)))
        assert ("hidden" in repr(found)) == is_shown


UNREAD = (
    "aws_acmpca_permission", "aws_licensemanager_grant", "aws_iam_role_policies_exclusive", "aws_iot_policy",
    "azurerm_key_vault_access_policy", "azurerm_network_security_rule", "azurerm_role_assignment",
    "google_compute_firewall", "google_project_iam_member", "oci_identity_policy", "snowflake_grants",
    "vault_policy", "aws_cognito_user_in_group", "aws_ec2_client_vpn_authorization_rule",
    "aws_grafana_role_association", "aws_identitystore_group_membership", "aws_memorydb_acl",
    "aws_organizations_delegated_administrator", "azuread_application_password", "azuread_group_member",
    "github_repository_collaborator", "google_bigquery_dataset_access", "google_compute_firewall_policy_rule",
    "google_service_account_key", "google_storage_bucket_acl", "postgresql_grant_role",
    "snowflake_grant_privileges_to_account_role",
)  # fmt: skip


@pytest.mark.parametrize("type_", UNREAD)
def test_a_grant_of_a_type_without_a_reader_is_not_decided(type_: str) -> None:
    before: Json = {"to": "a", "tags": {}}
    for change in (
        create(type_, before),
        update(type_, before, {"to": "b", "tags": {}}),
        delete(type_, before),
    ):
        found = access_changes(plan(change))
        assert found
        assert all(each.is_unknown and each.on == (f"{type_}.main",) for each in found)
    unknown = update(type_, before, {"tags": {}}, unknown={"to": True})
    assert any(
        each.is_unknown and each.direction is Direction.BROADENED for each in access_changes(plan(unknown))
    )
    assert not access_changes(plan(update(type_, before, {"to": "a", "tags": {"a": "b"}})))


@pytest.mark.parametrize(
    ("type_", "argument"),
    [
        ("aws_lakeformation_data_lake_settings", "admins"),
        ("aws_quicksight_data_set", "permissions"),
        ("aws_quicksight_dashboard", "permissions"),
        ("any_service", "allowed_principals"),
        ("any_service", "principal_arn"),
    ],
)
def test_an_argument_with_holders_of_permissions_is_not_decided(type_: str, argument: str) -> None:
    before: Json = {argument: ["a"], "name": "x"}
    for change in (create(type_, before), update(type_, before, {argument: ["a", "b"]})):
        assert any(
            each.is_unknown and each.direction is Direction.BROADENED for each in access_changes(plan(change))
        )
    assert not access_changes(plan(update(type_, before, {argument: ["a"], "name": "y"})))
    assert not access_changes(plan(create(type_, {argument: [], "name": "x"})))


@pytest.mark.parametrize(
    "type_", ["aws_ssoadmin_permissions_boundary_attachment", "google_iam_deny_policy", "vault_policy",
              "google_compute_firewall", "google_compute_firewall_policy_rule"]
)  # fmt: skip
def test_the_end_of_a_possible_denial_is_broader(type_: str) -> None:
    found = access_changes(plan(delete(type_, {"to": "a"})))
    assert any(each.is_unknown and each.direction is Direction.BROADENED for each in found)


def test_a_new_permissions_boundary_is_only_reduced_access() -> None:
    boundary = create("aws_ssoadmin_permissions_boundary_attachment", {"to": "a"})
    (found,) = access_changes(plan(boundary))
    assert (found.is_unknown, found.direction) == (True, Direction.REDUCED)


@pytest.mark.parametrize(
    ("type_", "argument"),
    [("aws_cloudcontrolapi_resource", "desired_state"), ("aws_cloudformation_stack", "template_body"),
     ("awscc_any", "body")],
)  # fmt: skip
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_policy_in_json_in_another_argument_is_read(type_: str, argument: str, depth: int) -> None:
    def body(document: str) -> str:
        text = document
        for _ in range(depth):
            text = json.dumps({"Properties": [{"Document": text}]})
        return text

    closed, opened = (body(policy(Principal=who, Resource="*")) for who in ("arn:a", "*"))
    found = access_changes(plan(update(type_, {argument: closed}, {argument: opened})))
    assert any(
        (each.who, each.what, each.direction) == (("*",), ("s3:Get*",), Direction.BROADENED) for each in found
    )
    values: Json = {argument: json.dumps({"Document": json.loads(policy(Principal="*", Resource="*"))})}
    assert any(each.who == ("*",) for each in access_changes(plan(create(type_, values))))


@pytest.mark.parametrize("type_", ["aws_cloudformation_stack", "aws_cloudformation_stack_set"])
def test_a_template_in_yaml_is_not_decided(type_: str) -> None:
    template = "Resources: {Role: {Type: 'AWS::IAM::Role', Properties: {}}}"
    (found,) = access_changes(plan(create(type_, {"template_body": template})))
    assert found.is_unknown
    assert not access_changes(plan(create(type_, {"template_body": "Resources: {Log: {}}"})))


@pytest.mark.parametrize(
    "type_",
    ["aws_autoscaling_policy", "aws_ecr_lifecycle_policy", "aws_x", "pagerduty_escalation_policy",
     "aws_wafv2_web_acl", "aws_route53_resolver_firewall_rule_group", "aws_bedrockagent_agent_collaborator",
     "aws_cloudwatch_log_group", "aws_key_pair", "aws_kms_alias", "aws_lb_listener_rule",
     "aws_db_parameter_group", "kubernetes_deployment_v1", "helm_release", "random_password"],
)  # fmt: skip
def test_a_type_that_grants_nothing_adds_no_row(type_: str) -> None:
    assert not access_changes(plan(create(type_, {"policy": "{}", "name": "a"})))


def test_an_unknown_policy_is_not_decided_in_any_type() -> None:
    unknown: list[Json] = [
        {"policy_document": True},
        {"resource_policy_json": True},
        {"block": [{"access_document": True}]},
    ]
    for each in unknown:
        (found,) = access_changes(plan(create("awscc_any", {}, unknown=each)))
        assert found.is_unknown


@pytest.mark.parametrize(
    ("type_", "unknown"),
    [
        ("aws_lb_listener", {"ssl_policy": True, "arn": True}),
        ("aws_any", {"policy_id": True, "document_version": True}),
        ("kubernetes_deployment_v1", {"spec": [{"template": [{"spec": [{"restart_policy": True}]}]}]}),
        ("kubernetes_deployment_v1", {"spec": [{"container": [{"image_pull_policy": True}]}]}),
    ],
)
def test_unknown_settings_that_grant_nothing_add_no_row(type_: str, unknown: Json) -> None:
    assert not access_changes(plan(create(type_, {}, unknown=unknown)))
