"""Cases of alerts of Prometheus."""

import json

from policies.stack import Json, as_list
from tests.policies.cases.example import Bodies, Example, in_dev
from tests.policies.mutations import Regression

_OWN = "assets/custom-objects-chart/0123"
_BURN = (
    '(slo:sli_error:ratio_rate5m{slo="x"} > 0.0144 and slo:sli_error:ratio_rate1h{slo="x"} > 0.0144)'
    '\nor\n(slo:sli_error:ratio_rate30m{slo="x"} > 0.006 and slo:sli_error:ratio_rate6h{slo="x"} > 0.006)'
)


_SHARE = "slo:errors:rate{0} / slo:requests:rate{0}"
_RECORDS = {
    **{f"slo:sli_error:ratio_rate{each}": _SHARE.format(each) for each in ("5m", "30m", "1h", "6h")},
    **{f"slo:errors:rate{each}": f"rate(e[{each}])" for each in ("5m", "30m", "1h", "6h")},
    **{
        f"slo:requests:rate{each}": f"rate(r[{each}]) + avg_over_time(slo:lost:rate[{each}])"
        for each in ("5m", "30m", "1h", "6h")
    },
    # An outage has these requests at once.
    "slo:lost:rate": (
        'max(kube_deployment_status_replicas_available{deployment="x"} == bool 0)'
        ' * sum(avg_over_time(slo:requests:rate5m{slo="x"}[1h] offset 10m)) or vector(0)'
    ),
    "x:available:max1h": "max by (deployment) (max_over_time(kube_deployment_status_replicas_available[1h]))",
    "x:wanted:min15m": "min by (deployment) (min_over_time(kube_deployment_spec_replicas[15m]))",
    "x:moved:rate1m": "rate(x[1m] offset 1h)",
    "x:itself:rate1m": "x:itself:rate1m",
    "x:day:avg": "avg_over_time(up[1d])",
}


def _stack(
    *,
    expr: str = "up == 0",
    wait: Json = "10s",
    interval: Json = "30s",
    before: Json = None,
    group: Json = None,
    **alert: Json,
) -> Bodies:
    """Return an alert that pages, and the release that evaluates and routes it."""
    records: list[Json] = [{"record": name, "expr": each} for name, each in _RECORDS.items()]
    page: Json = {"alert": "Down", "expr": expr, "labels": {"severity": "critical"}, **alert}
    groups: Json = [
        {"name": "it", "rules": [page], **(group if isinstance(group, dict) else {})},
        {"name": "records", "rules": records},
    ]
    rules = {"kind": "PrometheusRule", "spec": {"groups": groups}}
    routes: Json = [*as_list(before), {"matchers": ['severity="critical"'], "group_wait": wait}]
    chart: Json = {
        "prometheus": {"prometheusSpec": {"scrapeInterval": interval, "evaluationInterval": interval}},
        "alertmanager": {"config": {"route": {"routes": routes}}},
    }
    return {
        "helm_release.it": {"chart": _OWN, "values": [json.dumps({"objects": [rules]})]},
        "helm_release.prometheus": {
            "chart": "kube-prometheus-stack",
            "repository": "oci://ghcr.io/prometheus-community/charts",
            "values": [json.dumps(chart)],
        },
    }


def _with_rules_in_chart() -> Bodies:
    """Return the release with own rules in its values, which the rule evaluates first."""
    late: Json = {"alert": "Late", "expr": "up == 0", "for": "1h", "labels": {"severity": "critical"}}
    values: Json = {"additionalPrometheusRulesMap": {"it": {"groups": [{"name": "it", "rules": [late]}]}}}
    release: dict[str, Json] = {**_stack()["helm_release.prometheus"], "values": [json.dumps(values)]}
    return {"helm_release.prometheus": release}


def _without_prometheus() -> Bodies:
    return {"helm_release.it": _stack()["helm_release.it"]}


