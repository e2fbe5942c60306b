"""Time from a fault to the call to the engineer on call."""

from policies.alarm_delivery import (
    COMPOSITE,
    DELIVERY_SECONDS,
    MAX_SECONDS,
    PUBLISHING_SECONDS,
    measures_share,
    metrics_of,
    seconds_to_breach,
)
from policies.rule import rule
from policies.stack import Block, Json, Stack, as_list, at, references
from policies.verdict import Verdict, all_pass, any_passes, is_expression, pass_if

_METRIC = "aws_cloudwatch_metric_alarm"
# The end of names of topics whose subscribers respond in working hours. The rule takes others for a page.
_NO_PAGE = "-warning"


@rule(
    id="CKV2_ARQ_11",
    severity="HIGH",
    on=(_METRIC, COMPOSITE),
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
    alternatives = [_parts(each, stack) for each in str(alarm.get("alarm_rule")).split(" OR ")]
    parts = [part for alternative in alternatives for part in alternative]
    # A part that is another composite alarm, or only a name, can't be computed here.
    if not parts or not all(part is not None and part.type == _METRIC for part in parts):
        return Verdict.UNKNOWN
    burns = [each for each in alternatives if all(part and measures_share(part) for part in each)]
    others = [part for each in alternatives if each not in burns for part in each]
    # Burn rates are about one fault, which the highest of them detects. Other parts are about several.
    fastest = [any_passes(_all_in_time(each) for each in burns)] if burns else []
    return all_pass([*fastest, _all_in_time(others)] if others else fastest)


def _parts(rule: str, stack: Stack) -> list[Block | None]:
    return [stack.blocks.get(address) for address in sorted(references(rule))]


def _all_in_time(parts: list[Block | None]) -> Verdict:
    return all_pass(_calls_in_time(part) for part in parts if part is not None)


def _pages(alarm: Block, stack: Stack) -> bool:
    return any(not _is_warning(action, stack) for action in as_list(alarm.get("alarm_actions")))


def _is_warning(action: Json, stack: Stack) -> bool:
    topics = stack.resolve(action, "aws_sns_topic")
    names = [topic.get("name") for topic in topics] if topics else [action]
    return all(isinstance(name, str) and name.endswith(_NO_PAGE) for name in names)


def _calls_in_time(alarm: Block) -> Verdict:
    return all_pass(_metric_in_time(metric, alarm) for metric in metrics_of(alarm))


def _metric_in_time(metric: Json, alarm: Block) -> Verdict:
    period, namespace = at(metric, "period"), at(metric, "namespace")
    if any(is_expression(value) for value in (period, namespace, alarm.get("evaluation_periods"))):
        return Verdict.UNKNOWN
    seconds = seconds_to_breach(alarm, metric)
    publishing = PUBLISHING_SECONDS.get(str(namespace))
    if seconds is None or publishing is None:
        return Verdict.FAIL
    return pass_if(seconds + publishing + DELIVERY_SECONDS <= MAX_SECONDS)
