"""The load balancer in front of the pods that receive the lines of log groups."""

from collections.abc import Mapping
from typing import Final

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.lb import Lb
from cdktf_cdktf_provider_aws.lb_listener import LbListener, LbListenerDefaultAction
from cdktf_cdktf_provider_aws.lb_target_group import LbTargetGroup, LbTargetGroupHealthCheck
from cdktf_cdktf_provider_aws.route53_record import Route53Record, Route53RecordAlias
from constructs import Construct

from constructs_arq.core.alarm import Alarm, Comparison, Condition, MissingData, Severity
from constructs_arq.core.port import Port
from constructs_arq.core.stack import Stack
from constructs_arq.edge.certificate import HostedZone
from constructs_arq.network.subnets import PrivateSubnets
from constructs_arq.platform.log_receiver import RECEIVER_PORT
from constructs_arq.security.connections import Connections, SecurityGroup

_HTTPS: Final = Port.tcp(443)
_PROTOCOL: Final = "TCP"
# Names of load balancers have at most 32 characters, so this one is short.
_NAME: Final = "logs"
# A request takes less.
_DEREGISTRATION_SECONDS: Final = 30
_READY_PATH: Final = "/ready"


class ReceiverBalancer(Construct):
    """An internal network load balancer with the name `domain` in the zone. It passes TLS on to the pods.

    So nobody between the sender and the pods reads lines, and the certificate is that of the pods.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/introduction.html
    """

    def __init__(
        self, scope: Construct, id: str, *, subnets: PrivateSubnets, zone: HostedZone, domain: str
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        self.connections: Connections = SecurityGroup(
            self,
            "security-group",
            network=subnets.network,
            description="Load balancer of log groups",
            listens_on=_HTTPS,
        ).connections
        balancer = Lb(
            self,
            "Default",
            name=stack.physical_name(_NAME),
            internal=True,
            load_balancer_type="network",
            subnets=subnets.subnet_ids,
            security_groups=[self.connections.security_group_id],
            enable_cross_zone_load_balancing=True,
            enable_deletion_protection=stack.protected,
        )
        group = _make_target_group(self, vpc_id=subnets.network.vpc_id)
        LbListener(
            self,
            "listener",
            load_balancer_arn=balancer.arn,
            port=_HTTPS.first,
            protocol=_PROTOCOL,
            default_action=[LbListenerDefaultAction(type="forward", target_group_arn=group.arn)],
        )
        Route53Record(
            self,
            "ipv4",
            zone_id=zone.zone_id,
            name=domain,
            type="A",
            alias=Route53RecordAlias(
                name=balancer.dns_name, zone_id=balancer.zone_id, evaluate_target_health=False
            ),
        )
        self.target_group_arn: str = group.arn
        self.alarms: tuple[Alarm, ...] = _alarms(
            {"LoadBalancer": balancer.arn_suffix, "TargetGroup": group.arn_suffix}
        )


def _make_target_group(scope: Construct, *, vpc_id: str) -> LbTargetGroup:
    return LbTargetGroup(
        scope,
        "targets",
        name_prefix=f"{_NAME}-",
        vpc_id=vpc_id,
        target_type="ip",
        port=RECEIVER_PORT,
        protocol=_PROTOCOL,
        # The security group of the load balancer identifies it.
        preserve_client_ip="false",
        deregistration_delay=str(_DEREGISTRATION_SECONDS),
        health_check=LbTargetGroupHealthCheck(
            enabled=True,
            protocol="HTTPS",
            port="traffic-port",
            path=_READY_PATH,
            matcher="200",
            interval=10,
            timeout=5,
            healthy_threshold=2,
            unhealthy_threshold=2,
        ),
        # A group that a listener uses can't be deleted: create its replacement first.
        lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        tags={"Name": _NAME},
    )


def _alarms(dimensions: Mapping[str, str]) -> tuple[Alarm, ...]:
    namespace, healthy = "AWS/NetworkELB", "HealthyHostCount"
    return (
        # It also notifies if all targets are deregistered, but not before the first one is registered.
        # https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-cloudwatch-metrics.html
        Alarm(
            name="no-healthy-target",
            runbook="log-receiver",
            summary="No pod of Alloy takes lines of log groups: they are late, and then dead letters",
            severity=Severity.WARNING,
            namespace=namespace,
            metric=healthy,
            dimensions=dimensions,
            statistic="Maximum",
            comparison=Comparison.BELOW,
            threshold=1,
            missing_data=MissingData.MISSING,
        ),
        Alarm(
            name="unhealthy-targets",
            runbook="log-receiver",
            summary="A pod of Alloy for log groups fails its health checks: the others get all lines",
            severity=Severity.WARNING,
            namespace=namespace,
            metric="UnHealthyHostCount",
            dimensions=dimensions,
            statistic="Maximum",
            threshold=0,
            # Without a healthy target, the other alarm notifies.
            conditions=(
                Condition(
                    namespace=namespace,
                    metric=healthy,
                    dimensions=dimensions,
                    statistic="Maximum",
                    comparison=Comparison.ABOVE,
                    value=0,
                ),
            ),
        ),
    )
