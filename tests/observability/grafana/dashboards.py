"""The dashboards of production, and the queries of their panels."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from environments.dashboards import make_dashboards
from environments.production import PRODUCTION

RATE_INTERVAL = f"{4 * PRODUCTION.prometheus.scrape_seconds}s"
"""The shortest `$__rate_interval` of Grafana: four scrapes.

https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/#use-__rate_interval
"""


@dataclass(frozen=True)
class PanelQuery:
    """A query of a panel, with Grafana's interval variable replaced by its shortest value."""

    dashboard: str
    panel: str
    source: str
    expression: str
    legend: str

    def __str__(self) -> str:
        return f"{self.dashboard}: {self.panel}: {self.expression}"


DASHBOARDS: dict[str, dict[str, Any]] = {
    name: json.loads(document) for name, document in make_dashboards(PRODUCTION).items()
}


def panels(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the panels that are no headings."""
    return [panel for panel in document["panels"] if panel["type"] != "row"]


def queries(source: str) -> list[PanelQuery]:
    """Return the queries of all dashboards to a data source."""
    return [query for name, document in DASHBOARDS.items() for query in _queries(name, document, source)]


def _queries(name: str, document: dict[str, Any], source: str) -> Iterator[PanelQuery]:
    for panel in panels(document):
        if panel["datasource"]["uid"] == source:
            for target in panel["targets"]:
                expression = str(target.get("expr", "")).replace("$__rate_interval", RATE_INTERVAL)
                yield PanelQuery(name, panel["title"], source, expression, target.get("legendFormat", ""))
