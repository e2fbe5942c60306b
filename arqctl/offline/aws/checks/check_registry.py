"""Registry of all checks: which check applies to which resource types."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from arqctl.offline.aws.checks import (
    alarms,
    arns,
    backups,
    buckets,
    caches,
    canaries,
    cidrs,
    clusters,
    database_engines,
    databases,
    dns,
    edge,
    instances,
    json_arguments,
    load_balancing,
    messaging,
    name_formats,
    network,
    numeric_ranges,
    placement,
    policy_attachments,
    policy_syntax,
    references,
    scaling,
    security_groups,
    tags,
    unique_names,
)
from arqctl.offline.aws.checks.planned_resources import PlannedResources
from arqctl.offline.aws.checks.resource import Resource
from arqctl.offline.diagnostic import Diagnostic

Check = TypeVar("Check")
ConfigCheck = Callable[[Resource], Iterator[Diagnostic]]
PlanCheck = Callable[[Resource, PlannedResources], Iterator[Diagnostic]]

# Checks that need one resource only.
COMMON_CONFIG_CHECKS: tuple[ConfigCheck, ...] = (
    cidrs.check_cidrs,
    arns.check_arns,
    references.check_references,
    policy_syntax.check_policies,
    policy_attachments.check_size,
    tags.check_tags,
    name_formats.check_names,
    numeric_ranges.check_ranges,
)
_RDS = ("aws_db_instance", "aws_rds_cluster")
CONFIG_CHECKS: Mapping[ConfigCheck, tuple[str, ...]] = {
    cidrs.check_size: ("aws_vpc", "aws_subnet", "aws_default_vpc", "aws_vpc_ipv4_cidr_block_association"),
    policy_attachments.check_key_lockout: (
        "aws_kms_key",
        "aws_kms_key_policy",
        "aws_kms_external_key",
        "aws_kms_replica_key",
    ),
    policy_attachments.check_attached_policy: (
        "aws_iam_role_policy_attachment",
        "aws_iam_user_policy_attachment",
        "aws_iam_group_policy_attachment",
    ),
    network.check_route_target: ("aws_route",),
    network.check_nat_gateway: ("aws_nat_gateway",),
    placement.check_subnet_count: (
        "aws_db_subnet_group",
        "aws_docdb_subnet_group",
        "aws_neptune_subnet_group",
        "aws_eks_cluster",
        "aws_db_proxy",
        "aws_lb",
    ),
    scaling.check_sizes: (
        "aws_autoscaling_group",
        "aws_autoscaling_schedule",
        "aws_eks_node_group",
        "aws_appautoscaling_target",
        "aws_rds_cluster",
    ),
    scaling.check_launch_source: ("aws_autoscaling_group",),
    scaling.check_healthy_percentages: ("aws_autoscaling_group",),
    scaling.check_policy_arguments: ("aws_autoscaling_policy",),
    security_groups.check_ports: (
        "aws_security_group",
        "aws_default_security_group",
        "aws_security_group_rule",
        "aws_vpc_security_group_ingress_rule",
        "aws_vpc_security_group_egress_rule",
        "aws_network_acl",
        "aws_default_network_acl",
        "aws_network_acl_rule",
    ),
    security_groups.check_peer: ("aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"),
    security_groups.check_legacy_peer: ("aws_security_group_rule",),
    security_groups.check_acl_rules: ("aws_network_acl", "aws_default_network_acl"),
    databases.check_storage: ("aws_db_instance",),
    databases.check_backup_retention: (*_RDS, "aws_db_instance_automated_backups_replication"),
    databases.check_windows: (
        *_RDS,
        "aws_rds_cluster_instance",
        "aws_elasticache_replication_group",
        "aws_elasticache_cluster",
    ),
    databases.check_settings: _RDS,
    databases.check_final_snapshot: ("aws_db_instance",),
    databases.check_replica: ("aws_db_instance",),
    databases.check_restored_settings: ("aws_db_instance",),
    database_engines.check_required_arguments: ("aws_db_instance",),
    database_engines.check_names: ("aws_db_instance",),
    database_engines.check_log_exports: ("aws_db_instance",),
    databases.check_parameters: (
        "aws_db_parameter_group",
        "aws_rds_cluster_parameter_group",
        "aws_elasticache_parameter_group",
    ),
    numeric_ranges.check_log_retention: ("aws_cloudwatch_log_group",),
    messaging.check_fifo: ("aws_sqs_queue", "aws_sns_topic"),
    messaging.check_redrive_policy: ("aws_sqs_queue", "aws_sqs_queue_redrive_policy"),
    messaging.check_endpoint: ("aws_sns_topic_subscription",),
    alarms.check_period: ("aws_cloudwatch_metric_alarm",),
    alarms.check_datapoints: ("aws_cloudwatch_metric_alarm",),
    alarms.check_metric: ("aws_cloudwatch_metric_alarm",),
    dns.check_record_values: ("aws_route53_record",),
    dns.check_record_arguments: ("aws_route53_record",),
    dns.check_alias: ("aws_route53_record",),
    edge.check_origins: ("aws_cloudfront_distribution",),
    edge.check_behaviors: ("aws_cloudfront_distribution",),
    edge.check_viewer_certificate: ("aws_cloudfront_distribution",),
    edge.check_web_acl: ("aws_cloudfront_distribution",),
    edge.check_ttl_order: ("aws_cloudfront_cache_policy",),
    edge.check_web_acl_scope: ("aws_wafv2_web_acl", "aws_wafv2_rule_group", "aws_wafv2_ip_set"),
    edge.check_domain_names: ("aws_acm_certificate",),
    load_balancing.check_certificate: ("aws_lb_listener",),
    load_balancing.check_protocol: ("aws_lb_listener",),
    load_balancing.check_actions: ("aws_lb_listener", "aws_lb_listener_rule"),
    load_balancing.check_target_group: ("aws_lb_target_group",),
    instances.check_volumes: ("aws_launch_template", "aws_instance", "aws_ebs_volume"),
    instances.check_user_data: ("aws_launch_template", "aws_instance"),
    instances.check_image: ("aws_launch_template", "aws_instance"),
    instances.check_network_interfaces: ("aws_launch_template",),
    caches.check_failover: ("aws_elasticache_replication_group",),
    caches.check_encryption: ("aws_elasticache_replication_group",),
    backups.check_lock: ("aws_backup_vault_lock_configuration",),
    backups.check_rules: ("aws_backup_plan",),
    buckets.check_rule_ids: (
        "aws_s3_bucket_lifecycle_configuration",
        "aws_s3_bucket_replication_configuration",
    ),
    buckets.check_lifecycle: ("aws_s3_bucket_lifecycle_configuration",),
    buckets.check_encryption_key: ("aws_s3_bucket_server_side_encryption_configuration",),
    canaries.check_runtime: ("aws_synthetics_canary",),
    canaries.check_code: ("aws_synthetics_canary",),
    canaries.check_schedule: ("aws_synthetics_canary",),
    clusters.check_control_plane: ("aws_eks_cluster",),
    clusters.check_node_group: ("aws_eks_node_group",),
    clusters.check_node_release: ("aws_eks_node_group",),
    clusters.check_access_entry: ("aws_eks_access_entry", "aws_eks_access_policy_association"),
    json_arguments.check_json: tuple(json_arguments.JSON_ARGUMENTS),
    json_arguments.check_event_pattern: ("aws_cloudwatch_event_rule",),
    json_arguments.check_schedule: ("aws_cloudwatch_event_rule", "aws_scheduler_schedule"),
    json_arguments.check_ecr_lifecycle: ("aws_ecr_lifecycle_policy",),
}
# Checks that also need the provider's configuration or other resources of the plan.
COMMON_PLAN_CHECKS: tuple[PlanCheck, ...] = (tags.check_tags_with_defaults,)
PLAN_CHECKS: Mapping[PlanCheck, tuple[str, ...]] = {
    network.check_subnet_in_vpc: ("aws_subnet",),
    network.check_overlapping_subnets: ("aws_subnet",),
    network.check_zone_exists: ("aws_subnet", "aws_ebs_volume", "aws_instance"),
    network.check_duplicate_routes: ("aws_route",),
    network.check_duplicate_associations: ("aws_route_table_association",),
    network.check_same_vpc: (
        "aws_route_table_association",
        "aws_db_subnet_group",
        "aws_elasticache_subnet_group",
        "aws_eks_cluster",
        "aws_lb",
        "aws_db_proxy",
        "aws_instance",
        "aws_network_interface",
        "aws_autoscaling_group",
        "aws_lambda_function",
    ),
    placement.check_zone_count: (
        "aws_db_subnet_group",
        "aws_docdb_subnet_group",
        "aws_neptune_subnet_group",
        "aws_eks_cluster",
        "aws_db_proxy",
        "aws_lb",
    ),
    database_engines.check_parameter_family: ("aws_db_instance", "aws_elasticache_replication_group"),
    policy_attachments.check_bucket_policy_resource: ("aws_s3_bucket_policy",),
    security_groups.check_duplicate_rules: (
        "aws_vpc_security_group_ingress_rule",
        "aws_vpc_security_group_egress_rule",
    ),
    dns.check_name_conflicts: ("aws_route53_record",),
    load_balancing.check_duplicate_listeners: ("aws_lb_listener",),
    load_balancing.check_duplicate_priorities: ("aws_lb_listener_rule",),
    backups.check_service_role: ("aws_backup_selection", "aws_backup_restore_testing_selection"),
    backups.check_bucket_versioning: ("aws_s3_bucket_versioning",),
    buckets.check_replication_versioning: ("aws_s3_bucket_replication_configuration",),
    clusters.check_service_range: ("aws_eks_cluster",),
    clusters.check_kube_proxy: ("aws_eks_addon",),
    unique_names.check_duplicate_names: unique_names.NAMED_TYPES,
    alarms.check_alarms_after_resource: alarms.MEASURED_TYPES,
    alarms.check_alarms_of_new_agent: alarms.AGENT_TYPES,
}


def _by_type(checks: Mapping[Check, tuple[str, ...]]) -> Mapping[str, tuple[Check, ...]]:
    checks_by_type: dict[str, list[Check]] = {}
    for check, types in checks.items():
        for name in types:
            checks_by_type.setdefault(name, []).append(check)
    return {name: tuple(each) for name, each in checks_by_type.items()}


CONFIG_CHECKS_BY_TYPE = _by_type(CONFIG_CHECKS)
PLAN_CHECKS_BY_TYPE = _by_type(PLAN_CHECKS)
