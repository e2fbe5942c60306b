"""Instances, autoscaling and the cluster."""

from tests.policies.planting import caught, drop, on_first, put

REGRESSIONS = (
    caught(
        "a Kubernetes API for everybody",
        on_first("aws_eks_cluster", put("vpc_config.endpoint_public_access", value=True)),
        "CKV_ARQ_19",
    ),
    caught(
        "a Kubernetes past its support", on_first("aws_eks_cluster", put("version", "1.31")), "CKV_ARQ_14"
    ),
    caught(
        "a cluster that a plan can delete",
        on_first("aws_eks_cluster", drop("deletion_protection")),
        "CKV_ARQ_15",
    ),
    caught(
        "cluster secrets in plain text", on_first("aws_eks_cluster", drop("encryption_config")), "CKV_AWS_58"
    ),
    caught(
        "a cluster without audit log",
        on_first("aws_eks_cluster", put("enabled_cluster_log_types", ["api"])),
        "CKV_AWS_37",
    ),
    caught(
        "IMDSv1",
        on_first("aws_launch_template", put("metadata_options.http_tokens", "optional")),
        "CKV_ARQ_31",
    ),
    caught(
        "node credentials one hop away",
        on_first("aws_launch_template", put("metadata_options.http_put_response_hop_limit", 2)),
        "CKV_ARQ_31",
    ),
    caught(
        "instances without tags", on_first("aws_launch_template", drop("tag_specifications")), "CKV_ARQ_5"
    ),
    caught("a fleet without tags", on_first("aws_autoscaling_group", drop("tag")), "CKV_ARQ_4"),
)
