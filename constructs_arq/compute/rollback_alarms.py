"""Alarms that roll back an instance refresh."""

from collections.abc import Mapping

from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from constructs import Construct

from constructs_arq.compute.traffic_source import TrafficSource


class RollbackAlarms(Construct):
    """Alarms that stop an instance refresh and restore the previous instances. `RefreshAlarms` notify.

    EC2 Auto Scaling does not start a refresh while one of them is in alarm state.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-rollback.html
    """

    def __init__(
        self, scope: Construct, id: str, *, group_name: str, target_group: TrafficSource | None
    ) -> None:
        super().__init__(scope, id)
        self._group_name = group_name
        self.names = [
            self._make_alarm(
                "status-check",
                namespace="AWS/EC2",
                metric="StatusCheckFailed",
                dimensions={"AutoScalingGroupName": group_name},
            )
        ]
        if target_group is not None:
            self.names.append(
                self._make_alarm(
                    "unhealthy-targets",
                    namespace="AWS/ApplicationELB",
                    metric="UnHealthyHostCount",
                    dimensions={
                        "LoadBalancer": target_group.load_balancer_suffix,
                        "TargetGroup": target_group.arn_suffix,
                    },
                )
            )

    def _make_alarm(self, id: str, *, namespace: str, metric: str, dimensions: Mapping[str, str]) -> str:
        alarm = CloudwatchMetricAlarm(
            self,
            id,
            alarm_name=f"{self._group_name}-rollback-{id}",
            alarm_description=f"Rolls back an instance refresh of {self._group_name}; another alarm notifies",
            namespace=namespace,
            metric_name=metric,
            dimensions=dimensions,
            statistic="Maximum",
            comparison_operator="GreaterThanThreshold",
            threshold=0,
            period=60,
            evaluation_periods=3,
            treat_missing_data="notBreaching",
        )
        return str(alarm.alarm_name)
