"""Evaluation time of alarms."""

from policies.alarm_delivery import measures_share, metrics_of, seconds_to_breach
from policies.burn_rates import is_burn_part
from policies.rule import rule
from policies.stack import Block, Json, Stack, at
from policies.verdict import Verdict, all_pass, as_number, is_expression, pass_if

_MAX_SECONDS = 300
# Seconds between datapoints of metrics that AWS publishes less often. An alarm can't react any faster.
# https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html
_RARE_METRICS = {
    # Jobs that run once a day, and six hours for late ones.
    ("AWS/Backup", "NumberOfBackupJobsCompleted"): 30 * 3600,
    ("AWS/Backup", "NumberOfCopyJobsCompleted"): 30 * 3600,
    ("AWS/CertificateManager", "DaysToExpiry"): 86_400,
    # The time since the last valid restore, in days.
    ("arq/Recovery", "DaysSinceRestore"): 86_400,
    # Backups of single resources, four times a day.
    ("arq/Recovery", "ResourcesWithoutBackup"): 6 * 3600,
    # Canaries outside of production run each 15 minutes, and that of the domain each hour. Three missing runs
    # show that a canary stopped. CKV2_ARQ_11 limits pages to five minutes.
    ("CloudWatchSynthetics", "CertificateDays"): 3 * 3600,
    ("CloudWatchSynthetics", "DomainDays"): 3 * 3600,
    ("CloudWatchSynthetics", "Duration"): 3 * 900,
    ("CloudWatchSynthetics", "SuccessPercent"): 900,
    ("CloudWatchSynthetics", "WrongNameServers"): 3 * 3600,
}
# A slow burn of an error budget opens a ticket. CKV2_ARQ_11 checks the time of the page for fast ones.
_SLOW_BURN_SECONDS = 86_400


@rule(
    id="CKV_ARQ_20",
    severity="MEDIUM",
    on=("aws_cloudwatch_metric_alarm",),
    why="Users notice a fault for period times evaluation periods before the on-call team does.",
    link="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html",
)
def alarm_evaluation_time(alarm: Block, stack: Stack) -> Verdict:
    """CloudWatch alarms must react within five minutes: lower period or evaluation_periods."""
    if measures_share(alarm):
        limit = _SLOW_BURN_SECONDS if is_burn_part(alarm, stack) else _MAX_SECONDS
        return all_pass(_breaches_in_time(alarm, metric, limit) for metric in metrics_of(alarm))
    query_periods = [period for query in alarm.blocks("metric_query") for period in _periods(query)]
    periods = [period for period in (alarm.get("period"), *query_periods) if period is not None]
    if not periods:
        return Verdict.FAIL
    names = [(str(at(each, "namespace")), str(at(each, "metric_name"))) for each in metrics_of(alarm)]
    limit = min((_RARE_METRICS.get(name, _MAX_SECONDS) for name in names), default=_MAX_SECONDS)
    return all_pass(_is_in_time(period, alarm.get("evaluation_periods"), limit) for period in periods)


def _breaches_in_time(alarm: Block, metric: Json, limit: int) -> Verdict:
    if is_expression(at(metric, "period")) or is_expression(alarm.get("threshold")):
        return Verdict.UNKNOWN
    seconds = seconds_to_breach(alarm, metric)
    return pass_if(seconds is not None and 0 < seconds <= limit)


def _periods(query: Json) -> list[Json]:
    return [at(query, "metric.period"), at(query, "period")]


def _is_in_time(period: Json, evaluation_periods: Json, limit: int) -> Verdict:
    if is_expression(period) or is_expression(evaluation_periods):
        return Verdict.UNKNOWN
    seconds, times = as_number(period), as_number(evaluation_periods)
    return pass_if(seconds is not None and times is not None and 0 < seconds * times <= limit)
