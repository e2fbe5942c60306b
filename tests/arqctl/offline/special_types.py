"""What a valid configuration of some types takes, beside what schema, groups and published data say.

Each entry is a rule of AWS's about several arguments together, or about what is written in a text.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from arqctl.offline.facts import Names
from tests.arqctl.offline.pems import CERTIFICATE, KEY, REQUEST
from tests.arqctl.offline.plausible_values import ACCOUNT, IDENTITY_POLICY, REGION, RESOURCE_POLICY


@dataclass(frozen=True, slots=True)
class Special:
    """Arguments of one type to leave out, arguments to give in any case, and values where they are given."""

    without: frozenset[Names] = frozenset()
    with_: frozenset[Names] = frozenset()
    values: Mapping[Names, object] = field(default_factory=dict)


NOTHING_SPECIAL = Special()


def special(type_name: str) -> Special:
    """What is special about a type; nothing about most."""
    return _SPECIAL.get(type_name, NOTHING_SPECIAL)


def _special(*, without: str = "", with_: str = "", **values: object) -> Special:
    """Names are separated by spaces, and lead into blocks by `__`."""
    return Special(_paths(without), _paths(with_), {_names(path): value for path, value in values.items()})


def _paths(text: str) -> frozenset[Names]:
    return frozenset(map(_names, text.split()))


def _names(path: str) -> Names:
    return tuple(path.split("__"))


_SUBNETS = ["subnet-0123456789abcdef1", "subnet-0123456789abcdef2"]
_ROLE = f"arn:aws:iam::{ACCOUNT}:role/example"
_POLICY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
_QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:example.fifo"
_REDRIVE = json.dumps({"deadLetterTargetArn": _QUEUE, "maxReceiveCount": 5})
_OWNED = json.dumps(
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
_EXPIRING = {
    "rulePriority": 1,
    "selection": {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 5},
    "action": {"type": "expire"},
}
_METHODS = ["GET", "HEAD"]
_DOCUMENTS = [IDENTITY_POLICY]
_SPECIAL: Mapping[str, Special] = {
    # Groups of subnets span two zones.
    "aws_db_subnet_group": _special(subnet_ids=_SUBNETS),
    "aws_docdb_subnet_group": _special(subnet_ids=_SUBNETS),
    "aws_eks_cluster": _special(version="1.35", vpc_config__subnet_ids=_SUBNETS),
    "aws_lb": _special(subnets=_SUBNETS),
    "aws_neptune_subnet_group": _special(subnet_ids=_SUBNETS),
    # Policies of an identity name no principal, those of a resource do.
    "aws_cloudwatch_log_resource_policy": _special(policy_document=RESOURCE_POLICY),
    "aws_iam_group_policy": _special(policy=IDENTITY_POLICY),
    "aws_iam_policy": _special(policy=IDENTITY_POLICY),
    "aws_iam_role": _special(inline_policy__policy=IDENTITY_POLICY, path="/example/"),
    "aws_iam_role_policy": _special(policy=IDENTITY_POLICY),
    "aws_iam_user_policy": _special(policy=IDENTITY_POLICY),
    "aws_kms_key_policy": _special(policy=_OWNED),
    "aws_kms_key": _special(policy=_OWNED),
    "aws_kms_external_key": _special(policy=_OWNED),
    # ARNs of one certain kind.
    "aws_eks_access_entry": _special(principal_arn=_ROLE),
    "aws_eks_access_policy_association": _special(
        principal_arn=_ROLE, policy_arn="arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
    ),
    "aws_iam_group_policy_attachment": _special(policy_arn=_POLICY),
    "aws_iam_role_policy_attachment": _special(policy_arn=_POLICY),
    "aws_iam_user_policy_attachment": _special(policy_arn=_POLICY),
    "aws_opensearch_domain": _special(
        cluster_config__instance_type="m7g.large.search",
        identity_center_options__identity_center_instance_arn="arn:aws:sso:::instance/ssoins-0123456789abcdef",
    ),
    "aws_s3control_storage_lens_configuration": _special(
        storage_lens_configuration__data_export__s3_bucket_destination__arn="arn:aws:s3:::example"
    ),
    "aws_storagegateway_cached_iscsi_volume": _special(
        source_volume_arn=f"arn:aws:storagegateway:{REGION}:{ACCOUNT}:gateway/sgw-12345678/volume/vol-12345678"
    ),
    "aws_vpclattice_resource_policy": _special(
        resource_arn=f"arn:aws:vpc-lattice:{REGION}:{ACCOUNT}:servicenetwork/sn-0123456789abcdef0"
    ),
    # Engines, and sizes of machines, that exist.
    "aws_db_instance": _special(
        with_="allocated_storage username",
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
    "aws_dax_cluster": _special(node_type="dax.r5.large"),
    "aws_docdb_cluster_instance": _special(instance_class="db.r5.large"),
    "aws_eks_node_group": _special(instance_types=["m7g.large"]),
    "aws_elasticache_cluster": _special(
        engine="redis",
        engine_version="7.1",
        node_type="cache.m7g.large",
        snapshot_window="02:00-03:00",
        maintenance_window="sun:05:00-sun:06:00",
    ),
    "aws_elasticache_replication_group": _special(
        node_type="cache.m7g.large",
        num_cache_clusters=2,
        snapshot_window="02:00-03:00",
        maintenance_window="sun:05:00-sun:06:00",
    ),
    "aws_instance": _special(
        instance_type="m7g.large",
        ebs_block_device__volume_type="gp3",
        ebs_block_device__iops=3000,
        ebs_block_device__throughput=125,
        root_block_device__volume_type="gp3",
        root_block_device__iops=3000,
        root_block_device__throughput=125,
    ),
    "aws_launch_configuration": _special(instance_type="m7g.large"),
    "aws_mq_broker": _special(host_instance_type="mq.m5.large"),
    "aws_neptune_cluster_instance": _special(instance_class="db.r5.large"),
    "aws_rds_cluster": _special(
        engine="aurora-postgresql",
        engine_version="17.4",
        preferred_backup_window="02:00-03:00",
        performance_insights_retention_period=465,
    ),
    "aws_rds_cluster_instance": _special(
        engine="aurora-postgresql",
        engine_version="17.4",
        instance_class="db.r6g.large",
        preferred_backup_window="02:00-03:00",
    ),
    "aws_redshift_cluster": _special(node_type="ra3.large"),
    "aws_spot_instance_request": _special(instance_type="m7g.large"),
    "aws_ebs_volume": _special(type="gp3", iops=3000, throughput=125),
    "aws_launch_template": _special(
        without="vpc_security_group_ids security_group_names",  # they stand in network_interfaces
        instance_type="m7g.large",
        block_device_mappings__ebs__volume_type="gp3",
        block_device_mappings__ebs__iops=3000,
        block_device_mappings__ebs__throughput=125,
        user_data="ZXhhbXBsZQ==",
    ),
    # Firewalls of a region; those for CloudFront are all in us-east-1.
    "aws_wafv2_ip_set": _special(scope="REGIONAL"),
    "aws_wafv2_rule_group": _special(scope="REGIONAL"),
    "aws_wafv2_web_acl": _special(scope="REGIONAL"),
    # Documents with a form of their own.
    "aws_cloudwatch_dashboard": _special(dashboard_body=json.dumps({"widgets": []})),
    "aws_cloudwatch_event_target": _special(input=json.dumps({"example": 1})),
    "aws_ecr_lifecycle_policy": _special(policy=json.dumps({"rules": [_EXPIRING]})),
    "aws_ecs_task_definition": _special(
        container_definitions=json.dumps([{"name": "example", "image": "example"}])
    ),
    "aws_sqs_queue": _special(name="example.fifo", redrive_policy=_REDRIVE),
    "aws_sqs_queue_redrive_policy": _special(redrive_policy=_REDRIVE),
    "aws_sns_topic": _special(name="example.fifo"),
    # Times and sizes that AWS takes within bounds that nobody publishes.
    "aws_flow_log": _special(max_aggregation_interval=60),
    "aws_kms_replica_key": _special(deletion_window_in_days=7, policy=_OWNED),
    "aws_secretsmanager_secret": _special(recovery_window_in_days=7),
    # What belongs together in these services.
    "aws_autoscaling_group": _special(with_="vpc_zone_identifier", max_instance_lifetime=86400),
    "aws_cloudfront_distribution": _special(
        origin_group__origin_id="example-group",
        origin_group__member__origin_id="example-2",
        default_cache_behavior__allowed_methods=_METHODS,
        default_cache_behavior__cached_methods=_METHODS,
        ordered_cache_behavior__allowed_methods=_METHODS,
        ordered_cache_behavior__cached_methods=_METHODS,
        viewer_certificate__acm_certificate_arn=f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/example",
    ),
    "aws_cloudwatch_metric_alarm": _special(
        with_="metric_name namespace period statistic threshold", period=60
    ),
    "aws_lb_listener": _special(
        with_="default_action__target_group_arn", default_action__type="forward", protocol="HTTPS"
    ),
    "aws_lb_listener_rule": _special(with_="action__target_group_arn", action__type="forward"),
    "aws_lb_target_group": _special(
        with_="port protocol vpc_id",
        protocol="HTTP",
        slow_start=30,
        health_check__interval=30,
        health_check__timeout=5,
        health_check__healthy_threshold=2,
        health_check__unhealthy_threshold=2,
        health_check__path="/",
    ),
    "aws_default_network_acl": _special(ingress__action="allow", egress__action="allow"),
    "aws_network_acl": _special(ingress__action="allow", egress__action="allow"),
    "aws_sns_topic_subscription": _special(protocol="https"),
    "aws_nat_gateway": _special(with_="allocation_id subnet_id", connectivity_type="public"),
    # Texts of cryptography.
    "tls_cert_request": _special(private_key_pem=KEY),
    "tls_locally_signed_cert": _special(
        ca_cert_pem=CERTIFICATE, ca_private_key_pem=KEY, cert_request_pem=REQUEST
    ),
    "tls_private_key": _special(algorithm="RSA", rsa_bits=2048, ecdsa_curve="P256"),
    "tls_self_signed_cert": _special(private_key_pem=KEY),
    # A policy's document is made of others, and its parts are named by type.
    "data.aws_iam_policy_document": _special(
        source_policy_documents=_DOCUMENTS, override_policy_documents=_DOCUMENTS
    ),
    "aws_s3_bucket_server_side_encryption_configuration": _special(
        rule__apply_server_side_encryption_by_default__sse_algorithm="aws:kms"
    ),
}
