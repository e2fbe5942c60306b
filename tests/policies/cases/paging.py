"""Cases of PagerDuty."""

from policies.stack import Json
from tests.policies.cases.example import Bodies, Example
from tests.policies.mutations import add_resource, regression


def level(minutes: Json, *targets: str) -> Json:
    return {"escalation_delay_in_minutes": minutes, "target": [{"id": each} for each in targets]}


def escalation(*levels: Json) -> Bodies:
    return {"pagerduty_escalation_policy.it": {"rule": list(levels)}}


def schedule(*layers: Json) -> Bodies:
    return {"pagerduty_schedule.it": {"layer": [{"users": each} for each in layers]}}


def service(**changes: Json) -> Bodies:
    body: dict[str, Json] = {
        "escalation_policy": "${pagerduty_escalation_policy.it.id}",
        "incident_urgency_rule": {"type": "constant", "urgency": "severity_based"},
        "auto_resolve_timeout": "null",
    }
    return {"pagerduty_service.it": {**body, **changes}}


def pause(enabled: Json) -> Bodies:
    return service(auto_pause_notifications_parameters={"enabled": enabled})


EXAMPLES = (
    Example(
        "CKV_ARQ_56",
        passes=({"provider.pagerduty": {"service_region": "eu"}},),
        fails=(
            {"provider.pagerduty": {"token": "${var.token}"}},
            {"provider.pagerduty": {"user_token": "secret"}},
            {"provider.pagerduty": {"use_app_oauth_scoped_token": {"pd_client_secret": "secret"}}},
        ),
    ),
    Example(
        "CKV_ARQ_57",
        passes=(
            escalation(level(5, "first"), level(10, "second")),
            escalation(level("1", "first"), level(10, "second"), level(10, "third", "fourth")),
        ),
        fails=(
            escalation(),
            escalation(level(5, "first", "second")),
            escalation(level(6, "first"), level(10, "second")),
            escalation(level(5, "first"), level(10, "first")),
            escalation(level(5, "first"), level(10, "second"), level(10)),
        ),
        unknown=(escalation(level("${var.minutes}", "first"), level(10, "second")),),
    ),
    Example(
        "CKV_ARQ_58",
        passes=(schedule(["first", "second"], ["second", "third"]),),
        fails=(schedule(), schedule(["first", "first"]), schedule(["first", "second"], ["third"])),
        unknown=(schedule("${var.people}"),),
    ),
    Example(
        "CKV_ARQ_59",
        passes=(
            service(),
            service(incident_urgency_rule=[{"type": "constant", "urgency": "high"}]),
            pause(False),
        ),
        fails=(
            service(escalation_policy=None),
            service(incident_urgency_rule={"type": "constant", "urgency": "low"}),
            service(incident_urgency_rule={"type": "use_support_hours"}),
            service(auto_resolve_timeout="14400"),
            service(auto_resolve_timeout=None),
            pause(True),
        ),
        unknown=(service(auto_resolve_timeout="${var.seconds}"),),
    ),
)

REGRESSIONS = (
    regression(
        "integration whose key is in the state",
        add_resource("pagerduty_service_integration", lambda _: {"service": "${pagerduty_service.it.id}"}),
        "CKV_ARQ_35",
    ),
    regression(
        "incident that ends before the outage",
        add_resource(
            "pagerduty_service", lambda _: service(auto_resolve_timeout="14400")["pagerduty_service.it"]
        ),
        "CKV_ARQ_59",
    ),
)
