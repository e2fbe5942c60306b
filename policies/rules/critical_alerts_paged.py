"""The way of critical alerts of Prometheus to the engineer on call."""

from policies.alertmanager_routes import UnreadableRouteError, has_pager, pages
from policies.environment import is_production
from policies.helm_values import chart_name, chart_values, is_custom_objects, objects_of
from policies.inhibitions import silences_pages
from policies.prometheus_delivery import MONITORING_CHART, critical_alerts, other_alerts
from policies.rule import rule
from policies.stack import Block, Json, Stack, at
from policies.verdict import Verdict, is_expression, pass_if

# Also an alert that is added later must have a way.
_ANY = "NameOfAnotherAlert"
_SWITCH = "alertmanager.enabled"
# The chart then uses another configuration than the one that this rule reads, or none.
_OTHER_CONFIGURATIONS = (
    "alertmanager.stringConfig",
    "alertmanager.alertmanagerSpec.alertmanagerConfiguration",
    "alertmanager.alertmanagerSpec.configSecret",
    "alertmanager.alertmanagerSpec.paused",
    "alertmanager.alertmanagerSpec.useExistingSecret",
)


@rule(
    id="CKV2_ARQ_13",
    severity="CRITICAL",
    on=("helm_release",),
    why="A critical alert that reaches only a mailbox, or nobody, is found when users complain.",
    link="https://prometheus.io/docs/alerting/latest/configuration/#route",
)
def critical_alerts_paged(release: Block, stack: Stack) -> Verdict:
    """Critical alerts of Prometheus must reach PagerDuty: correct the receiver, routes or inhibitions."""
    if chart_name(release) != MONITORING_CHART:
        return Verdict.NOT_APPLICABLE
    values, alerts = chart_values(release), _alerts(stack)
    is_malformed = not isinstance(release.get("repository"), str | None)
    if values is None or len(values) != 1 or alerts is None or is_malformed:
        return Verdict.FAIL
    config = at(values[0], "alertmanager.config")
    if not is_production(release) and not is_expression(config) and not has_pager(config):
        return Verdict.NOT_APPLICABLE
    if at(values[0], _SWITCH) not in (None, True) or any(
        at(values[0], each) for each in _OTHER_CONFIGURATIONS
    ):
        return Verdict.FAIL
    critical, others = alerts
    names = {_ANY, *critical}
    try:
        is_silent = silences_pages(config, critical - others, names)
        return pass_if(not is_silent and all(pages(config, name) for name in names))
    except UnreadableRouteError:
        return Verdict.FAIL


def _alerts(stack: Stack) -> tuple[set[str], set[str]] | None:
    """Return the names of critical alerts and of others, or None if some are not readable."""
    critical: set[str] = set()
    others: set[str] = set()
    for release in stack.of_type("helm_release"):
        if is_custom_objects(release):
            values = chart_values(release)
            if values is None:
                return None
            for each in objects_of(values):
                critical |= {_name(alert) for _, alert in critical_alerts(each)}
                others |= {_name(alert) for alert in other_alerts(each)}
    return critical, others


def _name(alert: Json) -> str:
    return str(at(alert, "alert"))
