"""The way of findings to people."""

import json

from policies.audit_services import in_region_of
from policies.log_alarms import alarms_on_log_group
from policies.rule import rule
from policies.stack import Block, Json, Stack, as_list, at
from policies.verdict import Verdict, any_passes, is_expression

_EVENT = "Security Hub Findings - Imported"
_SEVERITIES = {"CRITICAL", "HIGH"}


@rule(
    id="CKV2_ARQ_24",
    severity="HIGH",
    on=("aws_securityhub_account",),
    why="A finding that only the console shows is read weeks later.",
    link="https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cloudwatch-events.html",
)
def findings_reported(hub: Block, stack: Stack) -> Verdict:
    """Severe findings must reach an alarm: add an event rule with a log group or an event bus as target."""
    rules = [each for each in in_region_of(hub, stack, "aws_cloudwatch_event_rule") if _selects(each)]
    targets = [target for each in rules for target in stack.referrers(each, "aws_cloudwatch_event_target")]
    return any_passes(_reaches_alarm(each, stack) for each in targets)


def _selects(event_rule: Block) -> bool:
    text = event_rule.get("event_pattern")
    if not isinstance(text, str) or is_expression(text) or event_rule.get("state") not in (None, "ENABLED"):
        return False
    try:
        pattern: Json = json.loads(text)
    except ValueError:
        return False
    labels = at(at(pattern, "detail"), "findings.Severity.Label")
    is_for_hub = _EVENT in as_list(_member(pattern, "detail-type"))
    return is_for_hub and (labels is None or _SEVERITIES.issubset(map(str, as_list(labels))))


def _member(value: Json, name: str) -> Json:
    return value.get(name) if isinstance(value, dict) else None


def _reaches_alarm(target: Block, stack: Stack) -> Verdict:
    """Pass a bus of the account, whose region has its own rule, or a log group with a metric and an alarm."""
    arn = target.get("arn")
    if isinstance(arn, str) and ":event-bus/" in arn and not is_expression(arn):
        return Verdict.PASS
    groups = stack.resolve(arn, "aws_cloudwatch_log_group")
    return any_passes(alarms_on_log_group(each, stack) for each in groups)
