"""An internal application load balancer. The cluster binds its services to the target groups."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.lb import Lb, LbAccessLogs, LbConnectionLogs
from cdktf_cdktf_provider_aws.lb_listener import (
    LbListener,
    LbListenerDefaultAction,
    LbListenerDefaultActionFixedResponse,
)
from constructs import Construct
from pydantic import Field

from constructs_arq.compute.existing_load_balancer import ExistingLoadBalancer, LoadBalancerAttributes
from constructs_arq.compute.load_balancer_errors import make_errors_alarm
from constructs_arq.compute.target_group import HealthCheck, TargetGroup, TargetType
from constructs_arq.core.alarm import Alarm, Comparison, Condition, Severity
from constructs_arq.core.config import Config, collect_problems
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.port import Port
from constructs_arq.core.protocols import AccessLogBucket, ServerCertificate
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.network.subnets import PrivateSubnets
from constructs_arq.security.connections import Connections, SecurityGroup

_HTTPS = Port.tcp(443)
# TLS 1.3 and 1.2 with forward secrecy, authenticated encryption and optional post-quantum key exchange.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
_SSL_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
_NAME_LENGTH = 32
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
_CONDITION_VALUES = 5
_LAST_PRIORITY = 50_000
_REQUESTS_PER_MINUTE = 60


class LoadBalancerConfig(Config):
    """Settings of a load balancer that an environment can vary."""

    idle_timeout_seconds: int = Field(
        default=60,
        ge=35,
        le=4000,
        description="Time until an idle connection is closed; clients must use a shorter keep-alive.",
    )
    slow_response_seconds: float = Field(
        default=1.0, gt=0, description="Alarm threshold for the 99th percentile of response times."
    )


class LoadBalancer(Construct):
    """An internal application load balancer: HTTPS, and 404 for requests without a rule.

    `add_target_group` adds a target. Traffic needs a connection:
    `load_balancer.connections.allow_to(cluster, port=Port.tcp(8443), why="…")`. Access and connection logs go
    to `access_logs`.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/introduction.html

    Raises:
        ConstructError: if the name is too long.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        subnets: PrivateSubnets,
        certificate: ServerCertificate,
        access_logs: AccessLogBucket,
        config: LoadBalancerConfig,
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        name = logical_name(self)
        self.vpc_id: str = subnets.network.vpc_id
        self.domain: str = certificate.domain
        self.zones: tuple[str, ...] = tuple(subnets.ids_by_zone)
        self.idle_timeout_seconds: int | None = config.idle_timeout_seconds
        physical_name = stack.physical_name(name)
        self._require_short(physical_name)
        group = SecurityGroup(
            self,
            "security-group",
            network=subnets.network,
            description=f"Load balancer {name}",
            listens_on=_HTTPS,
        )
        self.connections: Connections = group.connections
        load_balancer = Lb(
            self,
            "Default",
            name=physical_name,
            internal=True,
            load_balancer_type="application",
            subnets=subnets.subnet_ids,
            security_groups=[self.connections.security_group_id],
            enable_deletion_protection=stack.protected,
            enable_cross_zone_load_balancing=True,
            enable_zonal_shift=True,
            drop_invalid_header_fields=True,
            # `strictest` also refuses harmless requests of old clients that differ from RFC 7230.
            # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
            desync_mitigation_mode="defensive",
            idle_timeout=config.idle_timeout_seconds,
            access_logs=LbAccessLogs(
                enabled=True, bucket=access_logs.bucket_name, prefix=f"load-balancer/{name}/requests"
            ),
            connection_logs=LbConnectionLogs(
                enabled=True, bucket=access_logs.bucket_name, prefix=f"load-balancer/{name}/connections"
            ),
        )
        self.arn: str = load_balancer.arn
        self.dns_name: str = load_balancer.dns_name
        self.zone_id: str = load_balancer.zone_id
        self._arn_suffix: str = load_balancer.arn_suffix
        self.listener_arn: str = self._make_listener(certificate)
        self._target_groups: dict[int, TargetGroup] = {}
        self.alarms: tuple[Alarm, ...] = _alarms(self._arn_suffix, config)

    @staticmethod
    def from_attributes(
        scope: Construct,
        id: str,
        *,
        arn: str,
        domain: str,
        vpc_id: str,
        security_group_id: str,
        port: int = _HTTPS.first,
    ) -> ExistingLoadBalancer:
        """Return an existing internal load balancer with an HTTPS listener on `port`.

        `domain` is the domain of its certificate.

        Raises:
            ConfigError: with every invalid value.
        """
        with collect_problems("LoadBalancer.from_attributes"):
            attributes = LoadBalancerAttributes(
                arn=arn, domain=domain, vpc_id=vpc_id, security_group_id=security_group_id, port=port
            )
        return ExistingLoadBalancer(scope, id, attributes=attributes)

    def add_target_group(
        self,
        name: str,
        *,
        port: int,
        priority: int,
        hosts: Sequence[str] = (),
        paths: Sequence[str] = (),
        target_type: TargetType = "ip",
        health_check: HealthCheck | None = None,
    ) -> TargetGroup:
        """Forward requests for one of `hosts` and one of `paths` to pods or instances that listen on `port`.

        If several rules match, the rule with the lowest `priority` (1 to 50,000) applies.

        Raises:
            ConstructError: if ELB does not support the rule.
        """
        self._require_valid_rule(name, priority, [*hosts, *paths])
        group = TargetGroup(
            self,
            name,
            vpc_id=self.vpc_id,
            target_type=target_type,
            port=port,
            health_check=health_check or HealthCheck(),
            load_balancer_suffix=self._arn_suffix,
        )
        group.add_listener_rule(self.listener_arn, priority=priority, hosts=hosts, paths=paths)
        self._target_groups[priority] = group
        return group

    def _make_listener(self, certificate: ServerCertificate) -> str:
        not_found = LbListenerDefaultActionFixedResponse(
            content_type="text/plain", message_body="Not found", status_code="404"
        )
        listener = LbListener(
            self,
            "https",
            load_balancer_arn=self.arn,
            port=_HTTPS.first,
            protocol="HTTPS",
            ssl_policy=_SSL_POLICY,
            certificate_arn=certificate.arn,
            default_action=[LbListenerDefaultAction(type="fixed-response", fixed_response=not_found)],
        )
        return str(listener.arn)

    def _require_short(self, name: str) -> None:
        # A truncated name could collide with another load balancer.
        if len(name) > _NAME_LENGTH:
            raise ConstructError(
                self.node.path,
                f"a load balancer name must have at most {_NAME_LENGTH} characters; {name} has {len(name)}",
                fix="Shorten the id of the load balancer, the id of its parent or the environment name.",
            )

    def _require_valid_rule(self, name: str, priority: int, values: Sequence[str]) -> None:
        if not 1 <= priority <= _LAST_PRIORITY:
            self._raise_target_group_error(name, f"has priority {priority}", f"Use 1 to {_LAST_PRIORITY}.")
        if priority in self._target_groups:
            taken = self._target_groups[priority].node.id
            self._raise_target_group_error(
                name, f"has priority {priority}, like {taken}", "Use different priorities."
            )
        if not values:
            self._raise_target_group_error(name, "matches no requests", "Set hosts, paths or both.")
        if len(values) > _CONDITION_VALUES:
            self._raise_target_group_error(
                name,
                f"has {len(values)} hosts and paths",
                f"A rule supports {_CONDITION_VALUES}: use patterns, or add a second target group.",
            )

    def _raise_target_group_error(self, name: str, problem: str, fix: str) -> None:
        raise ConstructError(self.node.path, f"target group {name} {problem}", fix=fix)


