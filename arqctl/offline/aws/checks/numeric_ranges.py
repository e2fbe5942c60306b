"""Checks of numbers: retention, timeouts, ports, counts and other ranges."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from arqctl.offline.aws.checks.resource import Resource, make_error
from arqctl.offline.aws.numbers import as_number
from arqctl.offline.diagnostic import Diagnostic


@dataclass(frozen=True, slots=True)
class Range:
    """Lowest and highest accepted value, and single values outside the range that are accepted too."""

    minimum: float
    maximum: float
    unit: str
    other_values: Collection[int] = ()


_LOG_DAYS = (
    0,
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)
# Keys are type, block ("" for the resource itself) and argument.
_RANGES: dict[tuple[str, str, str], Range] = {
    ("aws_kms_key", "", "deletion_window_in_days"): Range(7, 30, "days"),
    ("aws_kms_replica_key", "", "deletion_window_in_days"): Range(7, 30, "days"),
    ("aws_kms_key", "", "rotation_period_in_days"): Range(90, 2560, "days"),
    ("aws_secretsmanager_secret", "", "recovery_window_in_days"): Range(7, 30, "days", (0,)),
    ("aws_lambda_function", "", "timeout"): Range(1, 900, "seconds"),
    ("aws_lambda_function", "", "memory_size"): Range(128, 10240, "MiB"),
    ("aws_lambda_function", "ephemeral_storage", "size"): Range(512, 10240, "MiB"),
    ("aws_sqs_queue", "", "visibility_timeout_seconds"): Range(0, 43200, "seconds"),
    ("aws_sqs_queue", "", "message_retention_seconds"): Range(60, 1209600, "seconds"),
    ("aws_sqs_queue", "", "delay_seconds"): Range(0, 900, "seconds"),
    ("aws_sqs_queue", "", "receive_wait_time_seconds"): Range(0, 20, "seconds"),
    ("aws_sqs_queue", "", "kms_data_key_reuse_period_seconds"): Range(60, 86400, "seconds"),
    ("aws_iam_role", "", "max_session_duration"): Range(3600, 43200, "seconds"),
    ("aws_lb", "", "idle_timeout"): Range(1, 4000, "seconds"),
    ("aws_lb_target_group", "", "port"): Range(1, 65535, "as a port"),
    ("aws_lb_listener", "", "port"): Range(1, 65535, "as a port"),
    ("aws_lb_target_group", "", "deregistration_delay"): Range(0, 3600, "seconds"),
    ("aws_lb_target_group", "", "slow_start"): Range(30, 900, "seconds", (0,)),
    ("aws_lb_target_group", "health_check", "interval"): Range(5, 300, "seconds"),
    ("aws_lb_target_group", "health_check", "timeout"): Range(2, 120, "seconds"),
    ("aws_lb_target_group", "health_check", "healthy_threshold"): Range(2, 10, "times"),
    ("aws_lb_target_group", "health_check", "unhealthy_threshold"): Range(2, 10, "times"),
    ("aws_lb_listener_rule", "", "priority"): Range(1, 50000, "as a priority"),
    ("aws_elasticache_replication_group", "", "snapshot_retention_limit"): Range(0, 35, "days"),
    ("aws_elasticache_replication_group", "", "num_cache_clusters"): Range(1, 6, "nodes"),
    ("aws_elasticache_replication_group", "", "replicas_per_node_group"): Range(0, 5, "replicas"),
    ("aws_route53_record", "", "ttl"): Range(0, 2147483647, "seconds"),
    ("aws_route53_record", "weighted_routing_policy", "weight"): Range(0, 255, "as a weight"),
    ("aws_cloudwatch_metric_alarm", "", "evaluation_periods"): Range(1, 5760, "periods"),
    ("aws_cloudwatch_metric_alarm", "", "datapoints_to_alarm"): Range(1, 5760, "periods"),
    ("aws_flow_log", "", "max_aggregation_interval"): Range(60, 60, "seconds", (600,)),
    ("aws_launch_template", "metadata_options", "http_put_response_hop_limit"): Range(1, 64, "hops"),
    ("aws_eks_node_group", "", "disk_size"): Range(1, 16384, "GiB"),
    ("aws_autoscaling_group", "", "max_instance_lifetime"): Range(86400, 31536000, "seconds", (0,)),
    ("aws_db_proxy", "", "idle_client_timeout"): Range(1, 28800, "seconds"),
    ("aws_db_proxy_default_target_group", "connection_pool_config", "max_connections_percent"): Range(
        1, 100, "%"
    ),
    ("aws_db_proxy_default_target_group", "connection_pool_config", "max_idle_connections_percent"): Range(
        0, 100, "%"
    ),
}
_BY_TYPE: dict[str, list[tuple[str, str, Range]]] = {}
for (_type, _block, _argument), _range in _RANGES.items():
    _BY_TYPE.setdefault(_type, []).append((_block, _argument, _range))


def check_ranges(resource: Resource) -> Iterator[Diagnostic]:
    """Check that each number is within its range."""
    for block, argument, accepted in _BY_TYPE.get(resource.type, ()):
        for values in resource.get_blocks(block) if block else [resource.values]:
            given = as_number(values.get(argument))
            if (
                given is None
                or accepted.minimum <= given <= accepted.maximum
                or given in accepted.other_values
            ):
                continue
            other_values = "".join(f" or {each}" for each in accepted.other_values)
            yield make_error(
                "Number out of range",
                f"{argument} is {given}. "
                f"Use {accepted.minimum} to {accepted.maximum} {accepted.unit}{other_values}.",
                block or argument,
            )


def check_log_retention(group: Resource) -> Iterator[Diagnostic]:
    """Check that CloudWatch Logs accepts the retention."""
    days = group.get_number("retention_in_days")
    if days is not None and days not in _LOG_DAYS:
        yield make_error(
            "Invalid log retention",
            f"retention_in_days is {days}. Use one of {', '.join(map(str, _LOG_DAYS))}; 0 keeps logs "
            "forever.",
            "retention_in_days",
        )
