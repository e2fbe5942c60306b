"""Cases of alerts of Prometheus."""

import json

from policies.stack import Json
from tests.policies.cases.example import Bodies, Example
from tests.policies.mutations import Regression

_OWN = "assets/custom-objects-chart/0123"
_BURN = (
    '(slo:sli_error:ratio_rate5m{slo="x"} > 0.0144 and slo:sli_error:ratio_rate1h{slo="x"} > 0.0144)'
    '\nor\n(slo:sli_error:ratio_rate30m{slo="x"} > 0.006 and slo:sli_error:ratio_rate6h{slo="x"} > 0.006)'
)


def _stack(*, expr: str = "up == 0", wait: Json = "10s", interval: Json = "30s", **alert: Json) -> Bodies:
    """Return an alert that pages, and the release that evaluates and routes it."""
    page = {"alert": "Down", "expr": expr, "labels": {"severity": "critical"}, **alert}
    rules = {"kind": "PrometheusRule", "spec": {"groups": [{"name": "it", "rules": [page]}]}}
    route = {"matchers": ['severity="critical"'], "group_wait": wait}
    chart = {
        "prometheus": {"prometheusSpec": {"scrapeInterval": interval, "evaluationInterval": interval}},
        "alertmanager": {"config": {"route": {"routes": [route]}}},
    }
    return {
        "helm_release.it": {"chart": _OWN, "values": [json.dumps({"objects": [rules]})]},
        "helm_release.prometheus": {
            "chart": "kube-prometheus-stack",
            "repository": "oci://ghcr.io/prometheus-community/charts",
            "values": [json.dumps(chart)],
        },
    }


def _without_prometheus() -> Bodies:
    return {"helm_release.it": _stack()["helm_release.it"]}


EXAMPLES = (
    Example(
        "CKV2_ARQ_12",
        passes=(
            # 30 + 30 + 60 + 10 + 60 seconds.
            _stack(**{"for": "1m"}),
            _stack(**{"for": "150s"}),
            _stack(expr="increase(x[2m]) > 1"),
            # Of an outage, 52 seconds are 1.44 % of the long window.
            _stack(expr=_BURN, **{"for": "1m"}),
        ),
        fails=(
            _stack(**{"for": "181s"}),
            _stack(wait="4m"),
            _stack(interval="2m"),
            _stack(expr="increase(x[5m]) > 1"),
            _stack(expr=_BURN, **{"for": "2m"}),
        ),
        unknown=(
            _without_prometheus(),
            _stack(wait=None),
            _stack(interval="${var.it}"),
            _stack(expr="increase(x[${var.it}]) > 1"),
            _stack(expr=_BURN.replace("0.0144", "0.001 * 14.4")),
            _stack(**{"for": "1m30s"}),
            {**_stack(), "helm_release.it": {"chart": _OWN, "values": ["${var.it}"]}},
        ),
        not_applicable=(
            _stack(labels={"severity": "warning"}, **{"for": "1h"}),
            {"helm_release.other": {"chart": "keda", "repository": "https://kedacore.github.io/charts"}},
        ),
    ),
)


REGRESSIONS: tuple[Regression, ...] = ()
