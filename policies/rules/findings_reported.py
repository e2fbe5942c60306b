"""The way of findings to people."""

import json
import re
from collections.abc import Mapping
from typing import TypeAlias

from policies.audit_services import region_of
from policies.log_alarms import alarms_on_filter, pattern_of
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
_COMPARISON = re.compile(r"\{ *(?P<field>[^ ]+) (?P<operator>!?=) (?P<value>[^&|]+?) *\}")


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
    selects by severity, state and workflow status only. Metric filters with alarms count each finding: one
    without a pattern, or two with opposite comparisons.
    """
    targets = _targets(region_of(hub), stack)
    return any_passes(
        any_passes([_reaches_alarm(each, stack), _is_forwarded(each, stack)]) for each in targets
    )


def _targets(region: tuple[Json, Json], stack: Stack) -> list[Block]:
    """Return the targets of all findings in a region."""
    rules = stack.of_type("aws_cloudwatch_event_rule")
    return [
        target
        for each in rules
        if region_of(each) == region and _selects_findings(each)
        for target in stack.referrers(each, "aws_cloudwatch_event_target")
    ]


def _selects_findings(event_rule: Block) -> bool:
    text = event_rule.get("event_pattern")
    if not isinstance(text, str) or is_expression(text) or event_rule.get("state") not in (None, "ENABLED"):
        return False
    if event_rule.get("event_bus_name") not in (None, "default"):
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


def _is_forwarded(target: Block, stack: Stack) -> Verdict:
    """Pass a bus of the account in a region of the stack, whose own rule reaches an alarm."""
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
    arrived = any_passes(
        _reaches_alarm(each, stack) for region in regions for each in _targets(region, stack)
    )
    return all_pass([is_set(target.get("role_arn")), arrived])


def _reaches_alarm(target: Block, stack: Stack) -> Verdict:
    """Pass a log group in which each finding counts for an alarm."""
    return any_passes(
        _counts_all(group, stack) for group in stack.resolve(target.get("arn"), "aws_cloudwatch_log_group")
    )


def _counts_all(group: Block, stack: Stack) -> Verdict:
    filters = stack.referrers(group, "aws_cloudwatch_log_metric_filter")
    by_pattern = {pattern_of(each): alarms_on_filter(each, stack) for each in filters}
    return any_passes(
        min(verdict, by_pattern[opposite])
        for pattern, verdict in by_pattern.items()
        if (opposite := _opposite(pattern)) in by_pattern
    )


def _opposite(pattern: str) -> str | None:
    """Return the pattern of all other lines. One without a condition is its own; None is unknown."""
    found = _COMPARISON.fullmatch(pattern)
    if found is None:
        return None if pattern else pattern
    operator = "=" if found["operator"] == "!=" else "!="
    return f"{{ {found['field']} {operator} {found['value']} }}"