_PAGER: dict[str, Json] = {"name": "page", "pagerduty_configs": [{"routing_key_file": "/etc/key"}]}
_US = "https://events.pagerduty.com/v2/enqueue"
_EU = "https://events.eu.pagerduty.com/v2/enqueue"
_TICKET: dict[str, Json] = {"name": "ticket", "sns_configs": [{"topic_arn": "arn:aws:sns:x"}]}
_CRITICAL: dict[str, Json] = {"receiver": "page", "matchers": ['severity="critical"']}


def _to_ticket(*matchers: str, **more: Json) -> dict[str, Json]:
    return {"receiver": "ticket", "matchers": list(matchers), **more}


def _routed(
    *routes: Json, receiver: str = "ticket", pager: Json = _PAGER, **route: Json
) -> dict[str, dict[str, Json]]:
    """Return Alertmanager with these routes and receivers, and a critical alert."""
    config: Json = {
        "route": {"receiver": receiver, "routes": list(routes), **route},
        "receivers": [pager, _TICKET, {"name": "nobody"}],
    }
    return _with_config(config)


def _with_config(config: Json) -> dict[str, dict[str, Json]]:
    release: dict[str, Json] = {
        "chart": "kube-prometheus-stack",
        "repository": "oci://ghcr.io/prometheus-community/charts",
        "values": [json.dumps({"alertmanager": {"config": config}})],
    }
    return {"helm_release.prometheus": release, "helm_release.it": _stack()["helm_release.it"]}


def _silenced(*, source: str, target: str, **more: Json) -> dict[str, dict[str, Json]]:
    """Return Alertmanager that pages, with one inhibition."""
    inhibition: Json = {"source_matchers": [source], "target_matchers": [target], **more}
    config: Json = {
        "route": {"receiver": "ticket", "routes": [_CRITICAL]},
        "receivers": [_PAGER, _TICKET],
        "inhibit_rules": [inhibition],
    }
    return _with_config(config)


def _pager(**settings: Json) -> dict[str, Json]:
    return {"name": "page", "pagerduty_configs": [{"routing_key_file": "/etc/key", **settings}]}


def _with_alertmanager(**settings: Json) -> dict[str, dict[str, Json]]:
    """Return Alertmanager that pages, with other values of its chart."""
    config: Json = {"route": {"receiver": "page"}, "receivers": [_PAGER]}
    values = json.dumps({"alertmanager": {"config": config, **settings}})
    return _changed(_with_config(None), values=[values])


def _changed(bodies: dict[str, dict[str, Json]], **changes: Json) -> dict[str, dict[str, Json]]:
    return {**bodies, "helm_release.prometheus": {**bodies["helm_release.prometheus"], **changes}}


def _in_dev(bodies: Bodies) -> Bodies:
    return {**bodies, "helm_release.prometheus": in_dev(bodies["helm_release.prometheus"])}


_WATCHDOG: dict[str, Json] = {"receiver": "nobody", "matchers": ['alertname="Watchdog"']}
ROUTED = (
    _routed(_CRITICAL),
    _routed(_WATCHDOG, _to_ticket('severity=~"warning|info"'), _CRITICAL, _to_ticket()),
    _routed(_to_ticket('namespace="shop"', 'severity!="critical"'), _CRITICAL),
    _routed(_to_ticket('namespace="shop"', **{"continue": True}), _CRITICAL),
    _routed(receiver="page"),
    _routed(_to_ticket("severity=warning"), receiver="page"),
    _routed({"matchers": ['severity="critical"'], "receiver": "ticket", "routes": [_CRITICAL]}),
    # The receiver of the route above it.
    _routed({"matchers": ['namespace="shop"']}, receiver="page"),
)
"""Configurations that page for each critical alert."""

