"""Which rule speaks of which types. Rules are functions; this is the one list of them."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from arqctl.offline.aws.checks import alarms, arns, buckets, caches, cidrs, clusters, database_engines, databases, dns, edge, instances, load_balancing, messaging, network, placement, references, scaling, scaling_policies, security_groups, tags

from arqctl.offline.aws.checks import name_formats as names

from arqctl.offline.aws.checks import unique_names as unique

from arqctl.offline.aws.checks import policy_attachments as policy_holders

from arqctl.offline.aws.checks import policy_syntax as policies

from arqctl.offline.aws.checks import numeric_ranges as times

from arqctl.offline.aws.checks import json_arguments as json_texts
from arqctl.offline.aws.checks.planned_resources import Registry
from arqctl.offline.aws.checks.resource import Resource
from arqctl.offline.diagnostic import Diagnostic

Rule = TypeVar("Rule")
Own = Callable[[Resource], Iterator[Diagnostic]]
Between = Callable[[Resource, Registry], Iterator[Diagnostic]]

# What one resource says of itself.
ALL_TYPES: tuple[Own, ...] = (
    cidrs.cidrs,
    arns.arns,
    references.references,
    policies.policies,
    policy_holders.size,
    tags.tags,
    names.names,
    times.ranges,
)
_RDS = ("aws_db_instance", "aws_rds_cluster")
OWN: Mapping[Own, tuple[str, ...]] = {
    cidrs.size: ("aws_vpc", "aws_subnet", "aws_default_vpc", "aws_vpc_ipv4_cidr_block_association"),
    policy_holders.lockout: (
        "aws_kms_key",
        "aws_kms_key_policy",
        "aws_kms_external_key",
        "aws_kms_replica_key",
    ),
    policy_holders.attached: (
        "aws_iam_role_policy_attachment",
        "aws_iam_user_policy_attachment",
        "aws_iam_group_policy_attachment",
    ),
    network.route_target: ("aws_route",),
    network.gateway: ("aws_nat_gateway",),
    placement.two_subnets: (
        "aws_db_subnet_group",
        "aws_docdb_subnet_group",
        "aws_neptune_subnet_group",
        "aws_eks_cluster",
        "aws_db_proxy",
        "aws_lb",
    ),
    scaling.scaling: (
        "aws_autoscaling_group",
        "aws_autoscaling_schedule",
        "aws_eks_node_group",
        "aws_appautoscaling_target",
        "aws_rds_cluster",
    ),
    scaling.template: ("aws_autoscaling_group",),
    scaling.shares: ("aws_autoscaling_group",),
    scaling_policies.needed: ("aws_autoscaling_policy",),
    security_groups.ports: (
        "aws_security_group",
        "aws_default_security_group",
        "aws_security_group_rule",
        "aws_vpc_security_group_ingress_rule",
        "aws_vpc_security_group_egress_rule",
        "aws_network_acl",
        "aws_default_network_acl",
        "aws_network_acl_rule",
    ),
    security_groups.sources: ("aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"),
    security_groups.old_sources: ("aws_security_group_rule",),
    security_groups.acl_rules: ("aws_network_acl", "aws_default_network_acl"),
    databases.storage: ("aws_db_instance",),
    databases.backups: (*_RDS, "aws_db_instance_automated_backups_replication"),
    databases.windows: (
        *_RDS,
        "aws_rds_cluster_instance",
        "aws_elasticache_replication_group",
        "aws_elasticache_cluster",
    ),
    databases.engine: _RDS,
    databases.final_snapshot: ("aws_db_instance",),
    database_engines.new: ("aws_db_instance",),
    database_engines.names: ("aws_db_instance",),
    database_engines.logs: ("aws_db_instance",),
    databases.parameters: (
        "aws_db_parameter_group",
        "aws_rds_cluster_parameter_group",
        "aws_elasticache_parameter_group",
    ),
    times.log_retention: ("aws_cloudwatch_log_group",),
    messaging.fifo: ("aws_sqs_queue", "aws_sns_topic"),
    messaging.redrive: ("aws_sqs_queue", "aws_sqs_queue_redrive_policy"),
    messaging.endpoint: ("aws_sns_topic_subscription",),
    alarms.period: ("aws_cloudwatch_metric_alarm",),
    alarms.datapoints: ("aws_cloudwatch_metric_alarm",),
    alarms.metric: ("aws_cloudwatch_metric_alarm",),
    dns.values: ("aws_route53_record",),
    dns.shape: ("aws_route53_record",),
    dns.alias: ("aws_route53_record",),
    edge.origins: ("aws_cloudfront_distribution",),
    edge.behaviors: ("aws_cloudfront_distribution",),
    edge.viewer_certificate: ("aws_cloudfront_distribution",),
    edge.web_acl: ("aws_cloudfront_distribution",),
    edge.cache_times: ("aws_cloudfront_cache_policy",),
    edge.scope: ("aws_wafv2_web_acl", "aws_wafv2_rule_group", "aws_wafv2_ip_set"),
    edge.domain: ("aws_acm_certificate",),
    load_balancing.certificate: ("aws_lb_listener",),
    load_balancing.protocol: ("aws_lb_listener",),
    load_balancing.actions: ("aws_lb_listener", "aws_lb_listener_rule"),
    load_balancing.target_group: ("aws_lb_target_group",),
    instances.disks: ("aws_launch_template", "aws_instance", "aws_ebs_volume"),
    instances.user_data: ("aws_launch_template", "aws_instance"),
    instances.image: ("aws_launch_template", "aws_instance"),
    instances.interfaces: ("aws_launch_template",),
    caches.failover: ("aws_elasticache_replication_group",),
    caches.encryption: ("aws_elasticache_replication_group",),
    buckets.rule_ids: ("aws_s3_bucket_lifecycle_configuration", "aws_s3_bucket_replication_configuration"),
    buckets.life_cycle: ("aws_s3_bucket_lifecycle_configuration",),
    buckets.encryption: ("aws_s3_bucket_server_side_encryption_configuration",),
    clusters.control_plane: ("aws_eks_cluster",),
    clusters.nodes: ("aws_eks_node_group",),
    clusters.access: ("aws_eks_access_entry", "aws_eks_access_policy_association"),
    json_texts.json_texts: tuple(json_texts.ARGUMENTS),
    json_texts.pattern: ("aws_cloudwatch_event_rule",),
    json_texts.schedule: ("aws_cloudwatch_event_rule", "aws_scheduler_schedule"),
    json_texts.life_cycle: ("aws_ecr_lifecycle_policy",),
}
# What a resource is once its provider and others have had their say.
BETWEEN_ALL_TYPES: tuple[Between, ...] = (tags.with_defaults,)
BETWEEN: Mapping[Between, tuple[str, ...]] = {
    network.subnet_in_vpc: ("aws_subnet",),
    network.subnets_apart: ("aws_subnet",),
    network.zone_exists: ("aws_subnet", "aws_ebs_volume", "aws_instance"),
    network.routes_apart: ("aws_route",),
    network.one_table: ("aws_route_table_association",),
    network.same_vpc: (
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
    placement.two_zones: (
        "aws_db_subnet_group",
        "aws_docdb_subnet_group",
        "aws_neptune_subnet_group",
        "aws_eks_cluster",
        "aws_db_proxy",
        "aws_lb",
    ),
    database_engines.family: ("aws_db_instance", "aws_elasticache_replication_group"),
    policy_holders.own_bucket: ("aws_s3_bucket_policy",),
    security_groups.rules_apart: (
        "aws_vpc_security_group_ingress_rule",
        "aws_vpc_security_group_egress_rule",
    ),
    dns.apex: ("aws_route53_record",),
    load_balancing.listeners_apart: ("aws_lb_listener",),
    load_balancing.priorities_apart: ("aws_lb_listener_rule",),
    buckets.versioned: ("aws_s3_bucket_replication_configuration",),
    clusters.service_range: ("aws_eks_cluster",),
    unique.names_apart: unique.NAMED,
}


def _by_type(rules: Mapping[Rule, tuple[str, ...]]) -> Mapping[str, tuple[Rule, ...]]:
    found: dict[str, list[Rule]] = {}
    for rule, types in rules.items():
        for name in types:
            found.setdefault(name, []).append(rule)
    return {name: tuple(each) for name, each in found.items()}


OWN_BY_TYPE = _by_type(OWN)
BETWEEN_BY_TYPE = _by_type(BETWEEN)
