"""Whatever others depend on has somebody who hears when it fails."""

from policies.alarms import acts
from policies.rule import rule
from policies.stack import Block, Json, Stack, at
from policies.verdict import Verdict, any_holds

# Under which dimensions CloudWatch measures each, and the attribute that is its name there. The dimension
# counts: a proxy may well have its database's name.
_MEASURED = {
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
    on=tuple(_MEASURED),
    why="Without an alarm of its own, a full disk or a dead gateway is reported by customers.",
    link="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html",
)
def stateful_resource_has_alarm(resource: Block, stack: Stack) -> Verdict:
    """Every stateful resource has at least one alarm that acts."""
    alarms = stack.of_type("aws_cloudwatch_metric_alarm")
    return any_holds(acts(alarm) for alarm in alarms if _watches(alarm, resource, stack))


def _watches(alarm: Block, resource: Block, stack: Stack) -> bool:
    dimensions, attribute = _MEASURED[resource.type]
    queried = [at(query, "metric.dimensions") for query in alarm.blocks("metric_query")]
    measured = [at(each, key) for each in (alarm.get("dimensions"), *queried) for key in dimensions]
    return any(_is(resource, name, attribute, stack) for name in measured if name)


def _is(resource: Block, name: Json, attribute: str, stack: Stack) -> bool:
    return name == resource.get(attribute) or resource in stack.referred(name, resource.type)
