"""Evaluates the rules of a cluster over series with promtool, in simulated time."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from constructs_arq.core.slo import HttpAvailability, Slo
from constructs_arq.observability.prometheus.cluster_rules import cluster_rule_groups
from constructs_arq.observability.prometheus.rules import RuleGroup
from constructs_arq.observability.prometheus.target_rules import target_alerts
from constructs_arq.platform.prometheus_config import PrometheusConfig

CONFIG = PrometheusConfig()
STEP_SECONDS = 30


JOBS = ["kube-state-metrics", "receipts"]
SLOS = [Slo(service="api", indicator=HttpAvailability(namespace="shop"))]


def rule_groups() -> list[RuleGroup]:
    """Return the rules of a cluster with services in the namespace shop."""
    return [*cluster_rule_groups(["shop"], CONFIG), target_alerts(jobs=JOBS, slos=SLOS)]


def rules() -> dict[str, Any]:
    """Return the rules as Prometheus reads them."""
    return {"groups": [group.manifest("https://example.com/runbooks") for group in rule_groups()]}


def evaluate(
    folder: Path,
    series: Mapping[str, str],
    expected: Sequence[tuple[int, str, str]],
    *,
    step_seconds: int = STEP_SECONDS,
) -> subprocess.CompletedProcess[str]:
    """Run promtool. `expected` has seconds, an alert, and its firing labels as `service` or another text.

    An empty text expects that the alert does not fire.
    """
    (folder / "rules.json").write_text(json.dumps(rules()))
    queries = [
        {
            "expr": f'count(ALERTS{{alertname="{alert}", alertstate="firing"{more and ", "}{more}}})',
            "eval_time": f"{seconds}s",
            "exp_samples": [{"labels": "{}", "value": 1}] if more else [],
        }
        for seconds, alert, more in expected
    ]
    test = {
        "interval": f"{step_seconds}s",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": queries,
    }
    cases = {"rule_files": ["rules.json"], "evaluation_interval": f"{STEP_SECONDS}s", "tests": [test]}
    (folder / "test.json").write_text(json.dumps(cases))
    return subprocess.run(
        ["promtool", "test", "rules", "test.json"], cwd=folder, capture_output=True, text=True, check=False
    )
