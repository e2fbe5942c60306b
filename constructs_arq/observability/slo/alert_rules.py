"""Alerts of an objective: fast burns page, slow burns open a ticket."""

from collections.abc import Iterator
from typing import Final

from constructs_arq.core.alarm import Severity
from constructs_arq.core.burn_rate import BURN_RATES, BurnRate
from constructs_arq.core.slo import Slo
from constructs_arq.observability.prometheus.rules import AlertRule
from constructs_arq.observability.slo.recording_rules import (
    ERROR_RATIO,
    FAILURES,
    REQUESTS,
    budget_text,
    labels_of,
    select,
)
from constructs_arq.observability.slo.windows import duration

DASHBOARD: Final = "slo"
# A rate near the threshold would otherwise page again and again.
_KEEP_FIRING_SECONDS: Final = 600
# Prometheus may restart, and targets may move, without a gap of this length.
_NO_DATA_SECONDS: Final = 900


def alert_rules(slo: Slo) -> Iterator[AlertRule]:
    """Yield an alert for each severity, and one for an objective that is not measured."""
    for severity in slo.severities:
        yield _burn_alert(slo, severity)
    yield AlertRule(
        alert="SloWithoutData",
        expr=f"absent({REQUESTS}5m{select(slo)})",
        severity=Severity.WARNING,
        summary=f"Nobody measures the objective {slo.name}: its requests have no data",
        runbook="slo-without-data",
        dashboard=DASHBOARD,
        for_seconds=_NO_DATA_SECONDS,
        labels=labels_of(slo),
    )


def _burn_alert(slo: Slo, severity: Severity) -> AlertRule:
    """Return one alert for all windows of a severity: a second one would be a second message."""
    conditions = [_condition(slo, rate) for rate in BURN_RATES if slo.severity_of(rate) is severity]
    return AlertRule(
        alert="".join(word.capitalize() for word in slo.runbook.split("-")),
        expr="\nor\n".join(conditions),
        severity=severity,
        summary=f"{{{{ $value | humanizePercentage }}}} of the requests to {slo.service} fail the objective "
        f"for its {slo.indicator.aspect} of {slo.objective:g} %",
        runbook=slo.runbook,
        dashboard=DASHBOARD,
        keep_firing_seconds=_KEEP_FIRING_SECONDS,
        labels=labels_of(slo),
    )


def _condition(slo: Slo, rate: BurnRate) -> str:
    threshold = budget_text(rate.error_ratio(slo.objective))
    short, long = duration(rate.short_seconds), duration(rate.long_seconds)
    series = select(slo)
    return (
        f"({ERROR_RATIO}{short}{series} > {threshold}"
        f" and {ERROR_RATIO}{long}{series} > {threshold}"
        f" and {FAILURES}{long}{series} * {rate.long_seconds} >= {slo.minimum_failures})"
    )
