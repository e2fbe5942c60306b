"""Dashboards: rows of panels, as JSON that Grafana reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from grafana_foundation_sdk.builders import dashboard as sdk
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from constructs_arq.observability.grafana.panels import LogLines, Number, PanelDefinition, render_panel

# Grafana's grid has 24 columns.
_FULL_WIDTH = 24
_GRAPHS_PER_ROW = 2
_NUMBERS_PER_ROW = 6
_GRAPH_HEIGHT = 8
_NUMBER_HEIGHT = 4


@dataclass(frozen=True)
class Row:
    """Panels under a heading."""

    title: str
    panels: Sequence[PanelDefinition]


def show_errors(namespace: str, app: str) -> Row:
    """Return a row with the errors in the logs of a service or a worker."""
    lines = f'{{namespace="{namespace}", app="{app}", level=~"error|critical"}}'
    return Row("Logs", [LogLines("Errors", lines)])


@dataclass(frozen=True, kw_only=True)
class Dashboard:
    """A dashboard. `name` is its identifier and part of its URL.

    `since` is the begin of the time that it shows at first, in Grafana's notation: `now/M` is the first of
    the month. https://grafana.com/docs/grafana/latest/dashboards/use-dashboards/#time-units-and-relative-ranges
    """

    name: str
    title: str
    rows: Sequence[Row]
    since: str = "now-6h"

    def render(self) -> str:
        """Return the JSON document, without an expression of Terraform."""
        built = (
            sdk.Dashboard(self.title)
            .uid(self.name)
            .readonly()
            .refresh("1m")
            .time(self.since, "now")
            .timezone("utc")
        )
        ids = count(1)
        for row in self.rows:
            built = built.with_row(sdk.Row(row.title).id(next(ids)))
            for panel in row.panels:
                width, height = _size(panel)
                built = built.with_panel(render_panel(panel).id(next(ids)).span(width).height(height))
        return JSONEncoder(sort_keys=True).encode(built.build())


def _size(panel: PanelDefinition) -> tuple[int, int]:
    if isinstance(panel, Number):
        return _FULL_WIDTH // _NUMBERS_PER_ROW, _NUMBER_HEIGHT
    if isinstance(panel, LogLines):
        return _FULL_WIDTH, _GRAPH_HEIGHT
    return _FULL_WIDTH // _GRAPHS_PER_ROW, _GRAPH_HEIGHT
