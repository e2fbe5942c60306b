"""Time from a fault to the call to the engineer on call."""

from policies.alarm_delivery import DELIVERY_SECONDS, MAX_SECONDS, PUBLISHING_SECONDS
from policies.rule import rule
from policies.stack import Block, Json, Stack, as_list, at, references
from policies.verdict import Verdict, all_pass, as_number, is_expression, pass_if

_METRIC = "aws_cloudwatch_metric_alarm"
_COMPOSITE = "aws_cloudwatch_composite_alarm"
# The end of names of topics whose subscribers respond in working hours. The rule takes others for a page.
_NO_PAGE = "-warning"


@rule(
    id="CKV2_ARQ_11",
    severity="HIGH",
    on=(_METRIC, _COMPOSITE),
    why="A page that comes later than five minutes after the fault breaks the objective for availability.",
    link="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html",
)
def page_in_time(alarm: Block, stack: Stack) -> Verdict:
    """Alarms that page must call within five minutes: lower period or evaluation_periods."""
    if not all(isinstance(action, str) for action in as_list(alarm.get("alarm_actions"))):
        return Verdict.UNKNOWN
    if not _pages(alarm, stack):
        return Verdict.NOT_APPLICABLE
    if alarm.type == _METRIC:
        return _calls_in_time(alarm)
    parts = [stack.blocks.get(address) for address in references(alarm.get("alarm_rule"))]
    metrics = [part for part in parts if part is not None and part.type == _METRIC]
    # A part that is another composite alarm, or only a name, can't be computed here.
    if not metrics or len(metrics) < len(parts):
        return Verdict.UNKNOWN
    return all_pass(_calls_in_time(part) for part in metrics)


def _pages(alarm: Block, stack: Stack) -> bool:
    return any(not _is_warning(action, stack) for action in as_list(alarm.get("alarm_actions")))


def _is_warning(action: Json, stack: Stack) -> bool:
    topics = stack.resolve(action, "aws_sns_topic")
    names = [topic.get("name") for topic in topics] if topics else [action]
    return all(isinstance(name, str) and name.endswith(_NO_PAGE) for name in names)


def _calls_in_time(alarm: Block) -> Verdict:
    queries = [each for each in (at(query, "metric") for query in alarm.blocks("metric_query")) if each]
    metrics: list[Json] = [*queries] or [alarm.body]
    return all_pass(_metric_in_time(metric, alarm.get("evaluation_periods")) for metric in metrics)


def _metric_in_time(metric: Json, evaluation_periods: Json) -> Verdict:
    period, namespace = at(metric, "period"), at(metric, "namespace")
    if any(is_expression(value) for value in (period, namespace, evaluation_periods)):
        return Verdict.UNKNOWN
    seconds, times = as_number(period), as_number(evaluation_periods)
    publishing = PUBLISHING_SECONDS.get(str(namespace))
    if seconds is None or times is None or publishing is None:
        return Verdict.FAIL
    return pass_if(seconds * times + publishing + DELIVERY_SECONDS <= MAX_SECONDS)
