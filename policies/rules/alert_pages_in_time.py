"""Time from a fault to the call to the engineer on call, for alerts of Prometheus."""

from policies.alertmanager_routes import UnreadableRouteError, group_waits
from policies.helm_values import chart_name, chart_values, is_custom_objects, objects_of
from policies.prometheus_delivery import (
    DELIVERY_SECONDS,
    MAX_SECONDS,
    MONITORING_CHART,
    critical_alerts,
    recording_rules,
)
from policies.prometheus_expressions import Records, detection_seconds, seconds
from policies.rule import rule
from policies.stack import Block, Json, Stack, at
from policies.verdict import Verdict, all_pass, pass_if

_SPECIFICATION = "prometheus.prometheusSpec"
_ROUTE = "alertmanager.config.route"
# Rules in the values of the chart, which no rule of the gate reads.
_OTHER_RULES = ("additionalPrometheusRules", "additionalPrometheusRulesMap")


@rule(
    id="CKV2_ARQ_12",
    severity="HIGH",
    on=("helm_release",),
    why="A page that comes later than five minutes after the fault breaks the objective for availability.",
    link="https://prometheus.io/docs/alerting/latest/configuration/#route",
)
def alert_pages_in_time(release: Block, stack: Stack) -> Verdict:
    """Alerts of Prometheus that page must call within five minutes: lower for, windows or group_wait."""
    if chart_name(release) == MONITORING_CHART:
        return _has_no_other_rules(release)
    if not is_custom_objects(release):
        return Verdict.NOT_APPLICABLE
    values = chart_values(release)
    if values is None:
        return Verdict.UNKNOWN
    pages = [found for each in objects_of(values) for found in critical_alerts(each)]
    if not pages:
        return Verdict.NOT_APPLICABLE
    monitoring, records = _monitoring(stack), recording_rules(stack)
    return all_pass(_is_in_time(page, group, monitoring, records) for group, page in pages)


def _has_no_other_rules(release: Block) -> Verdict:
    values = chart_values(release)
    if values is None:
        return Verdict.UNKNOWN
    has_others = any(at(value, name) for value in values for name in _OTHER_RULES)
    return Verdict.FAIL if has_others else Verdict.NOT_APPLICABLE


def _monitoring(stack: Stack) -> Json:
    """Return the values of Prometheus and Alertmanager, if one release states them."""
    found = [
        value
        for release in stack.of_type("helm_release")
        if str(release.get("chart")).partition("@")[0] == MONITORING_CHART
        for value in chart_values(release) or [None]
    ]
    return found[0] if len(found) == 1 else None


def _group_wait(monitoring: Json, alert: str) -> float | None:
    """Return the longest wait of all routes that an alert may reach, or None if one is unknown."""
    try:
        waits = [seconds(each) for each in group_waits(at(monitoring, _ROUTE), alert)]
    except UnreadableRouteError:
        return None
    known = [each for each in waits if each is not None]
    return max(known) if known and len(known) == len(waits) else None


def _is_in_time(page: Json, group: Json, monitoring: Json, records: Records) -> Verdict:
    specification = at(monitoring, _SPECIFICATION)
    scrape, evaluation = at(specification, "scrapeInterval"), at(specification, "evaluationInterval")
    interval = seconds(at(group, "interval") or evaluation)
    lasting = seconds(at(page, "for") or "0s")
    times = (
        seconds(scrape),
        interval,
        detection_seconds(str(at(page, "expr")), records),
        None if not interval or lasting is None else -(-lasting // interval) * interval,
        _group_wait(monitoring, str(at(page, "alert"))),
    )
    known = [each for each in times if each is not None]
    if len(known) < len(times) or at(group, "query_offset") is not None:
        return Verdict.UNKNOWN
    return pass_if(sum(known) + DELIVERY_SECONDS <= MAX_SECONDS)
