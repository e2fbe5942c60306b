"""Well-known arguments that force replacement or update in place."""

import pytest

from arqctl.offline.facts import Names
from tests.arqctl.offline.aws_facts.installed_facts import aws, blocks, facts

FORCES_REPLACEMENT = """
aws_acm_certificate: domain_name validation_method subject_alternative_names
aws_acm_certificate_validation: certificate_arn
aws_autoscaling_group: name name_prefix
aws_autoscaling_schedule: autoscaling_group_name scheduled_action_name
aws_cloudwatch_log_group: name log_group_class
aws_cloudwatch_event_target: rule target_id
aws_db_instance: engine storage_encrypted username availability_zone kms_key_id
aws_db_instance: restore_to_point_in_time.restore_time
aws_db_subnet_group: name
aws_db_parameter_group: family name
aws_dynamodb_table: name hash_key
aws_ebs_volume: availability_zone encrypted
aws_ecr_repository: name encryption_configuration encryption_configuration.kms_key
aws_ecs_task_definition: family container_definitions
aws_eip: domain
aws_eks_cluster: name role_arn kubernetes_network_config.ip_family
aws_eks_node_group: cluster_name instance_types subnet_ids capacity_type launch_template.id
aws_elasticache_replication_group: replication_group_id port subnet_group_name at_rest_encryption_enabled
aws_flow_log: vpc_id traffic_type log_destination
aws_iam_policy: name path description
aws_iam_role: name name_prefix path
aws_iam_role_policy: role name
aws_iam_role_policy_attachment: role policy_arn
aws_instance: ami subnet_id availability_zone
aws_kms_key: key_usage multi_region
aws_lambda_function: function_name package_type
aws_launch_template: name
aws_lb: name internal load_balancer_type
aws_lb_listener: load_balancer_arn
aws_lb_target_group: port protocol vpc_id target_type
aws_nat_gateway: subnet_id allocation_id
aws_route: route_table_id destination_cidr_block
aws_route53_record: name zone_id
aws_route53_zone: name
aws_s3_bucket: bucket bucket_prefix object_lock_enabled
aws_s3_bucket_versioning: bucket
aws_security_group: name description vpc_id
aws_sns_topic: name fifo_topic
aws_sqs_queue: name fifo_queue
aws_subnet: cidr_block availability_zone vpc_id
aws_vpc: cidr_block
aws_vpc_endpoint: service_name vpc_id
aws_vpc_security_group_ingress_rule: security_group_id
aws_wafv2_web_acl: name scope
random_password: length special
tls_private_key: algorithm
kubernetes_namespace_v1: metadata.name
"""

UPDATES_IN_PLACE = """
aws_acm_certificate: early_renewal_duration tags
aws_autoscaling_group: min_size max_size vpc_zone_identifier launch_template.version
aws_cloudfront_distribution: aliases price_class
aws_cloudwatch_log_group: retention_in_days kms_key_id
aws_db_instance: identifier instance_class allocated_storage engine_version db_subnet_group_name tags
aws_db_event_subscription: sns_topic
aws_dynamodb_table: billing_mode
aws_ebs_volume: size type
aws_eks_cluster: version vpc_config vpc_config.subnet_ids encryption_config
aws_eks_node_group: scaling_config.max_size launch_template.version
aws_elasticache_replication_group: node_type engine_version num_cache_clusters
aws_iam_role: assume_role_policy max_session_duration tags
aws_iam_role_policy: policy
aws_iam_user: name
aws_instance: instance_type vpc_security_group_ids
aws_kms_key: policy enable_key_rotation
aws_lambda_function: runtime handler memory_size
aws_launch_template: instance_type image_id user_data metadata_options.http_tokens
aws_lb: idle_timeout enable_deletion_protection
aws_lb_listener: port protocol ssl_policy
aws_lb_target_group: deregistration_delay
aws_nat_gateway: tags
aws_route: nat_gateway_id gateway_id
aws_route_table_association: route_table_id
aws_s3_bucket_versioning: versioning_configuration.status
aws_security_group: ingress egress
aws_sqs_queue: visibility_timeout_seconds
aws_subnet: map_public_ip_on_launch tags
aws_vpc: enable_dns_hostnames tags
aws_vpc_endpoint: policy subnet_ids security_group_ids
aws_vpc_security_group_ingress_rule: from_port to_port cidr_ipv4 ip_protocol
aws_wafv2_web_acl: rule default_action
kubernetes_namespace_v1: metadata.labels
"""


def read_table(table: str) -> list[tuple[str, Names]]:
    lines = (line.split(":") for line in table.strip().splitlines())
    return [(type_, tuple(path.split("."))) for type_, paths in lines for path in paths.split()]


@pytest.mark.parametrize(("type_", "path"), read_table(FORCES_REPLACEMENT))
def test_a_change_forces_replacement(type_: str, path: Names) -> None:
    assert path in facts().of(type_).replacing


@pytest.mark.parametrize(("type_", "path"), read_table(UPDATES_IN_PLACE))
def test_a_change_updates_in_place(type_: str, path: Names) -> None:
    assert path[0] in {**blocks()[type_].attributes, **blocks()[type_].blocks}
    assert path not in facts().of(type_).replacing


def test_a_change_of_region_forces_replacement() -> None:
    for type_ in aws().resource_types:
        region = aws().resource(type_).attributes.get("region")
        if region is not None and region.optional:
            assert ("region",) in facts().of(type_).replacing


def test_tags_never_force_replacement() -> None:
    for type_ in aws().resource_types:
        assert not {("tags",), ("tags_all",), ("timeouts",), ("id",)} & facts().of(type_).replacing


def test_facts_only_name_existing_arguments() -> None:
    from arqctl.offline.aws_facts.derive_facts import all_arguments  # noqa: PLC0415

    for type_, block in blocks().items():
        facts_of_type = facts().of(type_)
        paths = {path for path, _ in all_arguments(block)}
        assert facts_of_type.replacing <= paths
        assert set(facts_of_type.constraints) <= paths
