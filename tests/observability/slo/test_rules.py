"""The rules of objectives: names, labels and queries."""

import json
import subprocess
from pathlib import Path

import promql_parser
import pytest

from constructs_arq.cluster.existing_cluster import ExistingCluster
from constructs_arq.core.slo import DistributionAvailability, HttpAvailability, Slo
from constructs_arq.core.stack import Stack
from constructs_arq.observability.prometheus.rules import AlertRule, RecordingRule
from constructs_arq.observability.slo.prometheus_slos import PrometheusSlos, rule_groups
from constructs_arq.observability.slo.windows import duration
from tests.kubernetes.cluster_stack import synthesize_in_cluster
from tests.observability.slo.promtool import AVAILABILITY, LATENCY, SLOS, write_rules
from tests.support import STACK

ALERTS = [
    rule for slo in SLOS for group in rule_groups(slo) for rule in group.rules if isinstance(rule, AlertRule)
]
RECORDS = [
    rule
    for slo in SLOS
    for group in rule_groups(slo)
    for rule in group.rules
    if isinstance(rule, RecordingRule)
]


def test_promtool_accepts_the_rules(tmp_path: Path) -> None:
    write_rules(tmp_path / "rules.yaml", SLOS)
    result = subprocess.run(
        ["promtool", "check", "rules", "rules.yaml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert f"{len(ALERTS) + len(RECORDS)} rules found" in result.stdout


@pytest.mark.parametrize("expr", sorted({rule.expr for rule in ALERTS} | {rule.expr for rule in RECORDS}))
def test_each_query_is_parsed(expr: str) -> None:
    assert promql_parser.parse(expr)


def test_each_series_that_an_alert_reads_is_recorded() -> None:
    recorded = {(rule.record, rule.labels["slo"]) for rule in RECORDS}
    for alert in ALERTS:
        read = {name for name, _ in recorded if f"{name}{{" in alert.expr}
        assert alert.expr.count('{slo="') == alert.expr.count(f'{{slo="{alert.labels["slo"]}"}}')
        assert alert.expr.count("slo:") == sum(alert.expr.count(f"{name}{{") for name in read)


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: f"{alert.alert}-{alert.severity}")
def test_each_alert_has_its_labels_and_its_runbook(alert: AlertRule) -> None:
    manifest = json.loads(json.dumps(alert.manifest("https://example.com/runbooks")))
    assert set(manifest["labels"]) == {"slo", "service", "severity"}
    assert manifest["labels"]["severity"] in {"critical", "warning"}
    assert manifest["annotations"]["dashboard"] == "slo"
    # The alert's name in kebab case.
    name = "".join(f"-{char.lower()}" if char.isupper() else char for char in alert.alert).strip("-")
    assert manifest["annotations"]["runbook_url"] == f"https://example.com/runbooks/{name}.md"


def test_only_the_windows_of_an_hour_and_less_read_the_counters() -> None:
    """Three days of counters of all pods would be millions of samples."""
    raw = {rule.record.rpartition("rate")[2] for rule in RECORDS if "rate(http_" in rule.expr}
    assert raw == {"5m", "30m", "1h"}


def test_thresholds_are_burn_rates_times_the_budget() -> None:
    page, ticket = (alert.expr for alert in ALERTS if alert.alert == "ApiAvailabilityBurn")
    assert [page.count(f"> {value} ") for value in ("0.0144", "0.006")] == [2, 2]
    assert [ticket.count(f"> {value} ") for value in ("0.003", "0.001")] == [2, 2]


def test_the_bucket_has_the_label_of_prometheus_3() -> None:
    whole = LATENCY.model_copy(
        update={"indicator": LATENCY.indicator.model_copy(update={"threshold_seconds": 1})}
    )
    exprs = [rule.expr for group in rule_groups(whole) for rule in group.rules]
    assert any('le="1.0"' in expr for expr in exprs)


def test_routes_of_probes_do_not_count() -> None:
    indicator = HttpAvailability(namespace="shop", ignored_routes=("/status.json", "/v1/{id}"))
    slo = Slo(service="api", indicator=indicator)
    (expr,) = (
        rule.expr
        for group in rule_groups(slo)
        for rule in group.rules
        if isinstance(rule, RecordingRule) and rule.record == "slo:requests:rate5m"
    )
    assert r"route!~`/status\.json|/v1/\{id\}`" in expr


@pytest.mark.parametrize(("seconds", "text"), [(300, "5m"), (3600, "1h"), (86_400, "1d"), (90, "90s")])
def test_durations_are_written_in_the_largest_unit(seconds: int, text: str) -> None:
    assert duration(seconds) == text


def build(stack: Stack, _: ExistingCluster) -> None:
    PrometheusSlos(
        stack,
        "objectives",
        namespace="monitoring",
        slos=[AVAILABILITY, Slo(service="site", indicator=DistributionAvailability())],
        scrape_seconds=30,
        depends_on=[],
    )


def test_the_construct_makes_a_prometheus_rule() -> None:
    config = STACK.model_copy(update={"runbooks_url": "https://example.com/runbooks"})
    release = synthesize_in_cluster(build, config=config).one("helm_release")
    (rule,) = json.loads(release["values"][0])["objects"]
    assert (rule["apiVersion"], rule["kind"]) == ("monitoring.coreos.com/v1", "PrometheusRule")
    assert rule["metadata"] == {"name": "objectives", "namespace": "monitoring"}
    assert [group["name"] for group in rule["spec"]["groups"]] == [
        "slo-api-availability",
        "slo-api-availability-slow",
    ]
