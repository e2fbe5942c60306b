"""Defects in launch templates, autoscaling groups and scaling policies."""

from tests.arqctl.offline.defects.defect_planting import Defect, Ref, apply_all, drop, put

_GROUP, _AT = "aws_autoscaling_group", "workers/group"
_POLICY = "aws_autoscaling_policy"
_CPU, _STEPS = "workers/scaling/cpu", "workers/scaling/steps"
_TEMPLATE, _WORKERS = "aws_launch_template", "workers/launch-template"

DEFECTS = (
    Defect("group-min-over-max", _GROUP, _AT, put("min_size", 20), "min_size"),
    Defect("group-desired-out-of-range", _GROUP, _AT, put("desired_capacity", 30), "desired_capacity"),
    Defect(
        "group-instance-lifetime", _GROUP, _AT, put("max_instance_lifetime", 3600), "max_instance_lifetime"
    ),
    Defect("group-health", _GROUP, _AT, put("health_check_type", "HTTP"), "health_check_type"),
    Defect(
        "group-two-launch-sources",
        _GROUP,
        _AT,
        put("launch_template", {"id": Ref(_TEMPLATE, _WORKERS, "id")}),
        "launch_template",
    ),
    Defect("group-without-launch-source", _GROUP, _AT, drop("mixed_instances_policy"), "launch_template"),
    Defect(
        "group-in-zones-and-subnets",
        _GROUP,
        _AT,
        put("availability_zones", ["eu-west-1a"]),
        "availability_zones",
    ),
    Defect(
        "group-on-demand-over-100-percent",
        _GROUP,
        _AT,
        put("mixed_instances_policy.instances_distribution.on_demand_percentage_above_base_capacity", 150),
        "on_demand_percentage_above_base_capacity",
    ),
    Defect(
        "group-spot",
        _GROUP,
        _AT,
        put("mixed_instances_policy.instances_distribution.spot_allocation_strategy", "cheapest"),
        "spot_allocation_strategy",
    ),
    Defect("group-metric", _GROUP, _AT, put("enabled_metrics.0", "GroupHappiness"), "GroupHappiness"),
    Defect(
        "group-termination-policy",
        _GROUP,
        _AT,
        put("termination_policies.0", "Youngest"),
        "termination_policies",
    ),
    Defect(
        "group-healthy-percentages",
        _GROUP,
        _AT,
        put("instance_maintenance_policy.min_healthy_percentage", 130),
        "min_healthy_percentage",
    ),
    Defect(
        "group-tag-without-propagation", _GROUP, _AT, drop("tag.0.propagate_at_launch"), "propagate_at_launch"
    ),
    Defect("policy-without-group", _POLICY, _CPU, drop("autoscaling_group_name"), "autoscaling_group_name"),
    Defect("policy-type", _POLICY, _CPU, put("policy_type", "Tracking"), "policy_type"),
    Defect(
        "policy-without-target",
        _POLICY,
        _CPU,
        drop("target_tracking_configuration"),
        "target_tracking_configuration",
    ),
    Defect(
        "policy-two-metrics",
        _POLICY,
        _CPU,
        put(
            "target_tracking_configuration.customized_metric_specification",
            {"metric_name": "load", "namespace": "arq", "statistic": "Average"},
        ),
        "customized_metric_specification",
    ),
    Defect(
        "policy-metric",
        _POLICY,
        _CPU,
        put(
            "target_tracking_configuration.predefined_metric_specification.predefined_metric_type", "ASGLoad"
        ),
        "predefined_metric_type",
    ),
    Defect("policy-adjustment-type", _POLICY, _STEPS, put("adjustment_type", "Percent"), "adjustment_type"),
    Defect("policy-without-steps", _POLICY, _STEPS, drop("step_adjustment"), "step_adjustment"),
    Defect(
        "policy-forecast",
        _POLICY,
        "workers/scaling/predictive",
        put("predictive_scaling_configuration.mode", "Forecast"),
        "mode",
    ),
    Defect(
        "metadata-tokens",
        _TEMPLATE,
        _WORKERS,
        put("metadata_options.http_tokens", "sometimes"),
        "http_tokens",
    ),
    Defect(
        "metadata-hops",
        _TEMPLATE,
        _WORKERS,
        put("metadata_options.http_put_response_hop_limit", 0),
        "http_put_response_hop_limit",
    ),
    Defect("user-data-plain", _TEMPLATE, _WORKERS, put("user_data", "#!/bin/sh\necho hello\n"), "user_data"),
    Defect("instance-type-unknown", _TEMPLATE, _WORKERS, put("instance_type", "m7g.mega"), "m7g.mega"),
    Defect("template-name", _TEMPLATE, _WORKERS, put("name", "production workers"), "name"),
    Defect("template-name-and-prefix", _TEMPLATE, _WORKERS, put("name_prefix", "production-"), "name_prefix"),
    Defect("image-is-a-name", _TEMPLATE, _WORKERS, put("image_id", "al2023"), "image_id"),
    Defect(
        "volume-type",
        _TEMPLATE,
        _WORKERS,
        put("block_device_mappings.0.ebs.volume_type", "gp9"),
        "volume_type",
    ),
    Defect(
        "volume-throughput",
        _TEMPLATE,
        _WORKERS,
        put("block_device_mappings.0.ebs.throughput", 5),
        "throughput",
    ),
    Defect(
        "volume-without-iops",
        _TEMPLATE,
        _WORKERS,
        put("block_device_mappings.0.ebs.volume_type", "io2"),
        "iops",
    ),
    Defect(
        "template-security-groups-twice",
        _TEMPLATE,
        _WORKERS,
        put("vpc_security_group_ids", [Ref("aws_security_group", "workers/security-group", "id")]),
        "vpc_security_group_ids",
    ),
    Defect(
        "template-market",
        _TEMPLATE,
        _WORKERS,
        put("instance_market_options", {"market_type": "reserved"}),
        "market_type",
    ),
    Defect(
        "template-profile-twice",
        _TEMPLATE,
        _WORKERS,
        apply_all(put("iam_instance_profile.name", "workers")),
        "iam_instance_profile",
    ),
    Defect(
        "template-shutdown",
        _TEMPLATE,
        _WORKERS,
        put("instance_initiated_shutdown_behavior", "sleep"),
        "instance_initiated_shutdown_behavior",
    ),
)
