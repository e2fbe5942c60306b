"""Checks of arguments that hold JSON or a schedule expression."""

import json
import re
from collections.abc import Iterator

from arqctl.offline.aws.checks.resource import Resource, make_error
from arqctl.offline.diagnostic import Diagnostic

JSON_ARGUMENTS = {
    "aws_ecr_lifecycle_policy": ("policy",),
    "aws_cloudwatch_dashboard": ("dashboard_body",),
    "aws_cloudwatch_event_rule": ("event_pattern",),
    "aws_cloudwatch_event_target": ("input",),
    "aws_ecs_task_definition": ("container_definitions",),
    "aws_sfn_state_machine": ("definition",),
    "aws_sqs_queue": ("redrive_policy", "redrive_allow_policy"),
    "aws_sqs_queue_redrive_policy": ("redrive_policy",),
    "aws_sns_topic": ("delivery_policy",),
    "aws_sns_topic_subscription": ("filter_policy", "redrive_policy"),
    "aws_organizations_policy": ("content",),
}
_SELECTION_VALUES = {
    "tagStatus": ("tagged", "untagged", "any"),
    "countType": (
        "imageCountMoreThan",
        "sinceImagePushed",
        "sinceImagePulled",
        "sinceImageTransitioned",
    ),
}
_SCHEDULE = re.compile(
    r"^(rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)|cron\(\S+( \S+){5}\)|at\(.+\))$"
)


def check_json(resource: Resource) -> Iterator[Diagnostic]:
    """Check that each JSON argument of a resource holds a JSON object or array."""
    for name in JSON_ARGUMENTS[resource.type]:
        given = resource.get_text(name)
        try:
            parsed = json.loads(given) if given else None
        except ValueError as error:
            yield make_error("Invalid JSON", f"{name} is not JSON: {error}.", name)
            continue
        if given and not isinstance(parsed, dict | list):
            yield make_error("Not a JSON object", f"{name} is {given!r}. Write a JSON object or array.", name)


def check_event_pattern(rule: Resource) -> Iterator[Diagnostic]:
    """Check that an EventBridge pattern lists the values to match."""
    given = rule.get_text("event_pattern")
    try:
        parsed = json.loads(given) if given else None
    except ValueError:
        return
    for name in _keys_without_list(parsed) if isinstance(parsed, dict) else ():
        yield make_error(
            "Event pattern matches nothing",
            f"event_pattern has {name!r} without a list. Write the values to match in brackets.",
            "event_pattern",
        )


def check_schedule(rule: Resource) -> Iterator[Diagnostic]:
    """Check a schedule expression, and that an EventBridge rule has a schedule or a pattern."""
    schedule = rule.get_text("schedule_expression")
    if schedule and not _SCHEDULE.match(schedule):
        yield make_error(
            "Invalid schedule expression",
            f"schedule_expression is {schedule!r}. Write rate(5 minutes) or cron(0 3 * * ? *).",
            "schedule_expression",
        )
    if rule.type == "aws_cloudwatch_event_rule" and not (
        rule.possibly_set("schedule_expression") or rule.possibly_set("event_pattern")
    ):
        yield make_error(
            "Rule without events or schedule", "Set event_pattern or schedule_expression.", "event_pattern"
        )


def check_ecr_lifecycle(policy: Resource) -> Iterator[Diagnostic]:
    """Check an ECR lifecycle policy: each rule needs its own priority, a selection and an action."""
    given = policy.get_text("policy")
    try:
        parsed = json.loads(given) if given else None
    except ValueError:
        return
    rules = parsed.get("rules") if isinstance(parsed, dict) else None
    if parsed is not None and not isinstance(rules, list):
        yield make_error("Lifecycle policy without rules", "policy needs a list of rules.", "policy")
        return
    priorities = [each.get("rulePriority") for each in rules or [] if isinstance(each, dict)]
    for each in sorted({str(each) for each in priorities if priorities.count(each) > 1}):
        yield make_error(
            "Duplicate rule priority", f"Two rules have the rulePriority {each}. Give each its own.", "policy"
        )
    for rule in rules or []:
        missing = [name for name in ("rulePriority", "selection", "action") if name not in rule]
        if missing:
            yield make_error(
                "Incomplete lifecycle rule", f"A rule has no {' and no '.join(missing)}.", "policy"
            )
        yield from _check_selection(rule.get("selection"))


def _check_selection(selection: object) -> Iterator[Diagnostic]:
    for name, allowed in _SELECTION_VALUES.items():
        given = selection.get(name) if isinstance(selection, dict) else None
        if isinstance(given, str) and given not in allowed:
            yield make_error(
                "Invalid lifecycle selection",
                f"{name} is {given!r}. Use one of {', '.join(allowed)}.",
                "policy",
            )


def _keys_without_list(pattern: dict[str, object]) -> Iterator[str]:
    for name, value in pattern.items():
        if isinstance(value, dict):
            yield from _keys_without_list(value)
        elif not isinstance(value, list):
            yield name
