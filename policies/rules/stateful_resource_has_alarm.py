"""Alarms on stateful resources."""

from policies.alarms import has_enabled_action
from policies.rule import rule
from policies.stack import Block, Json, Stack, at
from policies.verdict import Verdict, any_passes

# The CloudWatch dimensions of each type, and the attribute with the dimension's value. The dimension's name
# matters because a proxy can have the same name as its database.
_METRIC_DIMENSIONS = {
    "aws_db_instance": (("DBInstanceIdentifier",), "identifier"),
    "aws_rds_cluster": (("DBClusterIdentifier",), "cluster_identifier"),
    "aws_elasticache_replication_group": (("ReplicationGroupId", "CacheClusterId"), "replication_group_id"),
    "aws_eks_cluster": (("ClusterName",), "name"),
    "aws_nat_gateway": (("NatGatewayId",), "id"),
    "aws_lb": (("LoadBalancer",), "arn_suffix"),
}


@rule(
    id="CKV2_ARQ_4",
    severity="HIGH",
    on=tuple(_METRIC_DIMENSIONS),
    why="Without its own alarm, customers are the first to report a full disk or a failed gateway.",
    link="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html",
)
def stateful_resource_has_alarm(resource: Block, stack: Stack) -> Verdict:
    """Stateful resources must have an alarm with an action."""
    alarms = stack.of_type("aws_cloudwatch_metric_alarm")
    return any_passes(has_enabled_action(alarm) for alarm in alarms if _monitors(alarm, resource, stack))


def _monitors(alarm: Block, resource: Block, stack: Stack) -> bool:
    dimensions, attribute = _METRIC_DIMENSIONS[resource.type]
    query_dimensions = [at(query, "metric.dimensions") for query in alarm.blocks("metric_query")]
    values = [at(each, key) for each in (alarm.get("dimensions"), *query_dimensions) for key in dimensions]
    return any(_is_named(resource, name, attribute, stack) for name in values if name)


def _is_named(resource: Block, name: Json, attribute: str, stack: Stack) -> bool:
    return name == resource.get(attribute) or resource in stack.resolve(name, resource.type)
