"""Services of PagerDuty."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, all_pass, any_passes, is_false, is_one_of, is_set, pass_if

_PAUSE = "auto_pause_notifications_parameters"


@rule(
    id="CKV_ARQ_59",
    severity="HIGH",
    on=("pagerduty_service",),
    why="Low urgency, a pause before the call, or an early end of an incident hides an outage.",
    link="https://support.pagerduty.com/main/docs/configurable-service-settings",
)
def paged_service_calls(service: Block, _: Stack) -> Verdict:
    """Services must call at once: set urgency severity_based and auto_resolve_timeout null, and no pause."""
    pause = [is_false(service.get(f"{_PAUSE}.enabled")), pass_if(service.get(_PAUSE) is None)]
    return all_pass(
        [
            is_set(service.get("escalation_policy")),
            is_one_of(service.get("incident_urgency_rule.type"), ("constant",)),
            is_one_of(service.get("incident_urgency_rule.urgency"), ("high", "severity_based")),
            is_one_of(service.get("auto_resolve_timeout"), ("null",)),
            any_passes(pause),
        ]
    )
