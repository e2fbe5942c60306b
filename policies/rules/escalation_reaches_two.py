"""Levels of escalation policies of PagerDuty."""

from policies.rule import rule
from policies.stack import Block, Json, Stack, as_list, at
from policies.verdict import Verdict, all_pass, is_between, pass_if

_FEWEST_LEVELS = 2
_MAX_MINUTES_TO_SECOND = 5


@rule(
    id="CKV_ARQ_57",
    severity="HIGH",
    on=("pagerduty_escalation_policy",),
    why="If the only person on call sleeps or has no network, nobody hears of an outage.",
    link="https://support.pagerduty.com/main/docs/escalation-policies",
)
def escalation_reaches_two(policy: Block, _: Stack) -> Verdict:
    """Escalation policies must call a second target within five minutes: add a rule, or lower its delay."""
    levels = policy.blocks("rule")
    if len(levels) < _FEWEST_LEVELS:
        return Verdict.FAIL
    targets = [_targets(level) for level in levels]
    return all_pass(
        [
            is_between(at(levels[0], "escalation_delay_in_minutes"), 1, _MAX_MINUTES_TO_SECOND),
            pass_if(all(targets)),
            pass_if(targets[0] != targets[1]),
        ]
    )


def _targets(level: Json) -> set[str]:
    found = as_list(at(level, "target")) if isinstance(level, dict) else []
    return {str(at(each, "id")) for each in found if at(each, "id")}
