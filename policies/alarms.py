"""Helpers of the rules on CloudWatch alarms."""

from policies.stack import Block, as_list
from policies.verdict import Verdict, all_pass, any_passes, is_set, is_true


def has_enabled_action(alarm: Block) -> Verdict:
    """Pass an alarm that has an action, and whose actions are enabled."""
    enabled = alarm.get("actions_enabled")
    return all_pass(
        [
            any_passes(is_set(action) for action in as_list(alarm.get("alarm_actions"))),
            Verdict.PASS if enabled is None else is_true(enabled),
        ]
    )
