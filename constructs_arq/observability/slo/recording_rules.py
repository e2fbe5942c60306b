"""Recording rules of an objective: requests, failures, and their ratio in each window.

Short windows read the counters of all pods. Long ones add the recorded rates of five minutes, which are one
series each: three days of counters would be millions of samples in each evaluation. Both weight each request
equally, and an average of ratios would not. A rate over five minutes responds up to five minutes later, so
the windows that page first read the counters.
https://prometheus.io/docs/practices/rules/
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from constructs_arq.core.burn_rate import BURN_RATES, error_budget
from constructs_arq.core.slo import HttpAvailability, PrometheusIndicator, Slo
from constructs_arq.observability.prometheus.rules import RecordingRule
from constructs_arq.observability.slo.http_requests import (
    collects_requests,
    count_failures,
    count_requests,
    is_down,
)
from constructs_arq.observability.slo.windows import duration

# The interval of the recorded rates. It is fixed, because the long windows multiply by it.
EVALUATION_SECONDS: Final = 30
_BASE_SECONDS: Final = 5 * 60
_BASE: Final = duration(_BASE_SECONDS)
# Windows up to here are read from the counters.
_LONGEST_FROM_COUNTERS: Final = 3600
# Windows from here on change so slowly that an evaluation every two minutes is enough. Prometheus shows a
# result for five minutes.
_SLOW_SECONDS: Final = 86_400
# The requests before an outage: rates of five minutes contain a part of it.
_BEFORE: Final = "[1h] offset 10m"

REQUESTS: Final = "slo:requests:rate"
FAILURES: Final = "slo:errors:rate"
ERROR_RATIO: Final = "slo:sli_error:ratio_rate"
LOST: Final = "slo:lost_requests:rate"
OBJECTIVE: Final = "slo:objective:ratio"
BUDGET_LEFT: Final = "slo:error_budget_remaining:ratio"


def alert_windows() -> list[int]:
    """Return the windows of all burn rates in seconds, the shortest first."""
    return sorted({seconds for rate in BURN_RATES for seconds in (rate.short_seconds, rate.long_seconds)})


def fast_rules(slo: Slo, indicator: PrometheusIndicator) -> Iterator[RecordingRule]:
    """Yield the rules of windows below a day, for each evaluation of Prometheus."""
    if isinstance(indicator, HttpAvailability):
        before = f"sum(avg_over_time({_base(slo, REQUESTS)}{_BEFORE}))"
        yield _rule(slo, LOST, f"{is_down(slo, indicator)} * {before} or vector(0)")
    for seconds in alert_windows():
        if seconds <= _LONGEST_FROM_COUNTERS:
            yield from _from_counters(slo, indicator, seconds)
        elif seconds < _SLOW_SECONDS:
            yield from _from_records(slo, seconds)
        if seconds < _SLOW_SECONDS:
            yield _ratio(slo, seconds)


def slow_rules(slo: Slo) -> Iterator[RecordingRule]:
    """Yield the rules of windows from a day on, of the objective and of its budget."""
    window = slo.window_days * _SLOW_SECONDS
    for seconds in sorted({*alert_windows(), window}):
        if seconds >= _SLOW_SECONDS:
            yield from _from_records(slo, seconds)
            yield _ratio(slo, seconds)
    yield _rule(slo, OBJECTIVE, f"vector({1 - error_budget(slo.objective)})")
    ratio = f"{ERROR_RATIO}{duration(window)}{select(slo)}"
    yield _rule(slo, BUDGET_LEFT, f"1 - {ratio} / {error_budget(slo.objective)}")


def select(slo: Slo) -> str:
    """Return the selector of the series of an objective."""
    return f'{{slo="{slo.name}"}}'


def labels_of(slo: Slo) -> dict[str, str]:
    """Return the labels of the series and alerts of an objective."""
    return {"slo": slo.name, "service": slo.service}


def budget_text(value: Decimal) -> str:
    """Return a number as PromQL reads it, without an exponent."""
    return f"{value.normalize():f}"


def _from_counters(slo: Slo, indicator: PrometheusIndicator, seconds: int) -> Iterator[RecordingRule]:
    window = duration(seconds)
    no_requests = f"0 * {collects_requests(slo.service, indicator)}"
    for record, query in ((REQUESTS, count_requests), (FAILURES, count_failures)):
        counted = f"({query(slo.service, indicator, window)} or {no_requests})"
        if isinstance(indicator, HttpAvailability):
            lost = f"sum(avg_over_time({LOST}{select(slo)}[{window}]))"
            # Without pods there are no counters.
            counted = f"{counted} + {lost} or ({lost} > 0)"
        yield _rule(slo, f"{record}{window}", counted)


def _from_records(slo: Slo, seconds: int) -> Iterator[RecordingRule]:
    window = duration(seconds)
    for record in (REQUESTS, FAILURES):
        # As `rate` does, time without data counts as time without requests.
        total = f"sum_over_time({_base(slo, record)}[{window}])"
        yield _rule(slo, f"{record}{window}", f"{total} * {EVALUATION_SECONDS} / {seconds}")


def _ratio(slo: Slo, seconds: int) -> RecordingRule:
    """Return the rule for the share of failed requests. Without requests it is 0, not the result of 0 / 0."""
    window = duration(seconds)
    requests, failures = (f"{record}{window}{select(slo)}" for record in (REQUESTS, FAILURES))
    return _rule(slo, f"{ERROR_RATIO}{window}", f"{failures} / ({requests} > 0) or 0 * {requests}")


def _base(slo: Slo, record: str) -> str:
    return f"{record}{_BASE}{select(slo)}"


def _rule(slo: Slo, record: str, expr: str) -> RecordingRule:
    return RecordingRule(record=record, expr=expr, labels=labels_of(slo))
