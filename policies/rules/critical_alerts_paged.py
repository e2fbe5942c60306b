"""The way of critical alerts of Prometheus to the engineer on call."""

from policies.alertmanager_routes import UnreadableRouteError, has_pager, pages
from policies.environment import is_production
from policies.helm_values import chart_name, chart_values, is_custom_objects, objects_of
from policies.prometheus_delivery import MONITORING_CHART, critical_alerts
from policies.rule import rule
from policies.stack import Block, Json, Stack, at
from policies.verdict import Verdict, is_expression, pass_if

# Also an alert that is added later must have a way.
_ANY = "NameOfAnotherAlert"


@rule(
    id="CKV2_ARQ_13",
    severity="CRITICAL",
    on=("helm_release",),
    why="A critical alert that reaches only a mailbox, or nobody, is found when users complain.",
    link="https://prometheus.io/docs/alerting/latest/configuration/#route",
)
def critical_alerts_paged(release: Block, stack: Stack) -> Verdict:
    """Critical alerts of Prometheus must reach PagerDuty: correct the receiver, or the route before it."""
    if chart_name(release) != MONITORING_CHART:
        return Verdict.NOT_APPLICABLE
    values, names = chart_values(release), _names(stack)
    if values is None or len(values) != 1 or names is None:
        return Verdict.FAIL
    config = at(values[0], "alertmanager.config")
    if not is_production(release) and not is_expression(config) and not has_pager(config):
        return Verdict.NOT_APPLICABLE
    try:
        return pass_if(all(pages(config, name) for name in names))
    except UnreadableRouteError:
        return Verdict.FAIL


def _names(stack: Stack) -> set[str] | None:
    """Return the names of all critical alerts, or None if some are not readable."""
    names = {_ANY}
    for release in stack.of_type("helm_release"):
        if is_custom_objects(release):
            values = chart_values(release)
            if values is None:
                return None
            names |= {_name(alert) for each in objects_of(values) for _, alert in critical_alerts(each)}
    return names


def _name(alert: Json) -> str:
    return str(at(alert, "alert"))
