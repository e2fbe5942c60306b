"""The alerts of a cluster over synthetic series, evaluated by promtool."""

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from constructs_arq.core.alarm import Severity
from constructs_arq.observability.prometheus.alertmanager import PAGE_WAIT_SECONDS
from constructs_arq.observability.prometheus.page_time import is_in_time, page_seconds
from constructs_arq.observability.prometheus.rules import AlertRule
from tests.observability.prometheus.rule_files import CONFIG, STEP_SECONDS, evaluate, rule_groups, rules

API = 'namespace="shop", deployment="api"'
WANTED = f"kube_deployment_spec_replicas{{{API}}}"
AVAILABLE = f"kube_deployment_status_replicas_available{{{API}}}"
SERVICE = 'service="api"'


def alerts() -> Sequence[AlertRule]:
    return [rule for group in rule_groups() for rule in group.rules if isinstance(rule, AlertRule)]


def require(folder: Path, series: dict[str, str], *expected: tuple[int, str, str]) -> None:
    result = evaluate(folder, series, expected)
    assert result.returncode == 0, result.stdout + result.stderr


def test_promtool_accepts_the_rules(tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(rules()))
    result = subprocess.run(["promtool", "check", "rules", file], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_names_are_those_of_the_runbooks() -> None:
    for alert in alerts():
        kebab = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", alert.alert).lower()
        assert alert.runbook == kebab


def test_each_page_calls_in_time() -> None:
    pages = [each for each in alerts() if each.severity is Severity.CRITICAL]
    assert len(pages) == 3
    for each in pages:
        # They compare current values only.
        assert "[" not in each.expr
        seconds = page_seconds(
            scrape_seconds=CONFIG.scrape_seconds,
            evaluation_seconds=CONFIG.evaluation_seconds,
            for_seconds=each.for_seconds,
            window_seconds=0,
            group_wait_seconds=PAGE_WAIT_SECONDS,
        )
        assert seconds == 190
        assert is_in_time(seconds)


def test_service_without_available_pod_pages_after_a_minute(tmp_path: Path) -> None:
    require(
        tmp_path,
        {WANTED: "3x40", AVAILABLE: "3x9 0x20 3x10"},
        (330, "ServiceDown", ""),
        (360, "ServiceDown", SERVICE),
        (960, "ServiceDown", ""),
    )


def test_interruption_of_less_than_a_minute_does_not_page(tmp_path: Path) -> None:
    require(tmp_path, {WANTED: "3x40", AVAILABLE: "3x9 0x1 3x28"}, (360, "ServiceDown", ""))


def test_service_with_one_pod_opens_a_ticket_later(tmp_path: Path) -> None:
    require(
        tmp_path,
        {WANTED: "1x80", AVAILABLE: "1x9 0x70"},
        (600, "ServiceDown", ""),
        (600, "DeploymentDown", ""),
        (1260, "DeploymentDown", SERVICE),
    )


def test_service_scaled_to_zero_on_purpose_does_not_alert(tmp_path: Path) -> None:
    require(
        tmp_path,
        {WANTED: "0x80", AVAILABLE: "0x80"},
        (2000, "ServiceDown", ""),
        (2000, "DeploymentDown", ""),
    )


def test_pods_that_run_without_an_answer_page(tmp_path: Path) -> None:
    targets = {f'up{{namespace="shop", service="api", pod="{pod}"}}': "1x9 0x20" for pod in "ab"}
    one_answers = {**targets, 'up{namespace="shop", service="api", pod="c"}': "1x29"}
    require(tmp_path, targets, (330, "ServiceNotAnswering", ""), (390, "ServiceNotAnswering", SERVICE))
    require(tmp_path, one_answers, (600, "ServiceNotAnswering", ""))


def test_first_start_pages_only_after_15_minutes(tmp_path: Path) -> None:
    created = f"kube_deployment_created{{{API}}}"
    targets = {f'up{{namespace="shop", service="api", pod="{pod}"}}': "0x80" for pod in "ab"}
    require(
        tmp_path,
        {created: "600x80", WANTED: "3x80", AVAILABLE: "0x80", **targets},
        (1530, "ServiceDown", ""),
        (1560, "ServiceDown", SERVICE),
        (1530, "ServiceNotAnswering", ""),
        (1560, "ServiceNotAnswering", SERVICE),
    )


def test_replaced_deployment_is_no_first_start(tmp_path: Path) -> None:
    """Helm deletes a deployment and creates it again: the pods of the new one crash."""
    targets = {f'up{{namespace="shop", service="api", pod="{pod}"}}': "1x19 0x60" for pod in "ab"}
    require(
        tmp_path,
        {
            f"kube_deployment_created{{{API}}}": "0x19 600x60",
            WANTED: "3x80",
            AVAILABLE: "3x19 0x60",
            **targets,
        },
        (630, "ServiceDown", ""),
        (660, "ServiceDown", SERVICE),
        (1200, "ServiceDown", SERVICE),
        (660, "ServiceNotAnswering", SERVICE),
    )


def test_worker_that_scales_from_zero_pages_only_if_it_does_not_start(tmp_path: Path) -> None:
    """It had pods half an hour ago, so it is no first start."""
    targets = {f'up{{namespace="shop", service="api", pod="{pod}"}}': "1x9 _x50 0x59" for pod in "ab"}
    require(
        tmp_path,
        {WANTED: "4x9 0x49 4x60", AVAILABLE: "4x9 0x109", **targets},
        *((at, alert, "") for at in (1890, 2400, 2730) for alert in ("ServiceDown", "ServiceNotAnswering")),
        (2790, "ServiceDown", SERVICE),
        (2790, "ServiceNotAnswering", SERVICE),
    )


def test_deleted_deployment_pages_until_a_pod_answers(tmp_path: Path) -> None:
    """Only the service is gone: kube-state-metrics shows other deployments."""
    others = {AVAILABLE.replace("api", "receipts"): "1x300", 'up{job="kube-state-metrics"}': "1x300"}
    pod = 'up{namespace="shop", service="api", pod="a"}'
    require(
        tmp_path,
        {**others, WANTED: "3x9 stale", AVAILABLE: "3x9 stale", pod: "1x9 stale _x240 1x40"},
        (330, "ServiceUnobserved", ""),
        (360, "ServiceUnobserved", SERVICE),
        (7200, "ServiceUnobserved", SERVICE),
        (7560, "ServiceUnobserved", ""),
        (360, "ServiceDown", ""),
    )
    # Before the installation, nothing is missing.
    require(tmp_path, others, *((at, "ServiceUnobserved", "") for at in (360, 3600)))


def test_service_without_a_target_pages_if_kube_state_metrics_is_lost(tmp_path: Path) -> None:
    """The pods and the node of kube-state-metrics go together: `ServiceDown` has no series to compare."""
    pods = {f'up{{namespace="shop", service="api", pod="{pod}"}}': "1x9 _x30" for pod in "ab"}
    states = {WANTED: "3x9 _x30", AVAILABLE: "3x9 _x30", 'up{job="kube-state-metrics"}': "1x9 _x30"}
    lost = {**pods, **states}
    require(
        tmp_path,
        lost,
        (600, "ServiceDown", ""),
        (600, "ServiceNotAnswering", ""),
        (570, "ServiceUnobserved", ""),
        # Prometheus shows a series for five minutes if its target does not disappear.
        (690, "ServiceUnobserved", SERVICE),
    )
    # Either of them is enough to know better.
    one_pod = {**lost, 'up{namespace="shop", service="api", pod="c"}': "1x40"}
    require(tmp_path, one_pod, (900, "ServiceUnobserved", ""))
    require(tmp_path, {**lost, AVAILABLE: "3x40"}, (900, "ServiceUnobserved", ""))


def test_job_without_targets_opens_a_ticket_unless_it_has_no_work(tmp_path: Path) -> None:
    replicas = 'kube_deployment_spec_replicas{namespace="shop", deployment="receipts"}'
    missing = 'job="receipts"'
    require(
        tmp_path,
        {'up{job="kube-state-metrics"}': "1x80", replicas: "1x80"},
        (870, "TargetsMissing", ""),
        (930, "TargetsMissing", missing),
    )
    require(
        tmp_path, {'up{job="kube-state-metrics"}': "1x80", replicas: "0x80"}, (2000, "TargetsMissing", "")
    )
    require(tmp_path, {'up{job="receipts"}': "1x80"}, (930, "TargetsMissing", 'job="kube-state-metrics"'))


def test_crash_loop_has_the_node_of_its_pod(tmp_path: Path) -> None:
    pod = 'namespace="shop", pod="api-1"'
    waiting = f'kube_pod_container_status_waiting_reason{{{pod}, container="api", reason="CrashLoopBackOff"}}'
    # Between two crashes the container runs for a short time.
    require(
        tmp_path,
        {waiting: "1x4 0x2 1x40", f'kube_pod_info{{{pod}, node="a"}}': "1x50"},
        (600, "PodCrashLooping", ""),
        (1200, "PodCrashLooping", 'node="a"'),
    )


def test_volume_alerts_before_it_is_full_and_not_while_it_is_stable(tmp_path: Path) -> None:
    claim = 'namespace="monitoring", persistentvolumeclaim="prometheus"'
    capacity = {f"kubelet_volume_stats_capacity_bytes{{{claim}}}": "100x900"}
    free = f"kubelet_volume_stats_available_bytes{{{claim}}}"
    require(tmp_path, {**capacity, free: "12x900"}, (20_000, "VolumeFillingUp", ""))
    require(
        tmp_path,
        {**capacity, free: "14-0.01x900"},
        (20_000, "VolumeFillingUp", 'persistentvolumeclaim="prometheus"'),
    )
    require(tmp_path, {**capacity, free: "4x900"}, (3000, "VolumeFillingUp", 'namespace="monitoring"'))


# Alerts, each with a series and the values that make it fire.
PROBLEMS = [
    (
        "RolloutStuck",
        f'kube_deployment_status_condition{{{API}, condition="Progressing", status="false"}}',
        "1",
    ),
    ("JobFailed", 'kube_job_failed{namespace="shop", job_name="x", condition="true"}', "1"),
    ("NodeNotReady", 'kube_node_status_condition{node="a", condition="Ready", status="true"}', "0"),
    (
        "NodeUnderPressure",
        'kube_node_status_condition{node="a", condition="DiskPressure", status="true"}',
        "1",
    ),
    (
        "ClusterCertificateNotRenewed",
        'certmanager_certificate_ready_status{namespace="gateway", name="x", condition="False"}',
        "1",
    ),
    (
        "ExternalSecretNotSynced",
        'externalsecret_status_condition{namespace="shop", name="x", condition="Ready", status="False"}',
        "1",
    ),
    ("ScalerFailing", 'keda_scaled_object_errors_total{namespace="shop", scaledObject="x"}', "0+1"),
    ("GatewayNotProgrammed", 'gateway_status_condition{gateway="x", condition="Programmed"}', "0"),
    (
        "NodeLaunchFailing",
        'karpenter_cloudprovider_errors_total{method="Create", error="Unauthorized"}',
        "0+1",
    ),
    ("DatabasePoolExhausted", 'database_pool_waiting_requests{namespace="shop", service="api"}', "3"),
    ("OutboxGrowing", 'receipt_requests_waiting{namespace="shop", service="api"}', "200+10"),
    (
        "MessagesFailing",
        'message_duration_seconds_count{namespace="shop", service="receipts", result="failed"}',
        "0+1",
    ),
    ("DependencyFailing", 'dependency_failures_total{namespace="shop", service="receipts"}', "0+2"),
    ("LogsNotSent", 'loki_write_batch_retries_total{pod="alloy-x", tenant="t"}', "0+1"),
    ("LogLinesLost", 'loki_write_dropped_entries_total{pod="p", reason="ingester_error"}', "0+1"),
    (
        "AppLogsLimited",
        'loki_process_dropped_lines_by_label_total{label_name="app", label_value="api"}',
        "0+1",
    ),
    ("LogLinesRefused", 'loki_discarded_samples_total{tenant="t", reason="stream_limit"}', "0+1"),
    (
        "LogWritesFailing",
        'loki_request_duration_seconds_count{route="loki_api_v1_push", status_code="500"}',
        "0+1",
    ),
    ("LogStoreFailing", 'loki_ingester_chunks_flush_failures_total{pod="loki-0"}', "0+1"),
    ("TargetsDown", 'up{namespace="x", job="y"}', "0"),
    ("TooManySeries", "prometheus_tsdb_head_series", "250001"),
    ("RulesFailing", 'prometheus_rule_evaluation_failures_total{pod="p", rule_group="g"}', "0+1"),
    ("PrometheusStorageFailing", 'prometheus_tsdb_compactions_failed_total{pod="p"}', "0+1"),
    ("MonitoringConfigurationRefused", 'alertmanager_config_last_reload_successful{pod="p"}', "0"),
    ("AlertsNotDelivered", 'prometheus_notifications_dropped_total{pod="p", alertmanager="a"}', "0+1"),
    ("AlertmanagersDisconnected", "alertmanager_cluster_members", "2"),
]


def test_problems_that_last_an_hour_open_tickets(tmp_path: Path) -> None:
    """All in one evaluation, because each evaluates all rules."""
    series = {name: f"{values}x120" for _, name, values in PROBLEMS}
    require(tmp_path, series, *((3600, alert, 'severity="warning"') for alert, _, _ in PROBLEMS))


def test_failures_of_each_try_open_tickets_that_stay(tmp_path: Path) -> None:
    """Ranges of Debian's promtool 2.42 contain their left end, and those of Prometheus 3 don't.

    So an increment each 11 steps, and not each 10, shows what a window of five minutes misses.
    https://prometheus.io/docs/prometheus/latest/migration/#range-selectors-and-lookback-exclude-samples-coinciding-with-the-left-boundary
    """
    tries = {
        # Alertmanager tries again at the next group_interval, which is five minutes.
        "NotificationsFailing": 'alertmanager_notifications_failed_total{integration="sns"}',
        # Alloy waits up to five minutes between two tries.
        # https://grafana.com/docs/alloy/latest/reference/components/loki/loki.write/
        "LogsNotSent": 'loki_write_batch_retries_total{pod="alloy-x"}',
    }
    values = " ".join(f"{count}x10" for count in range(12))
    # All steps of an interval between two tries.
    moments = range(2700, 2700 + 12 * STEP_SECONDS, STEP_SECONDS)
    require(
        tmp_path,
        dict.fromkeys(tries.values(), values),
        *((at, alert, 'severity="warning"') for at in moments for alert in tries),
    )


# The alert, and series like those of a problem that are none. No two use a series differently.
QUIET: list[tuple[str, dict[str, str]]] = [
    (
        "RolloutStuck",
        {f'kube_deployment_status_condition{{{API}, condition="Available", status="false"}}': "1x120"},
    ),
    ("JobFailed", {'kube_job_failed{namespace="shop", job_name="x", condition="false"}': "1x120"}),
    (
        "NodeNotReady",
        {'kube_node_status_condition{node="a", condition="Ready", status="true"}': "1x9 0x15 1x96"},
    ),
    (
        "NodeUnderPressure",
        {'kube_node_status_condition{node="a", condition="Ready", status="true"}': "1x120"},
    ),
    (
        "ClusterCertificateNotRenewed",
        {
            'certmanager_certificate_ready_status{name="x", condition="True"}': "1x120",
            # It could be renewed an hour ago.
            'certmanager_certificate_renewal_timestamp_seconds{name="x"}': "1x120",
        },
    ),
    (
        "ExternalSecretNotSynced",
        {'externalsecret_status_condition{name="x", condition="Ready", status="True"}': "1x120"},
    ),
    # Three errors in ten minutes: KEDA asks each 30 seconds.
    ("ScalerFailing", {'keda_scaled_object_errors_total{scaledObject="x"}': "0x9 1x5 2x5 3x100"}),
    (
        "GatewayNotProgrammed",
        {'gateway_status_condition{gateway="x", condition="Programmed"}': "1x9 0x7 1x104"},
    ),
    (
        "NodeLaunchFailing",
        {
            f'karpenter_cloudprovider_errors_total{{method="Create", error="{error}"}}': "0+1x120"
            for error in ("InsufficientCapacityError", "NodeClaimNotFoundError")
        },
    ),
    ("DatabasePoolExhausted", {'database_pool_waiting_requests{service="api"}': "3 3 3 0 " * 30}),
    ("OutboxGrowing", {'receipt_requests_waiting{service="api"}': "2000-10x120"}),
    (
        "MessagesFailing",
        # Two of four messages.
        {
            'message_duration_seconds_count{service="receipts", result="failed"}': "0x19 1x1 2x100",
            'message_duration_seconds_count{service="receipts", result="done"}': "0x19 1x1 2x100",
        },
    ),
    # A failover of the database.
    ("DependencyFailing", {'dependency_failures_total{service="receipts"}': "0x9 0+5x4 20x110"}),
    ("LogLinesLost", {'loki_write_dropped_entries_total{pod="p", reason="ingester_error"}': "0x120"}),
    ("AppLogsLimited", {'loki_process_dropped_lines_by_label_total{label_value="api"}': "0x9 0+9x40 360x70"}),
    ("LogStoreFailing", {'loki_ingester_chunks_flush_failures_total{pod="loki-0"}': "0x9 1x111"}),
    # A pod of four.
    (
        "TargetsDown",
        {f'up{{namespace="x", job="y", pod="{pod}"}}': f"{int(pod != 'a')}x120" for pod in "abcd"},
    ),
    ("TooManySeries", {"prometheus_tsdb_head_series": "249999x120"}),
    ("RulesFailing", {'prometheus_rule_evaluation_failures_total{pod="p", rule_group="g"}': "0x9 1x111"}),
    ("PrometheusStorageFailing", {'prometheus_tsdb_compactions_failed_total{pod="p"}': "1x120"}),
    (
        "MonitoringConfigurationRefused",
        {'alertmanager_config_last_reload_successful{pod="p"}': "1x9 0x9 1x102"},
    ),
    (
        "AlertsNotDelivered",
        # One of two Alertmanagers is lost.
        {
            'prometheus_notifications_dropped_total{pod="p", alertmanager="a"}': "0+1x120",
            'prometheus_notifications_dropped_total{pod="p", alertmanager="b"}': "0x120",
            'prometheus_notifications_alertmanagers_discovered{pod="p"}': "2x120",
        },
    ),
    # Once, before the first of the moments.
    ("NotificationsFailing", {'alertmanager_notifications_failed_total{integration="sns"}': "0x2 1x118"}),
    ("AlertmanagersDisconnected", {"alertmanager_cluster_members": "3x9 2x20 3x91"}),
]


def test_healthy_series_open_no_ticket(tmp_path: Path) -> None:
    together = {name: values for _, series in QUIET for name, values in series.items()}
    require(tmp_path, together, *((at, alert, "") for alert, _ in QUIET for at in range(1050, 3601, 150)))


def test_logs_that_arrive_open_no_ticket(tmp_path: Path) -> None:
    """Some requests are repeated, and Loki refuses lines above its rate for some minutes."""
    pushes = 'loki_request_duration_seconds_count{route="loki_api_v1_push", status_code='
    require(
        tmp_path,
        {
            'loki_write_batch_retries_total{pod="alloy-x"}': "0+1x120",
            'loki_write_sent_entries_total{pod="alloy-x"}': "0+1000x120",
            f'{pushes}"204"}}': "0+100x120",
            f'{pushes}"500"}}': "0+1x120",
            'loki_discarded_samples_total{reason="rate_limited"}': "0x10 0+9x20 180x90",
        },
        *((seconds, alert, "") for seconds in (1500, 3600) for alert in ("LogsNotSent", "LogWritesFailing")),
        *((seconds, "LogLinesRefused", "") for seconds in (900, 1500, 3600)),
    )


def test_lines_lost_before_an_outage_of_prometheus_fire_once(tmp_path: Path) -> None:
    """The series is back after it: Alloy has dropped no more lines."""
    require(
        tmp_path,
        {'loki_write_dropped_entries_total{pod="a", reason="ingester_error"}': "0x9 7x10 _x40 7x120"},
        (720, "LogLinesLost", 'reason="ingester_error"'),
        *((seconds, "LogLinesLost", "") for seconds in range(2400, 5100, 300)),
    )


def test_autoscaler_at_its_maximum_and_late_cron_job_open_a_ticket(tmp_path: Path) -> None:
    scaler, job = 'namespace="shop", horizontalpodautoscaler="api"', 'namespace="shop", cronjob="settlement"'
    require(
        tmp_path,
        {
            f"kube_horizontalpodautoscaler_status_desired_replicas{{{scaler}}}": "20x300",
            f"kube_horizontalpodautoscaler_spec_max_replicas{{{scaler}}}": "20x300",
            f"kube_horizontalpodautoscaler_spec_min_replicas{{{scaler}}}": "3x300",
            f"kube_cronjob_next_schedule_time{{{job}}}": "600x300",
            f"kube_cronjob_spec_suspend{{{job}}}": "0x300",
            'kube_statefulset_replicas{namespace="shop", statefulset="x"}': "2x300",
            'kube_statefulset_status_replicas_ready{namespace="shop", statefulset="x"}': "1x300",
        },
        (6000, "AutoscalerAtMaximum", 'severity="warning"'),
        (3600, "CronJobLate", ""),
        (6000, "CronJobLate", 'cronjob="settlement"'),
        (3600, "StatefulSetNotReady", 'severity="warning"'),
    )


def test_prometheus_without_an_alertmanager_opens_a_ticket(tmp_path: Path) -> None:
    found = 'prometheus_notifications_alertmanagers_discovered{pod="p"}'
    require(
        tmp_path, {found: "3x9 0x30"}, (570, "AlertsNotDelivered", ""), (600, "AlertsNotDelivered", 'pod="p"')
    )


def test_watchdog_always_fires(tmp_path: Path) -> None:
    require(tmp_path, {"other": "1x10"}, (30, "Watchdog", 'severity="info"'))


def test_each_alert_of_a_cluster_is_tested() -> None:
    """An alert that no test makes fire may have a wrong name of a metric or label."""
    source = Path(__file__).read_text()
    assert [each.alert for each in alerts() if f'"{each.alert}"' not in source] == []
