"""The way of findings to people."""

import json
import re
from collections.abc import Mapping
from typing import TypeAlias

from policies.audit_services import region_of
from policies.event_rules import is_on, may_write, whole_targets
from policies.log_alarms import alarms_on_filter, filters_of, pattern_of
from policies.rule import rule
from policies.stack import Block, Json, Stack, as_list
from policies.verdict import Verdict, all_pass, any_passes, is_expression, is_set

Selection: TypeAlias = "frozenset[str] | Mapping[str, Selection]"

# The fields that a pattern may have, and the values that each must select.
_FINDINGS: Selection = {
    "source": frozenset({"aws.securityhub"}),
    "detail-type": frozenset({"Security Hub Findings - Imported"}),
    "detail": {
        "findings": {
            "RecordState": frozenset({"ACTIVE"}),
            "Severity": {"Label": frozenset({"CRITICAL", "HIGH"})},
            "Workflow": {"Status": frozenset({"NEW"})},
        }
    },
}
_BUS = re.compile(r"arn:[\w-]+:events:(?P<region>[\w-]+):(?P<account>\d{12}):event-bus/default")
# Each finding has these fields. A line without the field of two opposite comparisons can count for neither.
# https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html
_COMPARISON = re.compile(
    r"\{ *(?P<field>\$\.detail\.findings\[0\]\.Product(Name|Arn)) (?P<operator>!?=) (?P<value>[^&|]+?) *\}"
)


@rule(
    id="CKV2_ARQ_24",
    severity="HIGH",
    on=("aws_securityhub_account",),
    why="A finding that only the console shows is read weeks later.",
    link="https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cloudwatch-events.html",
)
def findings_reported(hub: Block, stack: Stack) -> Verdict:
    """Severe findings must reach an alarm: add an event rule with a log group or an event bus as target.

    A bus is the default one of the account in another region, whose rule writes to a log group. The pattern
    selects by severity, state and workflow status only, and the target has no input. A resource policy lets
    EventBridge write. Metric filters count each finding: one without a pattern, or two with opposite
    comparisons of ProductName or ProductArn. A count of one makes their alarms act.
    """
    return any_passes(
        any_passes([_reaches_alarm(each, stack), _is_forwarded(each, stack)])
        for each in _rules(region_of(hub), stack)
    )


def _rules(region: tuple[Json, Json], stack: Stack) -> list[Block]:
    """Return the rules of all findings in a region."""
    rules = stack.of_type("aws_cloudwatch_event_rule")
    return [each for each in rules if region_of(each) == region and is_on(each) and _selects_findings(each)]


def _selects_findings(event_rule: Block) -> bool:
    text = event_rule.get("event_pattern")
    if not isinstance(text, str) or is_expression(text):
        return False
    try:
        pattern: Json = json.loads(text)
    except ValueError:
        return False
    return isinstance(pattern, dict) and "detail-type" in pattern and _selects(pattern, _FINDINGS)


def _selects(pattern: Json, needed: Selection) -> bool:
    """Return whether a pattern selects all needed values, and has no field that selects by something else."""
    if isinstance(needed, Mapping):
        return isinstance(pattern, dict) and all(
            name in needed and _selects(each, needed[name]) for name, each in pattern.items()
        )
    return isinstance(pattern, list) and needed.issubset(each for each in pattern if isinstance(each, str))


def _is_forwarded(event_rule: Block, stack: Stack) -> Verdict:
    """Pass a rule that sends to a bus of the account, in a region of the stack whose own rule reports."""
    return any_passes(_arrives(each, stack) for each in whole_targets(event_rule, stack))


def _arrives(target: Block, stack: Stack) -> Verdict:
    arn = target.get("arn")
    found = _BUS.fullmatch(arn) if isinstance(arn, str) else None
    if found is None:
        return Verdict.FAIL
    regions = [
        (None, None if alias is None else f"aws.{alias}")
        for each in stack.blocks.values()
        if each.kind == "provider" and each.type == "aws" and each.get("region") == found["region"]
        if found["account"] in as_list(each.get("allowed_account_ids"))
        for alias in [each.get("alias")]
    ]
    arrived = any_passes(_reaches_alarm(each, stack) for region in regions for each in _rules(region, stack))
    return all_pass([is_set(target.get("role_arn")), arrived])


def _reaches_alarm(event_rule: Block, stack: Stack) -> Verdict:
    """Pass a rule that writes to a log group in which each finding counts for an alarm."""
    return any_passes(
        all_pass([may_write(event_rule, group, stack), _counts_all(group, stack)])
        for target in whole_targets(event_rule, stack)
        for group in stack.resolve(target.get("arn"), "aws_cloudwatch_log_group")
    )


def _counts_all(group: Block, stack: Stack) -> Verdict:
    verdicts = [(pattern_of(each), alarms_on_filter(each, stack)) for each in filters_of(group, stack)]
    return any_passes(
        all_pass([verdict, any_passes(other for each, other in verdicts if each == _opposite(pattern))])
        for pattern, verdict in verdicts
    )


def _opposite(pattern: str) -> str | None:
    """Return the pattern of all other lines. One without a condition is its own; None is unknown."""
    found = _COMPARISON.fullmatch(pattern)
    if found is None:
        return None if pattern else pattern
    operator = "=" if found["operator"] == "!=" else "!="
    return f"{{ {found['field']} {operator} {found['value']} }}"
