"""Alerts about Prometheus and Alertmanager themselves.

https://github.com/prometheus/prometheus/blob/v3.14.0/rules/group.go
https://github.com/prometheus/prometheus/blob/v3.14.0/notifier/metric.go
https://github.com/prometheus/prometheus/blob/v3.14.0/notifier/sendloop.go
https://github.com/prometheus/prometheus/blob/v3.14.0/tsdb/head.go
https://github.com/prometheus/alertmanager/blob/v0.34.0/notify/metrics.go
"""

from typing import Final

from constructs_arq.core.alarm import Severity
from constructs_arq.observability.prometheus.rules import AlertRule, RuleGroup

WATCHDOG: Final = "Watchdog"
"""The alert that always fires. Its end means that no alert can reach anybody."""

NOTIFICATIONS_FAILING: Final = "NotificationsFailing"
"""The alert about a receiver that Alertmanager can't reach: the label `integration` names it."""

_MINUTE: Final = 60
_MISSING_PERCENT: Final = 25


def monitoring_alerts(*, series: int, alertmanagers: int) -> RuleGroup:
    """Return the alerts about servers for at most `series` each, and about a cluster of Alertmanagers."""
    return RuleGroup(
        name="monitoring",
        rules=[
            AlertRule(
                alert=WATCHDOG,
                expr="vector(1)",
                severity=Severity.INFO,
                summary="Always fires: outside monitoring reports its end",
                runbook="watchdog",
            ),
            *_target_alerts(series),
            *_server_alerts(),
            *_alertmanager_alerts(alertmanagers),
        ],
    )


def _target_alerts(series: int) -> list[AlertRule]:
    return [
        AlertRule(
            alert="TargetsDown",
            expr=f"100 * avg by (namespace, job) (1 - up) > {_MISSING_PERCENT}",
            for_seconds=15 * _MINUTE,
            severity=Severity.WARNING,
            summary="{{ $value | humanize }} % of {{ $labels.namespace }}/{{ $labels.job }} have no metrics",
            runbook="targets-down",
        ),
        AlertRule(
            alert="TooManySeries",
            expr=f"max(prometheus_tsdb_head_series) > {series}",
            for_seconds=30 * _MINUTE,
            severity=Severity.WARNING,
            summary="Prometheus has {{ $value }} series, more than its memory and volume are for",
            runbook="too-many-series",
        ),
    ]


def _server_alerts() -> list[AlertRule]:
    storage = " or ".join(
        f"sum by (pod) (increase({metric}[3h])) > 0"
        for metric in ("prometheus_tsdb_compactions_failed_total", "prometheus_tsdb_reloads_failures_total")
    )
    return [
        AlertRule(
            alert="RulesFailing",
            expr="sum by (pod, rule_group) (increase(prometheus_rule_evaluation_failures_total[5m])) > 0",
            for_seconds=10 * _MINUTE,
            severity=Severity.WARNING,
            summary="Prometheus can't evaluate {{ $labels.rule_group }}: its alerts may not fire",
            runbook="rules-failing",
        ),
        AlertRule(
            alert="PrometheusStorageFailing",
            expr=storage,
            for_seconds=10 * _MINUTE,
            severity=Severity.WARNING,
            summary="{{ $labels.pod }} can't write its data",
            runbook="prometheus-storage-failing",
        ),
        AlertRule(
            alert="MonitoringConfigurationRefused",
            expr=(
                "min by (pod) (prometheus_config_last_reload_successful) == 0"
                " or min by (pod) (alertmanager_config_last_reload_successful) == 0"
            ),
            for_seconds=10 * _MINUTE,
            severity=Severity.WARNING,
            summary="{{ $labels.pod }} refuses its new configuration and uses the old one",
            runbook="monitoring-configuration-refused",
        ),
        AlertRule(
            alert="AlertsNotDelivered",
            # Prometheus has a queue for each Alertmanager. If only some are lost, TargetsDown reports them.
            expr=(
                "min by (pod) (increase(prometheus_notifications_dropped_total[5m])) > 0"
                " or max by (pod) (prometheus_notifications_alertmanagers_discovered) == 0"
            ),
            for_seconds=5 * _MINUTE,
            severity=Severity.WARNING,
            summary="{{ $labels.pod }} can't send alerts to any Alertmanager",
            runbook="alerts-not-delivered",
        ),
    ]


def _alertmanager_alerts(replicas: int) -> list[AlertRule]:
    failing = AlertRule(
        alert=NOTIFICATIONS_FAILING,
        # Alertmanager tries again at the next group_interval, which is five minutes for tickets. A window of
        # five minutes would miss some increments: it does not contain its left end.
        expr="sum by (integration) (increase(alertmanager_notifications_failed_total[15m])) > 0",
        for_seconds=5 * _MINUTE,
        severity=Severity.WARNING,
        summary="Alertmanager can't notify by {{ $labels.integration }}",
        runbook="notifications-failing",
    )
    if replicas == 1:
        return [failing]
    return [
        failing,
        AlertRule(
            alert="AlertmanagersDisconnected",
            expr=f"min(alertmanager_cluster_members) < {replicas}",
            for_seconds=15 * _MINUTE,
            severity=Severity.WARNING,
            summary="Alertmanagers don't see each other: people get messages twice",
            runbook="alertmanagers-disconnected",
        ),
    ]
