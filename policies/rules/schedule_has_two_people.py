"""People of schedules of PagerDuty."""

from policies.rule import rule
from policies.stack import Block, Json, Stack, at
from policies.verdict import Verdict, all_pass, is_expression, pass_if

_FEWEST_PEOPLE = 2


@rule(
    id="CKV_ARQ_58",
    severity="MEDIUM",
    on=("pagerduty_schedule",),
    why="A person who is always on call can't be on holiday or ill.",
    link="https://support.pagerduty.com/main/docs/schedule-basics",
)
def schedule_has_two_people(schedule: Block, _: Stack) -> Verdict:
    """Each layer of a schedule must have at least two people: add another to users."""
    layers = schedule.blocks("layer")
    return all_pass(_has_two(at(layer, "users")) for layer in layers) if layers else Verdict.FAIL


def _has_two(users: Json) -> Verdict:
    if is_expression(users) or not isinstance(users, list):
        return Verdict.UNKNOWN if users else Verdict.FAIL
    return pass_if(len({str(each) for each in users}) >= _FEWEST_PEOPLE)
