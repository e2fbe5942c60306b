"""Defects in the cluster: versions, node groups, access, add-ons, and Karpenter's events."""

from tests.arqctl.offline.defects.defect_planting import Defect, Ref, apply_all, change_json, drop, put

_EKS, _NODES = "aws_eks_cluster", "aws_eks_node_group"
_SYSTEM = "cluster/node-groups/system"
_ADMIN = "cluster/access/admin-platform-admin"
_QUEUE = "cluster/karpenter/interruptions"

DEFECTS = (
    Defect("version-with-patch", _EKS, "cluster", put("version", "1.35.2"), "version"),
    Defect("version-unsupported", _EKS, "cluster", put("version", "1.12"), "version"),
    Defect(
        "authentication-mode",
        _EKS,
        "cluster",
        put("access_config.authentication_mode", "IAM"),
        "authentication_mode",
    ),
    Defect("support-type", _EKS, "cluster", put("upgrade_policy.support_type", "FOREVER"), "support_type"),
    Defect("cluster-log-type", _EKS, "cluster", put("enabled_cluster_log_types.0", "kubelet"), "kubelet"),
    Defect(
        "cluster-in-one-zone",
        _EKS,
        "cluster",
        put(
            "vpc_config.subnet_ids",
            [
                Ref("aws_subnet", "network/isolated/euw1-az1", "id"),
                Ref("aws_subnet", "network/private/euw1-az1", "id"),
            ],
        ),
        "zone",
    ),
    Defect("cluster-name", _EKS, "cluster", put("name", "production cluster"), "name"),
    Defect("cluster-name-too-long", _EKS, "cluster", put("name", "c" * 101), "name"),
    Defect(
        "encryption-resources", _EKS, "cluster", put("encryption_config.resources", ["pods"]), "resources"
    ),
    Defect(
        "cluster-without-endpoint",
        _EKS,
        "cluster",
        put("vpc_config.endpoint_private_access", False),
        "endpoint",
    ),
    Defect("cluster-without-network", _EKS, "cluster", drop("vpc_config"), "vpc_config"),
    Defect("cluster-role-is-a-name", _EKS, "cluster", put("role_arn", "cluster-role"), "role_arn"),
    Defect("image-type", _NODES, _SYSTEM, put("ami_type", "AL3_ARM"), "ami_type"),
    Defect(
        "release-of-another-version",
        _NODES,
        _SYSTEM,
        put("release_version", "1.34.2-20260101"),
        "release_version",
    ),
    Defect("capacity-type", _NODES, _SYSTEM, put("capacity_type", "CHEAP"), "capacity_type"),
    Defect("node-type-unknown", _NODES, _SYSTEM, put("instance_types.0", "m7g.mega"), "m7g.mega"),
    Defect("nodes-min-over-max", _NODES, _SYSTEM, put("scaling_config.min_size", 10), "min_size"),
    Defect(
        "nodes-desired-out-of-range", _NODES, _SYSTEM, put("scaling_config.desired_size", 12), "desired_size"
    ),
    Defect(
        "nodes-two-update-limits", _NODES, _SYSTEM, put("update_config.max_unavailable", 1), "max_unavailable"
    ),
    Defect(
        "taint-effect-spelling",
        _NODES,
        _SYSTEM,
        put("taint", [{"key": "spot", "effect": "NoSchedule"}]),
        "effect",
    ),
    Defect("nodes-name-and-prefix", _NODES, _SYSTEM, put("node_group_name", "system"), "node_group_name"),
    Defect("access-type", "aws_eks_access_entry", _ADMIN, put("type", "ADMIN"), "type"),
    Defect(
        "access-principal",
        "aws_eks_access_entry",
        _ADMIN,
        put("principal_arn", "platform-admin"),
        "principal_arn",
    ),
    Defect(
        "access-scope",
        "aws_eks_access_policy_association",
        f"{_ADMIN}-policy",
        put("access_scope.type", "everything"),
        "type",
    ),
    Defect(
        "addon-conflicts",
        "aws_eks_addon",
        "cluster/addons/coredns",
        put("resolve_conflicts_on_create", "IGNORE"),
        "resolve_conflicts_on_create",
    ),
    Defect(
        "kube-proxy-newer-than-the-cluster",
        "aws_eks_addon",
        "cluster/addons/kube-proxy",
        put("addon_version", "v1.36.0-eksbuild.14"),
        "addon_version",
    ),
    Defect(
        "addon-configuration-json",
        "aws_eks_addon",
        "cluster/addons/aws-ebs-csi-driver",
        put("configuration_values", '{"controller": '),
        "configuration_values",
    ),
    Defect(
        "pod-identity-without-service-account",
        "aws_eks_pod_identity_association",
        "cluster/workloads/shop/api",
        drop("service_account"),
        "service_account",
    ),
    Defect(
        "issuer-without-tls",
        "aws_iam_openid_connect_provider",
        "cluster/oidc-provider",
        put("url", "http://issuer.arq.example"),
        "url",
    ),
    Defect(
        "event-pattern-json",
        "aws_cloudwatch_event_rule",
        "cluster/karpenter/health",
        put("event_pattern", '{"source": ["aws.health"}'),
        "event_pattern",
    ),
    Defect(
        "event-pattern-scalar",
        "aws_cloudwatch_event_rule",
        "cluster/karpenter/health",
        change_json("event_pattern", put("source", "aws.health")),
        "event_pattern",
    ),
    Defect(
        "event-rule-without-pattern",
        "aws_cloudwatch_event_rule",
        "cluster/karpenter/health",
        drop("event_pattern"),
        "event_pattern",
    ),
    Defect(
        "schedule-syntax",
        "aws_cloudwatch_event_rule",
        "cluster/karpenter/health",
        apply_all(drop("event_pattern"), put("schedule_expression", "every 5 minutes")),
        "schedule_expression",
    ),
    Defect(
        "queue-retention-too-short",
        "aws_sqs_queue",
        _QUEUE,
        put("message_retention_seconds", 30),
        "message_retention_seconds",
    ),
    Defect(
        "queue-with-two-keys",
        "aws_sqs_queue",
        _QUEUE,
        put("kms_master_key_id", "alias/arq"),
        "kms_master_key_id",
    ),
    Defect("queue-fifo-name", "aws_sqs_queue", _QUEUE, put("fifo_queue", True), "fifo"),
)
