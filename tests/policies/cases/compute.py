"""Instances, autoscaling and the cluster."""

from policies.stack import Json
from tests.policies.cases.accounts import TAGS
from tests.policies.cases.example import Bodies, Example, in_dev
from tests.policies.mutations import edit_first, regression, remove_value, set_value

GROUP_TAGS: list[Json] = [
    {"key": key, "value": value, "propagate_at_launch": True} for key, value in TAGS.items()
]
METADATA: dict[str, Json] = {"http_tokens": "required", "http_put_response_hop_limit": 1}
ENDPOINT: dict[str, Json] = {"endpoint_private_access": True, "endpoint_public_access": False}
LISTED: dict[str, Json] = {"endpoint_private_access": True, "endpoint_public_access": True}
CLUSTER: Bodies = {"aws_eks_cluster.it": {"version": "1.35"}}


def kube_proxy(version: str) -> dict[str, Json]:
    """Return the add-on of the cluster in `CLUSTER`."""
    return {
        "addon_name": "kube-proxy",
        "cluster_name": "${aws_eks_cluster.it.name}",
        "addon_version": version,
    }


EXAMPLES = (
    Example(
        "CKV_ARQ_4",
        passes=({"aws_autoscaling_group.it": {"tag": GROUP_TAGS}},),
        fails=(
            {"aws_autoscaling_group.it": {"min_size": 1}},
            {"aws_autoscaling_group.it": {"tag": GROUP_TAGS[1:]}},
            {
                "aws_autoscaling_group.it": {
                    "tag": [*GROUP_TAGS, {"key": "a", "value": "b", "propagate_at_launch": False}]
                }
            },
        ),
    ),
    Example(
        "CKV_ARQ_5",
        passes=(
            {
                "aws_launch_template.it": {
                    "tag_specifications": [
                        {"resource_type": "instance", "tags": TAGS},
                        {"resource_type": "volume", "tags": TAGS},
                    ]
                }
            },
        ),
        fails=(
            {"aws_launch_template.it": {"image_id": "ami-1"}},
            {"aws_launch_template.it": {"tag_specifications": [{"resource_type": "instance", "tags": TAGS}]}},
        ),
    ),
    Example(
        "CKV_ARQ_14",
        passes=(
            {"aws_eks_cluster.it": {"version": "1.35"}},
            {"aws_eks_cluster.it": {"version": "1.34"}},
        ),
        fails=(
            {"aws_eks_cluster.it": {"version": "1.33"}},
            {"aws_eks_cluster.it": {"version": "1.21"}},
            {"aws_eks_cluster.it": {"name": "without-a-version"}},
        ),
        unknown=(
            {"aws_eks_cluster.it": {"version": "${var.version}"}},
            {"aws_eks_cluster.it": {"version": "1.99"}},
        ),
    ),
    Example(
        "CKV2_ARQ_9",
        passes=(
            {"aws_eks_addon.it": kube_proxy("v1.35.3-eksbuild.13"), **CLUSTER},
            {"aws_eks_addon.it": kube_proxy("v1.32.1-eksbuild.2"), **CLUSTER},
        ),
        fails=(
            {"aws_eks_addon.it": kube_proxy("v1.36.0-eksbuild.14"), **CLUSTER},
            {"aws_eks_addon.it": kube_proxy("v1.31.14-eksbuild.9"), **CLUSTER},
            {"aws_eks_addon.it": {"addon_name": "kube-proxy", "cluster_name": "it"}},
        ),
        unknown=(
            {"aws_eks_addon.it": kube_proxy("${var.version}"), **CLUSTER},
            {"aws_eks_addon.it": kube_proxy("v1.35.3-eksbuild.13")},
            {"aws_eks_addon.it": {"addon_name": "${var.name}"}, **CLUSTER},
        ),
        not_applicable=({"aws_eks_addon.it": {"addon_name": "coredns"}},),
    ),
    Example(
        "CKV_ARQ_15",
        passes=({"aws_eks_cluster.it": {"deletion_protection": True}},),
        fails=({"aws_eks_cluster.it": {}},),
        unknown=({"aws_eks_cluster.it": {"deletion_protection": "${var.on}"}},),
        not_applicable=({"aws_eks_cluster.it": in_dev({})},),
    ),
    Example(
        "CKV_ARQ_31",
        passes=(
            {"aws_launch_template.it": {"metadata_options": METADATA}},
            {"aws_instance.it": {"metadata_options": [METADATA]}},
        ),
        fails=(
            {"aws_launch_template.it": {"image_id": "ami-1"}},
            {"aws_launch_template.it": {"metadata_options": {**METADATA, "http_tokens": "optional"}}},
            {"aws_launch_template.it": {"metadata_options": {**METADATA, "http_put_response_hop_limit": 2}}},
        ),
    ),
    Example(
        "CKV_ARQ_19",
        passes=(
            {"aws_eks_cluster.it": {"vpc_config": ENDPOINT}},
            {"aws_eks_cluster.it": {"vpc_config": [{**LISTED, "public_access_cidrs": ["192.0.2.0/24"]}]}},
        ),
        fails=(
            {"aws_eks_cluster.it": {"vpc_config": LISTED}},
            {"aws_eks_cluster.it": {"vpc_config": {**LISTED, "public_access_cidrs": ["0.0.0.0/0"]}}},
            {
                "aws_eks_cluster.it": {
                    "vpc_config": {**LISTED, "public_access_cidrs": ["0.0.0.0/1", "128.0.0.0/1"]}
                }
            },
            {"aws_eks_cluster.it": {"vpc_config": {**ENDPOINT, "endpoint_private_access": False}}},
            {"aws_eks_cluster.it": {}},
        ),
        unknown=(
            {"aws_eks_cluster.it": {"vpc_config": {**ENDPOINT, "endpoint_public_access": "${var.public}"}}},
        ),
    ),
)

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
        "kube-proxy newer than the control plane",
        edit_first(
            "aws_eks_addon",
            set_value("addon_version", "v1.99.0-eksbuild.1"),
            where=lambda addon: addon["addon_name"] == "kube-proxy",
        ),
        "CKV2_ARQ_9",
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
