"""Objectives that CloudWatch measures: those of a CloudFront distribution."""

from collections.abc import Sequence
from typing import Final

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.cloudwatch_composite_alarm import CloudwatchCompositeAlarm
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import (
    CloudwatchMetricAlarm,
    CloudwatchMetricAlarmMetricQuery,
)
from constructs import Construct

from constructs_arq.core.alarm import Alarm, Comparison, MissingData, Severity
from constructs_arq.core.burn_rate import BURN_RATES, BurnRate
from constructs_arq.core.slo import Aspect, DistributionAvailability, DistributionLatency, Slo
from constructs_arq.core.stack import Stack
from constructs_arq.edge.distribution import Distribution
from constructs_arq.edge.region import CLOUDFRONT_REGION
from constructs_arq.observability.alarms import NamedAlarm
from constructs_arq.observability.metric_alarm import describe_alarm
from constructs_arq.observability.routes import AlarmRoutes
from constructs_arq.observability.slo.distribution_metrics import long_queries, short_queries
from constructs_arq.observability.slo.windows import duration

# Alarms of the distribution with a fixed threshold, for the same problem.
_SAME_PROBLEM: Final[dict[Aspect, str]] = {"availability": "errors", "latency": "slow-origin"}
_SUFFIXES: Final = {Severity.CRITICAL: "burn", Severity.WARNING: "slow-burn"}


class DistributionSlos(Construct):
    """Alarms of the objectives of a distribution: one for fast burns, which pages, one for slow burns.

    Others are ignored: `PrometheusSlos` has them. Each window is a metric alarm with one period, which
    CloudWatch evaluates each minute, and a composite alarm combines them. Metrics of CloudFront are in one
    region, and so are the alarms. `replaced_alarms` are alarms of the distribution for the same problems,
    and `critical_alarms` those that page.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        distribution: Distribution,
        routes: AlarmRoutes,
        slos: Sequence[Slo],
    ) -> None:
        super().__init__(scope, id)
        own = [
            slo for slo in slos if isinstance(slo.indicator, DistributionAvailability | DistributionLatency)
        ]
        same = {_SAME_PROBLEM[slo.indicator.aspect] for slo in own}
        self.replaced_alarms: tuple[Alarm, ...] = tuple(
            alarm for alarm in distribution.alarms if alarm.name in same
        )
        for slo in own:
            _BurnAlarms(self, slo.name, slo=slo, distribution_id=distribution.distribution_id, routes=routes)
        stack = Stack.of(self)
        self.critical_alarms: tuple[NamedAlarm, ...] = tuple(
            NamedAlarm(_alarm_name(stack, slo, Severity.CRITICAL), CLOUDFRONT_REGION)
            for slo in own
            if Severity.CRITICAL in slo.severities
        )


def describe_objective(slo: Slo, prefix: str) -> dict[str, str | int | float]:
    """Return an objective for an output, from which `arqctl slo` reports. `prefix` is the environment."""
    described: dict[str, str | int | float] = {
        "name": slo.name,
        "percent": slo.objective,
        "window_days": slo.window_days,
    }
    if not isinstance(slo.indicator, DistributionAvailability | DistributionLatency):
        return {**described, "source": "prometheus"}
    # An alarm with both metrics of the objective.
    fastest = BURN_RATES[0]
    part = _part_name(slo.severity_of(fastest), fastest, fastest.long_seconds)
    return {**described, "source": "cloudwatch", "alarm": f"{prefix}-{slo.name}-{part}"}


class _BurnAlarms(Construct):
    """The alarms of one objective."""

    def __init__(
        self, scope: Construct, id: str, *, slo: Slo, distribution_id: str, routes: AlarmRoutes
    ) -> None:
        super().__init__(scope, id)
        self._slo = slo
        self._distribution_id = distribution_id
        self._stack = Stack.of(self)
        self._provider: TerraformProvider | None = self._stack.provider_in(CLOUDFRONT_REGION)
        quiet_during: CloudwatchCompositeAlarm | None = None
        for severity in slo.severities:
            rates = [rate for rate in BURN_RATES if slo.severity_of(rate) is severity]
            rule = " OR ".join(f"({self._both_windows(severity, rate)})" for rate in rates)
            if quiet_during is not None:
                # A fast burn is a slow one too, and would send two messages.
                rule = f'({rule}) AND NOT ALARM("{quiet_during.alarm_name}")'
            quiet_during = self._combine(severity, rule, routes)

    def _both_windows(self, severity: Severity, rate: BurnRate) -> str:
        parts = (
            self._measure(
                severity, rate, rate.short_seconds, short_queries(self._slo, self._distribution_id, rate)
            ),
            self._measure(
                severity, rate, rate.long_seconds, long_queries(self._slo, self._distribution_id, rate)
            ),
        )
        return " AND ".join(f'ALARM("{part.alarm_name}")' for part in parts)

    def _measure(
        self,
        severity: Severity,
        rate: BurnRate,
        seconds: int,
        queries: Sequence[CloudwatchMetricAlarmMetricQuery],
    ) -> CloudwatchMetricAlarm:
        part = _part_name(severity, rate, seconds)
        return CloudwatchMetricAlarm(
            self,
            part,
            alarm_name=self._stack.physical_name(f"{self._slo.name}-{part}"),
            alarm_description=f"A part of {self._name(severity)}. It notifies nobody",
            comparison_operator=Comparison.ABOVE,
            threshold=float(100 * rate.error_ratio(self._slo.objective)),
            evaluation_periods=1,
            datapoints_to_alarm=1,
            treat_missing_data=MissingData.NOT_BREACHING,
            metric_query=list(queries),
            provider=self._provider,
        )

    def _combine(self, severity: Severity, rule: str, routes: AlarmRoutes) -> CloudwatchCompositeAlarm:
        slo = self._slo
        alarm_actions, ok_actions = routes.actions(severity, CLOUDFRONT_REGION)
        return CloudwatchCompositeAlarm(
            self,
            _SUFFIXES[severity],
            alarm_name=self._name(severity),
            alarm_description=describe_alarm(
                self,
                f"Requests to {slo.service} fail the objective for its {slo.indicator.aspect} of "
                f"{slo.objective:g} %",
                runbook=slo.runbook,
            ),
            alarm_rule=rule,
            alarm_actions=alarm_actions,
            ok_actions=ok_actions or None,
            provider=self._provider,
        )

    def _name(self, severity: Severity) -> str:
        return _alarm_name(self._stack, self._slo, severity)


def _part_name(severity: Severity, rate: BurnRate, seconds: int) -> str:
    return f"{_SUFFIXES[severity]}-{duration(rate.long_seconds)}-in-{duration(seconds)}"


def _alarm_name(stack: Stack, slo: Slo, severity: Severity) -> str:
    return stack.physical_name(f"{slo.name}-{_SUFFIXES[severity]}")
