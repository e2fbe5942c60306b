"""Events of CloudWatch alarms: the patterns that select them, and their translation to PagerDuty's events.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
https://developer.pagerduty.com/docs/events-api-v2-overview
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTargetInputTransformer

# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
PATTERN_LENGTH: Final = 4096
# All events have these fields. EventBridge leaves out a variable whose path matches nothing, and invalid JSON
# would remain. A description is no such field: AWS's sample of a composite alarm has none.
_PATHS: Final = {
    "account": "$.account",
    "alarm": "$.detail.alarmName",
    "configuration": "$.detail.configuration",
    "reason": "$.detail.state.reason",
    "region": "$.region",
    "source": "$.resources[0]",
    "time": "$.time",
}
_QUOTED_VARIABLE = re.compile(r'"(<[a-z]+>)"')


@dataclass(frozen=True)
class Link:
    """A link that PagerDuty shows with a problem."""

    text: str
    href: str


def problem_pattern(alarm_names: Sequence[str]) -> str:
    """Return the pattern of the starts of problems. Composite alarms send the same events."""
    return _pattern(alarm_names, {"state": {"value": ["ALARM"]}})


def end_pattern(alarm_names: Sequence[str]) -> str:
    """Return the pattern of the ends of problems. A new alarm that gets its first data ends none."""
    return _pattern(alarm_names, {"state": {"value": ["OK"]}, "previousState": {"value": ["ALARM"]}})


def trigger_transformer(environment: str, links: Sequence[Link]) -> CloudwatchEventTargetInputTransformer:
    """Return the translation of the start of a problem.

    The configuration contains the description of the alarm, with the URL of its runbook. The reason is not in
    the summary: EventBridge does not escape text inside other text, and PagerDuty refuses a summary of more
    than 1024 characters.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
    """
    return _transformer(
        {
            "event_action": "trigger",
            "dedup_key": "<source>",
            "payload": {
                "summary": "Alarm <alarm> in <region>",
                "source": "<source>",
                "severity": "critical",
                "timestamp": "<time>",
                "component": "<alarm>",
                "group": environment,
                "class": "CloudWatch alarm",
                "custom_details": {
                    "account": "<account>",
                    "alarm": "<alarm>",
                    "configuration": "<configuration>",
                    "environment": environment,
                    "reason": "<reason>",
                    "region": "<region>",
                },
            },
            "client": "Amazon CloudWatch",
            "links": [{"href": link.href, "text": link.text} for link in links],
        }
    )


def resolve_transformer() -> CloudwatchEventTargetInputTransformer:
    """Return the translation of the end of a problem. PagerDuty finds the problem by its key."""
    return _transformer({"event_action": "resolve", "dedup_key": "<source>"})


def _pattern(alarm_names: Sequence[str], detail: Mapping[str, object]) -> str:
    return json.dumps(
        {
            "source": ["aws.cloudwatch"],
            "detail-type": ["CloudWatch Alarm State Change"],
            "detail": {"alarmName": sorted(alarm_names), **detail},
        },
        separators=(",", ":"),
    )


def _transformer(event: Mapping[str, object]) -> CloudwatchEventTargetInputTransformer:
    text = json.dumps(event)
    used = {name: path for name, path in _PATHS.items() if f"<{name}>" in text}
    # EventBridge inserts a whole value as JSON: text with its quotes, and an object as an object.
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
    template = _QUOTED_VARIABLE.sub(r"\1", text)
    return CloudwatchEventTargetInputTransformer(input_paths=used, input_template=template)
