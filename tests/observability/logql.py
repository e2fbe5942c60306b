"""Parses LogQL with Grafana's own grammar."""

import json
from collections.abc import Sequence

from tests.edge.vite_site import run_node


def errors_of(queries: Sequence[str]) -> list[list[str]]:
    """Return the errors of each query: the text before the place that the grammar does not know."""
    found: list[list[str]] = json.loads(run_node("logql.mjs", timeout=30, input=json.dumps(list(queries))))
    return found
