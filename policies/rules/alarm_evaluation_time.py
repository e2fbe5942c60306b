"""Evaluation time of alarms."""

from policies.rule import rule
from policies.stack import Block, Json, Stack, at
from policies.verdict import Verdict, all_pass, as_number, is_expression, pass_if

_MAX_SECONDS = 300
# Seconds between datapoints of metrics that AWS publishes less often. An alarm can't react any faster.
# https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html
_RARE_METRICS = {("AWS/CertificateManager", "DaysToExpiry"): 86_400}


@rule(
    id="CKV_ARQ_20",
    severity="MEDIUM",
    on=("aws_cloudwatch_metric_alarm",),
    why="Users notice a fault for period times evaluation periods before the on-call team does.",
    link="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html",
)
def alarm_evaluation_time(alarm: Block, _: Stack) -> Verdict:
    """CloudWatch alarms must react within five minutes: lower period or evaluation_periods."""
    query_periods = [period for query in alarm.blocks("metric_query") for period in _periods(query)]
    periods = [period for period in (alarm.get("period"), *query_periods) if period is not None]
    if not periods:
        return Verdict.FAIL
    metric = (str(alarm.get("namespace")), str(alarm.get("metric_name")))
    limit = _RARE_METRICS.get(metric, _MAX_SECONDS)
    return all_pass(_is_in_time(period, alarm.get("evaluation_periods"), limit) for period in periods)


def _periods(query: Json) -> list[Json]:
    return [at(query, "metric.period"), at(query, "period")]


def _is_in_time(period: Json, evaluation_periods: Json, limit: int) -> Verdict:
    if is_expression(period) or is_expression(evaluation_periods):
        return Verdict.UNKNOWN
    seconds, times = as_number(period), as_number(evaluation_periods)
    return pass_if(seconds is not None and times is not None and 0 < seconds * times <= limit)