def _alarms(arn_suffix: str, config: LoadBalancerConfig) -> tuple[Alarm, ...]:
    namespace, dimensions = "AWS/ApplicationELB", {"LoadBalancer": arn_suffix}
    return (
        make_errors_alarm(arn_suffix),
        Alarm(
            name="slow-responses",
            runbook="slow-responses",
            summary=f"One in a hundred responses takes longer than {config.slow_response_seconds} s",
            severity=Severity.WARNING,
            namespace=namespace,
            metric="TargetResponseTime",
            dimensions=dimensions,
            statistic="p99",
            threshold=config.slow_response_seconds,
            # With fewer requests, the percentile is the slowest of a few.
            conditions=(
                Condition(
                    namespace=namespace,
                    metric="RequestCount",
                    dimensions=dimensions,
                    statistic="Sum",
                    comparison=Comparison.AT_LEAST,
                    value=_REQUESTS_PER_MINUTE,
                ),
            ),
        ),
        Alarm(
            name="rejected-connections",
            runbook="rejected-connections",
            summary="The load balancer is at its limit of connections and turns clients away",
            severity=Severity.CRITICAL,
            namespace=namespace,
            metric="RejectedConnectionCount",
            dimensions=dimensions,
            statistic="Sum",
            threshold=0,
            evaluations=1,
        ),
    )
