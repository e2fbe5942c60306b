"""Time from a fault to the call to the engineer on call, for alerts of Prometheus."""

from policies.helm_values import chart_values, is_custom_objects, objects_of
from policies.prometheus_delivery import (
    DELIVERY_SECONDS,
    MAX_SECONDS,
    MONITORING_CHART,
    critical_alerts,
    detection_seconds,
    seconds,
)
from policies.rule import rule
from policies.stack import Block, Json, Stack, as_list, at
from policies.verdict import Verdict, all_pass, pass_if

_SPECIFICATION = "prometheus.prometheusSpec"
_ROUTE = "alertmanager.config.route"
_PAGE = 'severity="critical"'


@rule(
    id="CKV2_ARQ_12",
    severity="HIGH",
    on=("helm_release",),
    why="A page that comes later than five minutes after the fault breaks the objective for availability.",
    link="https://prometheus.io/docs/alerting/latest/configuration/#route",
)
def alert_pages_in_time(release: Block, stack: Stack) -> Verdict:
    """Alerts of Prometheus that page must call within five minutes: lower for, windows or group_wait."""
    if not is_custom_objects(release):
        return Verdict.NOT_APPLICABLE
    values = chart_values(release)
    if values is None:
        return Verdict.UNKNOWN
    pages = [found for each in objects_of(values) for found in critical_alerts(each)]
    if not pages:
        return Verdict.NOT_APPLICABLE
    common = _common_seconds(stack)
    if common is None:
        return Verdict.UNKNOWN
    return all_pass(_is_in_time(page, group, common) for group, page in pages)


def _common_seconds(stack: Stack) -> tuple[int, int, int] | None:
    """Return the intervals of scrapes and evaluations, and the group wait, if one release states them."""
    found = [
        value
        for release in stack.of_type("helm_release")
        if str(release.get("chart")).partition("@")[0] == MONITORING_CHART
        for value in chart_values(release) or [None]
    ]
    if len(found) != 1:
        return None
    specification = at(found[0], _SPECIFICATION)
    scrape, evaluation = (
        seconds(at(specification, name)) for name in ("scrapeInterval", "evaluationInterval")
    )
    waits = [
        seconds(at(route, "group_wait"))
        for route in as_list(at(found[0], f"{_ROUTE}.routes"))
        if _PAGE in as_list(at(route, "matchers"))
    ]
    if scrape is None or evaluation is None or len(waits) != 1 or waits[0] is None:
        return None
    return scrape, evaluation, waits[0]


def _is_in_time(page: Json, group: Json, common: tuple[int, int, int]) -> Verdict:
    scrape, evaluation, group_wait = common
    interval = seconds(at(group, "interval") or f"{evaluation}s")
    lasting = seconds(at(page, "for") or "0s")
    detection = detection_seconds(str(at(page, "expr")))
    if interval is None or lasting is None or detection is None or interval == 0:
        return Verdict.UNKNOWN
    waits = -(-lasting // interval) * interval
    return pass_if(scrape + interval + detection + waits + group_wait + DELIVERY_SECONDS <= MAX_SECONDS)
