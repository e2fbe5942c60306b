"""An internal load balancer that Terraform owns: the cluster binds its services to it."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.lb import Lb, LbAccessLogs, LbConnectionLogs
from cdktf_cdktf_provider_aws.lb_listener import (
    LbListener,
    LbListenerDefaultAction,
    LbListenerDefaultActionFixedResponse,
)
from constructs import Construct
from pydantic import Field

from constructs_arq.compute.target_group import HealthCheck, TargetGroup, TargetType
from constructs_arq.core.alarm import Alarm, Severity
from constructs_arq.core.config import Config
from constructs_arq.core.contracts import LogTarget, ServerCertificate
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.port import Port
from constructs_arq.core.stack import Stack, name_of
from constructs_arq.network.subnets import PrivateSubnets
from constructs_arq.security.connections import SecurityGroup

_HTTPS = Port.tcp(443)
# TLS 1.3 and 1.2 with forward secrecy and authenticated encryption only, post-quantum key exchange where the
# client can. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
_SSL_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
_NAME_LENGTH = 32
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
_CONDITION_VALUES = 5
_LAST_PRIORITY = 50_000


class LoadBalancerConfig(Config):
    """What an environment may vary about its load balancer."""

    idle_timeout_seconds: int = Field(
        default=60,
        ge=35,
        le=4000,
        description="How long a connection may say nothing; clients keep theirs for less.",
    )
    slow_response_seconds: float = Field(
        default=1.0, gt=0, description="The 99th percentile of response times above which an alarm is raised."
    )


class LoadBalancer(Construct):
    """An internal application load balancer that takes HTTPS for one domain and answers 404 by default.

    What it serves is added with `add_target_group`. Nothing reaches it, and it reaches nothing, until a
    connection is allowed: `load_balancer.connections.allow_to(cluster, port=Port.tcp(8443), why="…")`.
    Access and connection logs go to `access_logs`.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/introduction.html

    Raises:
        ConstructError: when the name is too long.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        subnets: PrivateSubnets,
        certificate: ServerCertificate,
        access_logs: LogTarget,
        config: LoadBalancerConfig,
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        name = name_of(self)
        self.vpc_id = subnets.network.vpc_id
        self.domain = certificate.domain
        physical_name = stack.physical_name(name)
        self._require_short(physical_name)
        group = SecurityGroup(
            self,
            "security-group",
            network=subnets.network,
            purpose=f"Load balancer {name}",
            listens_on=_HTTPS,
        )
        self.connections = group.connections
        balancer = Lb(
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
            desync_mitigation_mode="strictest",
            idle_timeout=config.idle_timeout_seconds,
            access_logs=LbAccessLogs(
                enabled=True, bucket=access_logs.bucket_name, prefix=f"load-balancer/{name}/requests"
            ),
            connection_logs=LbConnectionLogs(
                enabled=True, bucket=access_logs.bucket_name, prefix=f"load-balancer/{name}/connections"
            ),
        )
        self.arn: str = balancer.arn
        self.dns_name: str = balancer.dns_name
        self.zone_id: str = balancer.zone_id
        self._arn_suffix: str = balancer.arn_suffix
        self._listener_arn = self._listen(certificate)
        self._target_groups: dict[int, TargetGroup] = {}
        self.alarms = _alarms(self._arn_suffix, config)

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
        """Serve requests for one of `hosts` and one of `paths` from pods or instances that listen on `port`.

        Of several rules that fit, the one with the lowest `priority` (1 to 50,000) decides.

        Raises:
            ConstructError: when the rule would not be one that ELB takes.
        """
        self._require_rule(name, priority, [*hosts, *paths])
        group = TargetGroup(
            self,
            name,
            vpc_id=self.vpc_id,
            target_type=target_type,
            port=port,
            health_check=health_check or HealthCheck(),
            load_balancer_suffix=self._arn_suffix,
        )
        group.serve(self._listener_arn, priority=priority, hosts=hosts, paths=paths)
        self._target_groups[priority] = group
        return group

    def _listen(self, certificate: ServerCertificate) -> str:
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
        # Cut off, two load balancers could have one name.
        if len(name) > _NAME_LENGTH:
            raise ConstructError(
                self.node.path,
                f"a load balancer's name has at most {_NAME_LENGTH} characters, but {name} has {len(name)}",
                mend="Shorten the ids of the load balancer and what it is in, or the environment's name.",
            )

    def _require_rule(self, name: str, priority: int, values: Sequence[str]) -> None:
        if not 1 <= priority <= _LAST_PRIORITY:
            self._refuse(name, f"has priority {priority}", f"Give one from 1 to {_LAST_PRIORITY}.")
        if priority in self._target_groups:
            taken = self._target_groups[priority].node.id
            self._refuse(name, f"has priority {priority}, as {taken} has", "Give each its own.")
        if not values:
            self._refuse(name, "picks no requests", "Give hosts, paths, or both.")
        if len(values) > _CONDITION_VALUES:
            self._refuse(
                name,
                f"has {len(values)} hosts and paths",
                f"A rule takes {_CONDITION_VALUES}: use patterns, or a second target group.",
            )

    def _refuse(self, name: str, problem: str, mend: str) -> None:
        raise ConstructError(self.node.path, f"target group {name} {problem}", mend=mend)


def _alarms(arn_suffix: str, config: LoadBalancerConfig) -> tuple[Alarm, ...]:
    namespace, dimensions = "AWS/ApplicationELB", {"LoadBalancer": arn_suffix}
    return (
        Alarm(
            name="errors",
            summary="The load balancer itself answers with 5xx: targets are missing, unhealthy or too slow",
            severity=Severity.CRITICAL,
            namespace=namespace,
            metric="HTTPCode_ELB_5XX_Count",
            dimensions=dimensions,
            statistic="Sum",
            threshold=10,
            evaluations=3,
        ),
        Alarm(
            name="slow-responses",
            summary=f"One in a hundred responses takes longer than {config.slow_response_seconds} s",
            severity=Severity.WARNING,
            namespace=namespace,
            metric="TargetResponseTime",
            dimensions=dimensions,
            statistic="p99",
            threshold=config.slow_response_seconds,
        ),
        Alarm(
            name="rejected-connections",
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