LOST = (
    _routed(_to_ticket('severity="critical"')),
    _routed(_to_ticket('severity="warning"')),
    # A route before it takes some alerts, or all.
    _routed(_to_ticket('namespace="shop"'), _CRITICAL),
    _routed(_to_ticket('alertname=~"D.*"'), _CRITICAL),
    _routed(_to_ticket(), _CRITICAL),
    _routed({"matchers": ['namespace="shop"'], "receiver": "page", "routes": [_to_ticket()]}, _CRITICAL),
    # It takes a part only.
    _routed({"receiver": "page", "matchers": ['severity="critical"', 'namespace="shop"']}),
    # A matching route without a pager, so that the receiver above it does not count.
    _routed(_to_ticket('namespace="shop"', **{"continue": True}), receiver="page"),
)
"""Configurations that page for some critical alerts only, or for none."""

_UNREADABLE: tuple[Bodies, ...] = (
    _routed({"receiver": "page", "match": {"severity": "critical"}}),
    _routed({"receiver": "page", "matchers": ['{severity="critical"}']}),
    _routed({"receiver": "page", "matchers": ["${var.it}"]}),
    _routed({"receiver": "page", "matchers": ['severity=~"(critical"']}),
    _routed("${var.it}"),
    _with_config("${var.it}"),
    _with_config(None),
    _changed(_routed(_CRITICAL), values=["${var.it}"]),
    _changed(_routed(_CRITICAL), values=["{}", "{}"]),
    _changed(_routed(_CRITICAL), set=[{"name": "alertmanager.config.route.receiver", "value": "x"}]),
    {**_routed(_CRITICAL), "helm_release.it": {"chart": _OWN, "values": ["${var.it}"]}},
)

