"""Flow logs of a VPC."""

from cdktf_cdktf_provider_aws.flow_log import FlowLog
from constructs import Construct

from constructs_arq.core.protocols import VirtualNetwork
from constructs_arq.core.stack import Stack
from constructs_arq.security.key import Key
from constructs_arq.security.role import Role, Trust
from constructs_arq.storage.log_group import LogGroup, RetentionDays

_MIN_AGGREGATION_SECONDS = 60


class FlowLogs(Construct):
    """Flow logs of all accepted and rejected traffic, each minute, in an encrypted log group.

    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-cwl.html
    """

    def __init__(
        self, scope: Construct, id: str, *, network: VirtualNetwork, name: str, retention_days: RetentionDays
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        group = LogGroup(
            self,
            "group",
            name=f"/vpc/{name}/flow-logs",
            key=Key(self, "key", description=f"Encrypts the flow logs of {name}"),
            retention_days=retention_days,
        )
        role = Role(
            self,
            "role",
            description=f"Writes the flow logs of {name}",
            trust=Trust.service(
                "vpc-flow-logs.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": stack.account_id}},
            ),
        )
        role.allow(
            "logs:CreateLogStream",
            "logs:DescribeLogStreams",
            "logs:PutLogEvents",
            on=[group.arn, f"{group.arn}:*"],
            policy_name="write-flow-logs",
        )
        # This action can't be restricted to a log group.
        role.allow(
            "logs:DescribeLogGroups", on=stack.arn("logs", "log-group:*"), policy_name="find-flow-logs-group"
        )
        FlowLog(
            self,
            "Default",
            vpc_id=network.vpc_id,
            traffic_type="ALL",
            max_aggregation_interval=_MIN_AGGREGATION_SECONDS,
            log_destination=group.arn,
            iam_role_arn=role.arn,
            tags={"Name": name},
        )
