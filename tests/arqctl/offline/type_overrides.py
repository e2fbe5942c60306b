"""Overrides for generated configurations of types with rules that no schema and no published data state.

Each entry is an AWS rule about several arguments together or about the content of a string.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from arqctl.offline.facts import Names
from tests.arqctl.offline.pem_fixtures import CERTIFICATE, KEY, REQUEST
from tests.arqctl.offline.plausible_values import ACCOUNT, IDENTITY_POLICY, REGION, RESOURCE_POLICY


@dataclass(frozen=True, slots=True)
class Overrides:
    """Arguments to omit, arguments to include always, and values for included arguments."""

    omitted: frozenset[Names] = frozenset()
    included: frozenset[Names] = frozenset()
    values: Mapping[Names, object] = field(default_factory=dict)


NO_OVERRIDES = Overrides()


def overrides_for(type_name: str) -> Overrides:
    """Return the overrides for a type. Most types have none."""
    if type_name.startswith("kubernetes_"):
        return _KUBERNETES_OBJECT
    return _OVERRIDES_BY_TYPE.get(type_name, NO_OVERRIDES)


def _overrides(*, omitted: str = "", included: str = "", **values: object) -> Overrides:
    """Make overrides. Names are separated by spaces; `__` leads into blocks."""
    return Overrides(
        _parse_paths(omitted),
        _parse_paths(included),
        {_parse_path(path): value for path, value in values.items()},
    )


def _parse_paths(text: str) -> frozenset[Names]:
    return frozenset(map(_parse_path, text.split()))


def _parse_path(path: str) -> Names:
    return tuple(path.split("__"))


_SUBNET_IDS = ["subnet-0123456789abcdef1", "subnet-0123456789abcdef2"]
_ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/example"
_POLICY_ARN = "arn:aws:iam::aws:policy/ReadOnlyAccess"
_QUEUE_ARN = f"arn:aws:sqs:{REGION}:{ACCOUNT}:example.fifo"
_REDRIVE_POLICY = json.dumps({"deadLetterTargetArn": _QUEUE_ARN, "maxReceiveCount": 5})
_KEY_POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "kms:*",
                "Resource": "*",
                "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            }
        ],
    }
)
_EXPIRATION_RULE = {
    "rulePriority": 1,
    "selection": {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 5},
    "action": {"type": "expire"},
}
_METHODS = ["GET", "HEAD"]
_DOCUMENTS = [IDENTITY_POLICY]
# The namespace of an object must exist, and this one is in each cluster.
_KUBERNETES_OBJECT = _overrides(metadata__namespace="default")

_OVERRIDES_BY_TYPE: Mapping[str, Overrides] = {
    # Subnet groups need two availability zones.
    "aws_db_subnet_group": _overrides(subnet_ids=_SUBNET_IDS),
    "aws_docdb_subnet_group": _overrides(subnet_ids=_SUBNET_IDS),
    "aws_eks_cluster": _overrides(version="1.35", vpc_config__subnet_ids=_SUBNET_IDS),
    "aws_lb": _overrides(subnets=_SUBNET_IDS),
    "aws_neptune_subnet_group": _overrides(subnet_ids=_SUBNET_IDS),
    # Identity policies have no principal, resource policies need one.
    "aws_cloudwatch_log_resource_policy": _overrides(policy_document=RESOURCE_POLICY),
    "aws_iam_group_policy": _overrides(policy=IDENTITY_POLICY),
    "aws_iam_policy": _overrides(policy=IDENTITY_POLICY),
    "aws_iam_role": _overrides(inline_policy__policy=IDENTITY_POLICY, path="/example/"),
    "aws_iam_role_policy": _overrides(policy=IDENTITY_POLICY),
    "aws_iam_user_policy": _overrides(policy=IDENTITY_POLICY),
    "aws_kms_key_policy": _overrides(policy=_KEY_POLICY),
    "aws_kms_key": _overrides(policy=_KEY_POLICY),
    "aws_kms_external_key": _overrides(policy=_KEY_POLICY),
    # ARNs of a specific resource type.
    "aws_eks_access_entry": _overrides(principal_arn=_ROLE_ARN),
    "aws_eks_access_policy_association": _overrides(
        principal_arn=_ROLE_ARN, policy_arn="arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
    ),
    "aws_iam_group_policy_attachment": _overrides(policy_arn=_POLICY_ARN),
    "aws_iam_role_policy_attachment": _overrides(policy_arn=_POLICY_ARN),
    "aws_iam_user_policy_attachment": _overrides(policy_arn=_POLICY_ARN),
    "aws_opensearch_domain": _overrides(
        cluster_config__instance_type="m7g.large.search",
        identity_center_options__identity_center_instance_arn="arn:aws:sso:::instance/ssoins-0123456789abcdef",
    ),
    "aws_s3control_storage_lens_configuration": _overrides(
        storage_lens_configuration__data_export__s3_bucket_destination__arn="arn:aws:s3:::example"
    ),
    "aws_storagegateway_cached_iscsi_volume": _overrides(
        source_volume_arn=f"arn:aws:storagegateway:{REGION}:{ACCOUNT}:gateway/sgw-12345678/volume/vol-12345678"
    ),
    "aws_vpclattice_resource_policy": _overrides(
        resource_arn=f"arn:aws:vpc-lattice:{REGION}:{ACCOUNT}:servicenetwork/sn-0123456789abcdef0"
    ),
    # Existing engines and instance types.
    "aws_db_instance": _overrides(
        included="allocated_storage username",
        engine="postgres",
        engine_version="17.4",
        instance_class="db.m7g.large",
        storage_type="gp3",
        allocated_storage=400,
        max_allocated_storage=800,
        iops=12000,
        storage_throughput=500,
        backup_window="02:00-03:00",
        performance_insights_retention_period=465,
        db_name="example",
    ),
    "aws_dax_cluster": _overrides(node_type="dax.r5.large"),
    "aws_docdb_cluster_instance": _overrides(instance_class="db.r5.large"),
    "aws_eks_node_group": _overrides(instance_types=["m7g.large"]),
    "aws_elasticache_cluster": _overrides(
        engine="redis",
        engine_version="7.1",
        node_type="cache.m7g.large",
        snapshot_window="02:00-03:00",
        maintenance_window="sun:05:00-sun:06:00",
    ),
    "aws_elasticache_replication_group": _overrides(
        node_type="cache.m7g.large",
        num_cache_clusters=2,
        snapshot_window="02:00-03:00",
        maintenance_window="sun:05:00-sun:06:00",
    ),
    "aws_instance": _overrides(
        instance_type="m7g.large",
        ebs_block_device__volume_type="gp3",
        ebs_block_device__iops=3000,
        ebs_block_device__throughput=125,
        root_block_device__volume_type="gp3",
        root_block_device__iops=3000,
        root_block_device__throughput=125,
    ),
    "aws_launch_configuration": _overrides(instance_type="m7g.large"),
    "aws_mq_broker": _overrides(host_instance_type="mq.m5.large"),
    "aws_neptune_cluster_instance": _overrides(instance_class="db.r5.large"),
    "aws_rds_cluster": _overrides(
        engine="aurora-postgresql",
        engine_version="17.4",
        preferred_backup_window="02:00-03:00",
        performance_insights_retention_period=465,
    ),
    "aws_rds_cluster_instance": _overrides(
        engine="aurora-postgresql",
        engine_version="17.4",
        instance_class="db.r6g.large",
        preferred_backup_window="02:00-03:00",
    ),
    "aws_redshift_cluster": _overrides(node_type="ra3.large"),
    "aws_spot_instance_request": _overrides(instance_type="m7g.large"),
    "aws_ebs_volume": _overrides(type="gp3", iops=3000, throughput=125),
    "aws_launch_template": _overrides(
        omitted="vpc_security_group_ids security_group_names",  # set in network_interfaces
        instance_type="m7g.large",
        block_device_mappings__ebs__volume_type="gp3",
        block_device_mappings__ebs__iops=3000,
        block_device_mappings__ebs__throughput=125,
        user_data="ZXhhbXBsZQ==",
    ),
    # Regional web ACLs: those for CloudFront are all in us-east-1.
    "aws_wafv2_ip_set": _overrides(scope="REGIONAL"),
    "aws_wafv2_rule_group": _overrides(scope="REGIONAL"),
    "aws_wafv2_web_acl": _overrides(scope="REGIONAL"),
    # JSON documents with a format of their own.
    "aws_cloudwatch_dashboard": _overrides(dashboard_body=json.dumps({"widgets": []})),
    "aws_backup_plan": _overrides(
        rule__start_window=60,
        rule__completion_window=180,
        rule__lifecycle__cold_storage_after=30,
        rule__lifecycle__delete_after=120,
        rule__copy_action__lifecycle__cold_storage_after=30,
        rule__copy_action__lifecycle__delete_after=120,
    ),
    "aws_backup_restore_testing_plan": _overrides(name="example_plan"),
    "aws_backup_restore_testing_selection": _overrides(name="example_selection"),
    "aws_cloudwatch_event_target": _overrides(input=json.dumps({"example": 1})),
    "aws_ecr_lifecycle_policy": _overrides(policy=json.dumps({"rules": [_EXPIRATION_RULE]})),
    "aws_ecs_task_definition": _overrides(
        container_definitions=json.dumps([{"name": "example", "image": "example"}])
    ),
    "aws_sqs_queue": _overrides(name="example.fifo", redrive_policy=_REDRIVE_POLICY),
    "aws_sqs_queue_redrive_policy": _overrides(redrive_policy=_REDRIVE_POLICY),
    "aws_synthetics_canary": _overrides(
        omitted="s3_bucket s3_key s3_version",
        included="zip_file",
        runtime_version="syn-nodejs-puppeteer-17.0",
        schedule__expression="rate(1 hour)",
    ),
    "aws_sns_topic": _overrides(name="example.fifo"),
    # Times and sizes within limits that AWS doesn't publish.
    "aws_flow_log": _overrides(max_aggregation_interval=60),
    "aws_kms_replica_key": _overrides(deletion_window_in_days=7, policy=_KEY_POLICY),
    "aws_secretsmanager_secret": _overrides(recovery_window_in_days=7),
    # Arguments that depend on each other.
    "aws_autoscaling_group": _overrides(included="vpc_zone_identifier", max_instance_lifetime=86400),
    "aws_cloudfront_distribution": _overrides(
        origin_group__origin_id="example-group",
        origin_group__member__origin_id="example-2",
        default_cache_behavior__allowed_methods=_METHODS,
        default_cache_behavior__cached_methods=_METHODS,
        ordered_cache_behavior__allowed_methods=_METHODS,
        ordered_cache_behavior__cached_methods=_METHODS,
        viewer_certificate__acm_certificate_arn=f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/example",
    ),
    "aws_cloudwatch_metric_alarm": _overrides(
        included="metric_name namespace period statistic threshold", period=60
    ),
    "aws_lb_listener": _overrides(
        included="default_action__target_group_arn", default_action__type="forward", protocol="HTTPS"
    ),
    "aws_lb_listener_rule": _overrides(included="action__target_group_arn", action__type="forward"),
    "aws_lb_target_group": _overrides(
        included="port protocol vpc_id",
        protocol="HTTP",
        slow_start=30,
        health_check__interval=30,
        health_check__timeout=5,
        health_check__healthy_threshold=2,
        health_check__unhealthy_threshold=2,
        health_check__path="/",
    ),
    "aws_default_network_acl": _overrides(ingress__action="allow", egress__action="allow"),
    "aws_network_acl": _overrides(ingress__action="allow", egress__action="allow"),
    "aws_sns_topic_subscription": _overrides(protocol="https"),
    "aws_nat_gateway": _overrides(included="allocation_id subnet_id", connectivity_type="public"),
    # PEM strings.
    "tls_cert_request": _overrides(private_key_pem=KEY),
    "tls_locally_signed_cert": _overrides(
        ca_cert_pem=CERTIFICATE, ca_private_key_pem=KEY, cert_request_pem=REQUEST
    ),
    "tls_private_key": _overrides(algorithm="RSA", rsa_bits=2048, ecdsa_curve="P256"),
    "tls_self_signed_cert": _overrides(private_key_pem=KEY),
    # A policy document is made of other documents, and its parts depend on each other.
    "data.aws_iam_policy_document": _overrides(
        source_policy_documents=_DOCUMENTS, override_policy_documents=_DOCUMENTS
    ),
    "aws_s3_bucket_server_side_encryption_configuration": _overrides(
        rule__apply_server_side_encryption_by_default__sse_algorithm="aws:kms"
    ),
}
