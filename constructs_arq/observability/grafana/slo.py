"""The dashboard of service level objectives: what is left of each error budget, and how fast it burns."""

from collections.abc import Sequence

from constructs_arq.core.slo import HttpAvailability, HttpLatency, Slo
from constructs_arq.observability.grafana.dashboard import Dashboard, Row
from constructs_arq.observability.grafana.panels import Graph, Number, Query
from constructs_arq.observability.slo.recording_rules import BUDGET_LEFT, ERROR_RATIO, OBJECTIVE, select

_WINDOWS = ("5m", "1h", "6h")


def slo_dashboard(slos: Sequence[Slo]) -> Dashboard:
    """Return the dashboard of those objectives that Prometheus measures."""
    slos = [slo for slo in slos if isinstance(slo.indicator, HttpAvailability | HttpLatency)]
    rows = [Row("Error budget that is left", [_budget(slo) for slo in slos])]
    return Dashboard(
        name="slo", title="Service level objectives", rows=[*rows, *(_objective(slo) for slo in slos)]
    )


def _budget(slo: Slo) -> Number:
    query = Query(f"{BUDGET_LEFT}{select(slo)}", slo.name)
    return Number(slo.name, "percentunit", query, limit=0.2, low_is_bad=True)


def _objective(slo: Slo) -> Row:
    series = select(slo)
    burning = [
        Query(f"{ERROR_RATIO}{window}{series} / on() (1 - {OBJECTIVE}{series})", window)
        for window in _WINDOWS
    ]
    return Row(
        f"{slo.name}: {slo.objective:g} % in {slo.window_days} days",
        [
            Graph(
                "Burn rate",
                "short",
                burning,
                "At 1, the budget lasts for the whole window. At 14.4 it is gone after two days.",
                limit=1,
            ),
            Graph(
                "Error budget that is left",
                "percentunit",
                [Query(f"{BUDGET_LEFT}{series}", "budget")],
            ),
        ],
    )
