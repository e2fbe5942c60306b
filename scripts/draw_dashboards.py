"""Draw the dashboards for the documentation, from the answers of a real Prometheus with example data.

    python scripts/draw_dashboards.py docs/images/dashboards

Grafana itself is in no package registry. So this draws the panels as it would place them: graphs and numbers
from the answers of Prometheus. CloudWatch can't run here, so its graphs are waves with the label "example".
Logs have no example data: it draws their queries.
"""

import math
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tests.observability.grafana.dashboards import DASHBOARDS, RATE_INTERVAL
from tests.observability.grafana.example_series import example_series
from tests.observability.prometheus_server import PrometheusServer, run_prometheus

_STEP = 30
_HOURS = 2
_COLUMNS = 24
_UNIT_INCHES = (0.5, 0.32)
_DPI = 70
_GREY = "#8a8f98"
# Values of CloudWatch metrics without a limit, by their unit.
_EXAMPLES = {
    "bytes": 8e9,
    "currencyUSD": 420.0,
    "ms": 120.0,
    "percent": 35.0,
    "s": 0.004,
    "short": 24.0,
    "µs": 300.0,
}


def main(folder: Path) -> None:
    """Write NAME.png for each dashboard."""
    mpl.use("Agg")
    folder.mkdir(parents=True, exist_ok=True)
    end = int(time.time()) // 60 * 60
    with tempfile.TemporaryDirectory() as data:
        samples = example_series(_HOURS * 3600 // _STEP)
        with run_prometheus(Path(data), samples, end=end, step=_STEP) as server:
            for name, document in DASHBOARDS.items():
                figure = _draw(document, server, end)
                figure.savefig(folder / f"{name}.png", dpi=_DPI, metadata={"Software": None})
                plt.close(figure)
                sys.stdout.write(f"{folder / name}.png\n")


def _draw(document: dict[str, Any], server: PrometheusServer, end: int) -> Figure:
    rows = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in document["panels"]) + 2
    size = (_COLUMNS * _UNIT_INCHES[0], rows * _UNIT_INCHES[1])
    figure = plt.figure(figsize=size, facecolor="white")
    title = f"{document['title']}   (example data)"
    figure.text(0.01, 1 - 0.9 / rows, title, fontsize=14, weight="bold", va="center")
    for panel in document["panels"]:
        position = panel["gridPos"]
        top = position["y"] + 2
        left, bottom = position["x"] / _COLUMNS, 1 - (top + position["h"]) / rows
        if panel["type"] == "row":
            figure.text(0.01, bottom + 0.5 / rows, panel["title"], fontsize=11, weight="bold", va="center")
            continue
        width, height = position["w"] / _COLUMNS, position["h"] / rows
        box = (left + 0.035, bottom + 1.2 / rows, width - 0.05, height - 2.4 / rows)
        axes = figure.add_axes(box)
        axes.set_title(panel["title"], fontsize=9, loc="left")
        _draw_panel(axes, panel, server, end)
    return figure


def _draw_panel(axes: Axes, panel: dict[str, Any], server: PrometheusServer, end: int) -> None:
    if panel["datasource"]["uid"] == "cloudwatch":
        _draw_example(axes, panel)
    elif panel["datasource"]["uid"] != "prometheus":
        _draw_names(axes, panel)
    elif panel["type"] == "stat":
        _draw_number(axes, panel, server, end)
    else:
        _draw_graph(axes, panel, server, end)


def _draw_names(axes: Axes, panel: dict[str, Any]) -> None:
    names = [target["expr"] for target in panel["targets"]]
    source = panel["datasource"]["uid"]
    axes.set(xticks=[], yticks=[], facecolor="#f4f5f7")
    text = f"{source}: {', '.join(names)}"
    axes.text(0.5, 0.5, text, ha="center", va="center", fontsize=8, color=_GREY, transform=axes.transAxes)


def _draw_example(axes: Axes, panel: dict[str, Any]) -> None:
    defaults = panel["fieldConfig"]["defaults"]
    steps = defaults.get("thresholds", {}).get("steps", [])
    scale = 0.4 * steps[-1]["value"] if len(steps) > 1 else _EXAMPLES[defaults["unit"]]
    minutes = range(10 - _HOURS * 60, 1)
    for index, target in enumerate(panel["targets"]):
        values = [scale * _example(defaults["unit"], minute, index) for minute in minutes]
        axes.plot(minutes, values, linewidth=1, label=f"example of {target['metricName']}")
    _finish_graph(axes, steps)


def _example(unit: str, minute: int, index: int) -> float:
    """Return a value about 1. Charges of a month only rise."""
    return 1 + minute / 600 if unit == "currencyUSD" else 1 + 0.2 * math.sin(minute / 15 + index)


def _draw_number(axes: Axes, panel: dict[str, Any], server: PrometheusServer, end: int) -> None:
    [target] = panel["targets"]
    [series] = server.query(_expression(target), at=end)
    value = float(series["value"][1])
    axes.set_axis_off()
    color = _color(value, panel["fieldConfig"]["defaults"].get("thresholds", {}).get("steps", []))
    text = _format(value, panel["fieldConfig"]["defaults"]["unit"])
    axes.text(0.5, 0.4, text, ha="center", va="center", fontsize=17, color=color, transform=axes.transAxes)


def _draw_graph(axes: Axes, panel: dict[str, Any], server: PrometheusServer, end: int) -> None:
    start = end - _HOURS * 3600 + 600
    for target in panel["targets"]:
        for series in server.query_range(_expression(target), start=start, end=end, step=60):
            points = [(float(moment) - end, float(value)) for moment, value in series["values"]]
            minutes = [moment / 60 for moment, _ in points]
            axes.plot(minutes, [value for _, value in points], linewidth=1, label=_legend(target, series))
    _finish_graph(axes, panel["fieldConfig"]["defaults"].get("thresholds", {}).get("steps", []))


def _finish_graph(axes: Axes, steps: list[dict[str, Any]]) -> None:
    for step in steps[1:]:
        axes.axhline(step["value"], color=step["color"], linewidth=0.8, linestyle="--")
    axes.set_ylim(bottom=0)
    axes.tick_params(labelsize=7)
    axes.legend(fontsize=6, loc="upper left", frameon=False, ncols=2)
    axes.spines[["top", "right"]].set_visible(False)


def _expression(target: dict[str, Any]) -> str:
    return str(target["expr"]).replace("$__rate_interval", RATE_INTERVAL)


def _legend(target: dict[str, Any], series: dict[str, Any]) -> str:
    legend: str = target["legendFormat"]
    for name, value in series["metric"].items():
        legend = legend.replace(f"{{{{{name}}}}}", value)
    return legend


def _color(value: float, steps: list[dict[str, Any]]) -> str:
    reached = [step["color"] for step in steps if step["value"] is None or value >= step["value"]]
    return reached[-1] if reached else "#1f5fbf"


def _format(value: float, unit: str) -> str:
    if unit == "percentunit":
        return f"{value * 100:.2f} %"
    return f"{value * 1000:.0f} ms" if unit == "s" else f"{value:.3g}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
