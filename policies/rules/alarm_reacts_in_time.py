"""How long a fault lasts before the alarm knows."""

from policies.rule import rule
from policies.stack import Block, Json, Stack, at
from policies.verdict import Verdict, all_hold, as_number, decided, is_expression

_MOST_SECONDS = 300


@rule(
    id="CKV_ARQ_20",
    severity="MEDIUM",
    on=("aws_cloudwatch_metric_alarm",),
    why="Period times evaluation periods is the time that users notice before the people on call do.",
    link="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html",
)
def alarm_reacts_in_time(alarm: Block, _: Stack) -> Verdict:
    """An alarm reacts within five minutes."""
    queried = [period for query in alarm.blocks("metric_query") for period in _periods(query)]
    periods = [period for period in (alarm.get("period"), *queried) if period is not None]
    if not periods:
        return Verdict.FAIL
    return all_hold(_in_time(period, alarm.get("evaluation_periods")) for period in periods)


def _periods(query: Json) -> list[Json]:
    return [at(query, "metric.period"), at(query, "period")]


def _in_time(period: Json, evaluations: Json) -> Verdict:
    if is_expression(period) or is_expression(evaluations):
        return Verdict.UNKNOWN
    seconds, times = as_number(period), as_number(evaluations)
    return decided(seconds is not None and times is not None and 0 < seconds * times <= _MOST_SECONDS)
