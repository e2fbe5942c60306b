"""The metrics of a synthesized alarm: its own first, then those of its conditions."""

from typing import Any


def metrics_of(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the metrics, each with the id that the expression uses."""
    if "metric_query" not in alarm:
        return [{"dimensions": {}, **alarm, "id": "m"}]
    return [
        {"dimensions": {}, **query["metric"], "id": query["id"]}
        for query in alarm["metric_query"]
        if "metric" in query
    ]
