"""Load balancer target groups and their listener rules."""

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

from constructs_arq.compute.existing_load_balancer import ExistingTargetGroup, TargetGroupAttributes
from constructs_arq.compute.load_balancer_errors import any_errors, few_errors
from constructs_arq.core.alarm import Alarm, Comparison, Condition, Fill, MissingData, Severity
from constructs_arq.core.config import Config, collect_problems, validation_error
from constructs_arq.core.protocols import Grantee
from constructs_arq.core.stack import logical_name

# Time for a stopping target to finish the requests of open connections.
DEREGISTRATION_SECONDS = 60
# ELB accepts a prefix of 6 characters; Terraform adds 26.
_NAME_PREFIX_LENGTH = 6


TargetType = Literal["ip", "instance"]


class HealthCheck(Config):
    """Health check of a target group.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
    """

    path: str = Field(default="/healthz", pattern=r"^/", description="Path of the request.")
    plain_port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="Another port of the targets, for checks by plain HTTP. None: their own port.",
    )
    interval_seconds: int = Field(
        default=10, ge=5, le=300, description="Time between two checks, in seconds."
    )
    timeout_seconds: int = Field(
        default=5, ge=2, le=120, description="Time for a target to respond, in seconds."
    )
    healthy_after: int = Field(
        default=2, ge=2, le=10, description="Consecutive successful checks before a target gets requests."
    )
    unhealthy_after: int = Field(
        default=3, ge=2, le=10, description="Consecutive failed checks before a target gets no requests."
    )

    @model_validator(mode="after")
    def _require_timeout_below_interval(self) -> Self:
        if self.timeout_seconds >= self.interval_seconds:
            raise validation_error(
                f"timeout_seconds {self.timeout_seconds} must be below interval_seconds "
                f"{self.interval_seconds}",
                fix="Lower timeout_seconds or raise interval_seconds.",
            )
        return self


class TargetGroup(Construct):
    """HTTPS targets for the requests of a listener rule.

    The group starts empty. For target type `ip`, the AWS Load Balancer Controller registers the pods of a
    service: call `grant_register` with it, and create a `TargetGroupBinding` with `arn`. For `instance`, a
    `Fleet` registers its instances. The load balancer does not verify target certificates: they can be
    self-signed.
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
            deregistration_delay=str(DEREGISTRATION_SECONDS),
            load_balancing_algorithm_type="least_outstanding_requests",
            health_check=LbTargetGroupHealthCheck(
                enabled=True,
                protocol="HTTP" if health_check.plain_port else "HTTPS",
                port=str(health_check.plain_port or "traffic-port"),
                path=health_check.path,
                matcher="200",
                interval=health_check.interval_seconds,
                timeout=health_check.timeout_seconds,
                healthy_threshold=health_check.healthy_after,
                unhealthy_threshold=health_check.unhealthy_after,
            ),
            # A group that a listener rule uses can't be deleted: create its replacement first.
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
            tags={"Name": id},
        )
        self.arn: str = group.arn
        self.arn_suffix: str = group.arn_suffix
        self.load_balancer_suffix: str = load_balancer_suffix
        self.port: int = port
        self.rules: list[ITerraformDependable] = []
        self.alarms: tuple[Alarm, ...] = _alarms(id, load_balancer_suffix, self.arn_suffix)

    @staticmethod
    def from_arns(*, arn: str, load_balancer_arn: str) -> ExistingTargetGroup:
        """Return an existing target group of type `instance`, with a rule in the load balancer's listener.

        Raises:
            ConfigError: with every invalid value.
        """
        with collect_problems("TargetGroup.from_arns"):
            attributes = TargetGroupAttributes(arn=arn, load_balancer_arn=load_balancer_arn)
        return ExistingTargetGroup.from_attributes(attributes)

    def grant_register(self, grantee: Grantee) -> None:
        """Allow `grantee` to register and deregister targets."""
        grantee.allow(
            "elasticloadbalancing:RegisterTargets",
            "elasticloadbalancing:DeregisterTargets",
            on=self.arn,
            policy_name=f"register-in-{logical_name(self)}",
        )

    def add_listener_rule(
        self, listener_arn: str, *, priority: int, hosts: Sequence[str], paths: Sequence[str]
    ) -> None:
        """Forward requests of a listener for one of `hosts` and one of `paths` to this group."""
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
        # ELB publishes the number while targets are registered. So a group that lost all of them has no data
        # any more. A group that never had one notifies only when requests fail, which counts as no healthy
        # target. If many fail, the critical alarm of the load balancer reports the problem.
        # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
        Alarm(
            name="no-healthy-target",
            runbook="no-healthy-target",
            summary=f"No target of {name} is healthy, or none is registered: requests fail",
            severity=Severity.WARNING,
            namespace="AWS/ApplicationELB",
            metric="HealthyHostCount",
            dimensions=dimensions,
            statistic="Maximum",
            comparison=Comparison.BELOW,
            threshold=1,
            missing_data=MissingData.MISSING,
            conditions=(few_errors(load_balancer_suffix),),
            fill=Fill(value=0, condition=any_errors(load_balancer_suffix)),
        ),
        Alarm(
            name="unhealthy-targets",
            runbook="unhealthy-targets",
            summary=f"Targets of {name} fail their health checks and get no requests",
            severity=Severity.WARNING,
            namespace="AWS/ApplicationELB",
            metric="UnHealthyHostCount",
            dimensions=dimensions,
            statistic="Maximum",
            threshold=0,
            # Without a healthy target, the other alarms notify.
            conditions=(
                Condition(
                    namespace="AWS/ApplicationELB",
                    metric="HealthyHostCount",
                    dimensions=dimensions,
                    statistic="Maximum",
                    comparison=Comparison.ABOVE,
                    value=0,
                ),
            ),
        ),
        Alarm(
            name="errors",
            runbook="target-errors",
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
