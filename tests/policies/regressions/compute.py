"""Instances, autoscaling and the cluster."""

from tests.policies.mutations import edit_first, regression, remove_value, set_value

REGRESSIONS = (
    regression(
        "Kubernetes API open to the internet",
        edit_first("aws_eks_cluster", set_value("vpc_config.endpoint_public_access", value=True)),
        "CKV_ARQ_19",
    ),
    regression(
        "Kubernetes after end of support",
        edit_first("aws_eks_cluster", set_value("version", "1.31")),
        "CKV_ARQ_14",
    ),
    regression(
        "cluster without deletion protection",
        edit_first("aws_eks_cluster", remove_value("deletion_protection")),
        "CKV_ARQ_15",
    ),
    regression(
        "unencrypted cluster secrets",
        edit_first("aws_eks_cluster", remove_value("encryption_config")),
        "CKV_AWS_58",
    ),
    regression(
        "cluster without audit log",
        edit_first("aws_eks_cluster", set_value("enabled_cluster_log_types", ["api"])),
        "CKV_AWS_37",
    ),
    regression(
        "IMDSv1",
        edit_first("aws_launch_template", set_value("metadata_options.http_tokens", "optional")),
        "CKV_ARQ_31",
    ),
    regression(
        "instance metadata reachable from pods",
        edit_first("aws_launch_template", set_value("metadata_options.http_put_response_hop_limit", 2)),
        "CKV_ARQ_31",
    ),
    regression(
        "instances without tags",
        edit_first("aws_launch_template", remove_value("tag_specifications")),
        "CKV_ARQ_5",
    ),
    regression(
        "autoscaling group without tags",
        edit_first("aws_autoscaling_group", remove_value("tag")),
        "CKV_ARQ_4",
    ),
)