EXAMPLES = (
    Example(
        "CKV2_ARQ_13",
        passes=(
            *ROUTED,
            _in_dev(_routed(_CRITICAL)),
            *(_routed(_CRITICAL, pager=_pager(severity=each)) for each in ("critical", "error")),
            *(_routed(_CRITICAL, pager=_pager(url=each)) for each in (_US, _EU)),
            _with_alertmanager(enabled=True),
            _silenced(source='alertname="Down"', target='alertname="NameOfAnotherAlert"'),
            _silenced(source='severity="critical"', target='namespace="shop"'),
            _silenced(source='alertname="Watchdog"', target='severity="warning"'),
            _silenced(source='alertname="Watchdog"', target='severity!="critical"'),
        ),
        fails=(
            *LOST,
            *_UNREADABLE,
            _routed(_CRITICAL, pager={"name": "page", "sns_configs": [{}]}),
            _routed(_CRITICAL, pager={"name": "page", "pagerduty_configs": [{"url": "https://x"}]}),
            *(_routed(_CRITICAL, pager=_pager(severity=each)) for each in ("warning", "info", "${var.it}")),
            _routed(_CRITICAL, pager=_pager(url="https://example.com/x")),
            _routed(_CRITICAL, pager={"name": "page", "pagerduty_configs": [{"service_key_file": "/key"}]}),
            _with_alertmanager(enabled=False),
            _with_alertmanager(enabled="${var.it}"),
            _with_alertmanager(stringConfig="route: {}"),
            _silenced(source='alertname="Watchdog"', target='severity="critical"'),
            # It may have this label, or this name.
            _silenced(source='alertname="Watchdog"', target='namespace="shop"'),
            _silenced(source='alertname=~"Down|Watchdog"', target='alertname="Down"'),
            _silenced(source='alertname=~"D.*"', target='severity="critical"'),
            _silenced(source='alertname!="Watchdog"', target='severity="critical"'),
            _silenced(source='severity="warning"', target='severity=~"warning|critical"'),
            _silenced(source='severity="critical"', target='severity="warning"', target_match={"a": "b"}),
            _routed({**_CRITICAL, "mute_time_intervals": ["night"]}),
            _routed({**_CRITICAL, "active_time_intervals": ["day"]}),
            # An environment that pages must page for all.
            _in_dev(_routed(_to_ticket(), _CRITICAL)),
            _in_dev(_with_config("${var.it}")),
        ),
        not_applicable=(
            _in_dev(_routed(_to_ticket(), pager={"name": "page"})),
            {"helm_release.other": {"chart": "keda", "repository": "https://kedacore.github.io/charts"}},
        ),
    ),
    Example(
        "CKV2_ARQ_12",
        passes=(
            # 30 + 30 + 60 + 10 + 60 seconds.
            _stack(**{"for": "1m"}),
            _stack(**{"for": "150s"}),
            _stack(expr="increase(x[2m]) > 1"),
            # Of an outage, 52 seconds are 1.44 % of the long window.
            _stack(expr=_BURN, **{"for": "1m"}),
            _stack(expr=f"{_BURN[:-1]} and slo:errors:rate6h * 21600 >= 10)"),
            _stack(**{"for": "1m30s"}),
            _stack(expr="rate(x[1m30s]) > 1"),
            # The state before the fault.
            _stack(expr="absent(up) and (absent(y) and on () (count(x:available:max1h > 0) or z))"),
            _stack(expr="up == 0 unless on (pod) max(time() - y < 900 unless x:available:max1h > 0)"),
            _stack(expr="up == 0 unless on (pod) (y or x:wanted:min15m == 0)"),
            _stack(before={"matchers": ['alertname="Other"'], "group_wait": "10m"}),
        ),
        fails=(
            _stack(expr="increase(x[1m59m]) > 1"),
            _stack(expr="rate(x[1m]) > 0 and rate(y[1w]) > 0"),
            _stack(expr="rate(x[1m]) > 0 and rate(y[1y]) > 0"),
            _stack(expr='slo:requests:rate1h{slo="x"} > 3'),
            _stack(expr="x:day:avg < 1"),
            # Only few failed requests need no share of the window.
            _stack(expr="slo:errors:rate1h * 3600 >= 1000"),
            _stack(expr="slo:errors:rate1h * 1 >= 10"),
            # The highest value of an hour falls an hour later.
            _stack(expr="up == 0 and x:available:max1h == 0"),
            _stack(expr="up == 0 unless x:available:max1h > 0"),
            _stack(expr="up == 0 and absent(x:available:max1h > 0)"),
            _stack(expr="up == 0 and (count(x:available:max1h > 0) < 1)"),
            _stack(before={"matchers": ['alertname="Down"'], "group_wait": "10m"}),
            _stack(before={"matchers": ['namespace="shop"'], "group_wait": "10m"}),
            _stack(
                before={
                    "matchers": ['severity="critical"'],
                    "group_wait": "10s",
                    "routes": [{"matchers": ['namespace="shop"'], "group_wait": "10m"}],
                }
            ),
            _with_rules_in_chart(),
            # The window counts completely if its limit is no number.
            _stack(expr=_BURN.replace("0.0144", "0.001 * 14.4")),
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
            *(
                _stack(expr=each)
                for each in (
                    "rate(x[1m] offset 1h) > 0",
                    "rate(x[1m] @ 1609746000) > 0",
                    "max_over_time(rate(x[1m])[1m:30s]) > 0",
                    "rate(x[60]) > 0",
                    "other:requests:rate1m > 3",
                    "x:moved:rate1m > 3",
                    "x:itself:rate1m > 3",
                    '{__name__="x:day:avg"} > 3',
                )
            ),
            _stack(group={"query_offset": "1h"}),
            _stack(before="${var.it}"),
            {**_stack(), "helm_release.it": {"chart": _OWN, "values": ["${var.it}"]}},
        ),
        not_applicable=(
            _stack(labels={"severity": "warning"}, **{"for": "1h"}),
            {"helm_release.other": {"chart": "keda", "repository": "https://kedacore.github.io/charts"}},
        ),
    ),
)


REGRESSIONS: tuple[Regression, ...] = ()
