"""Whatever others depend on has somebody who hears when it fails."""

from policies.alarms import acts
from policies.rule import rule
from policies.stack import Block, Stack, strings
from policies.verdict import Verdict, any_holds

# The name that each gives CloudWatch, where it is a literal that an alarm may repeat.
_NAMES = {
    "aws_db_instance": "identifier",
    "aws_rds_cluster": "cluster_identifier",
    "aws_elasticache_replication_group": "replication_group_id",
    "aws_eks_cluster": "name",
    "aws_nat_gateway": "id",
    "aws_lb": "arn_suffix",
}


@rule(
    id="CKV2_ARQ_4",
    severity="HIGH",
    on=tuple(_NAMES),
    why="Without an alarm of its own, a full disk or a dead gateway is reported by customers.",
    link="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html",
)
def stateful_resource_has_alarm(resource: Block, stack: Stack) -> Verdict:
    """Every stateful resource has at least one alarm that acts."""
    alarms = stack.of_type("aws_cloudwatch_metric_alarm")
    return any_holds(acts(alarm) for alarm in alarms if _watches(alarm, resource, stack))


def _watches(alarm: Block, resource: Block, stack: Stack) -> bool:
    measured = [alarm.get("dimensions"), alarm.get("metric_query")]
    if resource in stack.referred(measured, resource.type):
        return True
    name = resource.get(_NAMES[resource.type])
    return isinstance(name, str) and name != "" and name in strings(measured)
