"""Where a load balancer sends requests: a listener rule, and the addresses behind it."""

from collections.abc import Sequence
from typing import Literal, Self

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.lb_listener_rule import (
    LbListenerRule,
    LbListenerRuleAction,
    LbListenerRuleCondition,
    LbListenerRuleConditionHostHeader,
    LbListenerRuleConditionPathPattern,
)
from cdktf_cdktf_provider_aws.lb_target_group import LbTargetGroup, LbTargetGroupHealthCheck
from constructs import Construct
from pydantic import Field, model_validator

from constructs_arq.core.alarm import Alarm, Severity
from constructs_arq.core.config import Config, wrong

# A pod that is told to stop still gets the requests of connections that are open, for this long.
_DRAIN_SECONDS = 60
# ELB takes 6 characters of prefix and adds 26 of its own.
_NAME_PREFIX_LENGTH = 6


TargetType = Literal["ip", "instance"]


class HealthCheck(Config):
    """How a target shows that it can serve.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
    """

    path: str = Field(default="/healthz", pattern=r"^/", description="What is asked for, over HTTPS.")
    interval_seconds: int = Field(default=10, ge=5, le=300, description="Time between two checks.")
    timeout_seconds: int = Field(default=5, ge=2, le=120, description="Time that a target has to answer.")
    healthy_after: int = Field(default=2, ge=2, le=10, description="Passed checks until it gets requests.")
    unhealthy_after: int = Field(default=3, ge=2, le=10, description="Failed checks until it gets none.")

    @model_validator(mode="after")
    def _answers_before_the_next_check(self) -> Self:
        if self.timeout_seconds >= self.interval_seconds:
            raise wrong(
                f"timeout_seconds {self.timeout_seconds} must be below interval_seconds "
                f"{self.interval_seconds}",
                mend="Lower timeout_seconds or raise interval_seconds.",
            )
        return self


class TargetGroup(Construct):
    """Targets, reached over HTTPS, for the requests that a listener rule picks.

    The group is empty. With targets of type `ip` the cluster registers a service's pods in it, through a
    `TargetGroupBinding` that names `arn`; with `instance` a `Fleet` registers its own. The load balancer
    encrypts, but does not ask who signed: a target's certificate may be self-signed.
    https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/targetgroupbinding/targetgroupbinding/
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc_id: str,
        target_type: TargetType,
        port: int,
        health_check: HealthCheck,
        load_balancer_suffix: str,
    ) -> None:
        super().__init__(scope, id)
        group = LbTargetGroup(
            self,
            "Default",
            name_prefix=id[: _NAME_PREFIX_LENGTH - 1].rstrip("-") + "-",
            vpc_id=vpc_id,
            target_type=target_type,
            port=port,
            protocol="HTTPS",
            deregistration_delay=str(_DRAIN_SECONDS),
            load_balancing_algorithm_type="least_outstanding_requests",
            health_check=LbTargetGroupHealthCheck(
                enabled=True,
                protocol="HTTPS",
                path=health_check.path,
                matcher="200",
                interval=health_check.interval_seconds,
                timeout=health_check.timeout_seconds,
                healthy_threshold=health_check.healthy_after,
                unhealthy_threshold=health_check.unhealthy_after,
            ),
            # A group that a listener rule uses can't be deleted: its successor has to take over first.
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
            tags={"Name": id},
        )
        self.arn: str = group.arn
        self.arn_suffix: str = group.arn_suffix
        self.load_balancer_suffix = load_balancer_suffix
        self.port = port
        self.rules: list[ITerraformDependable] = []
        self.alarms = _alarms(id, load_balancer_suffix, self.arn_suffix)

    def serve(self, listener_arn: str, *, priority: int, hosts: Sequence[str], paths: Sequence[str]) -> None:
        """Send it the requests of a listener that are for one of `hosts` and one of `paths`."""
        conditions = []
        if hosts:
            by_host = LbListenerRuleConditionHostHeader(values=list(hosts))
            conditions.append(LbListenerRuleCondition(host_header=by_host))
        if paths:
            by_path = LbListenerRuleConditionPathPattern(values=list(paths))
            conditions.append(LbListenerRuleCondition(path_pattern=by_path))
        rule = LbListenerRule(
            self,
            "rule",
            listener_arn=listener_arn,
            priority=priority,
            condition=conditions,
            action=[LbListenerRuleAction(type="forward", target_group_arn=self.arn)],
        )
        self.rules.append(rule)


def _alarms(name: str, load_balancer_suffix: str, suffix: str) -> tuple[Alarm, ...]:
    dimensions = {"LoadBalancer": load_balancer_suffix, "TargetGroup": suffix}
    return (
        Alarm(
            name="unhealthy-targets",
            summary=f"Targets of {name} fail their health checks and get no requests",
            severity=Severity.WARNING,
            namespace="AWS/ApplicationELB",
            metric="UnHealthyHostCount",
            dimensions=dimensions,
            statistic="Maximum",
            threshold=0,
        ),
        Alarm(
            name="errors",
            summary=f"Targets of {name} answer with 5xx",
            severity=Severity.CRITICAL,
            namespace="AWS/ApplicationELB",
            metric="HTTPCode_Target_5XX_Count",
            dimensions=dimensions,
            statistic="Sum",
            threshold=10,
            evaluations=3,
        ),
    )
