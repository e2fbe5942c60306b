"""What the rules on alarms share."""

from policies.stack import Block, as_list
from policies.verdict import Verdict, all_hold, any_holds, is_given, is_true


def acts(alarm: Block) -> Verdict:
    """Hold for an alarm that tells somebody when it fires."""
    enabled = alarm.get("actions_enabled")
    return all_hold(
        [
            any_holds(is_given(action) for action in as_list(alarm.get("alarm_actions"))),
            Verdict.PASS if enabled is None else is_true(enabled),
        ]
    )
