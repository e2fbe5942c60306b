"""Alerts about logs that are lost, refused or late. Each metric is in the source of Loki and Alloy.

https://github.com/grafana/loki/blob/v3.7.6/pkg/validation/validate.go
https://github.com/grafana/loki/blob/v3.7.6/pkg/ingester/metrics.go
https://github.com/grafana/alloy/blob/v1.18.1/internal/component/common/loki/client/metrics.go
https://github.com/grafana/alloy/blob/v1.18.1/internal/component/common/loki/client/shards.go
https://github.com/grafana/alloy/blob/v1.18.1/internal/component/loki/process/stages/limit.go
"""

from typing import Final

from constructs_arq.core.alarm import Severity
from constructs_arq.observability.prometheus.rules import AlertRule, RuleGroup

_MINUTE: Final = 60
_PUSHES: Final = 'loki_request_duration_seconds_count{route="loki_api_v1_push"'
_FAILING_PERCENT: Final = 5
_DROPPED: Final = "loki_write_dropped_entries_total"
# A day bridges outages of Prometheus: a series that is only back is no new one.
_DROPPED_AT_START: Final = f"({_DROPPED} unless last_over_time({_DROPPED}[1d] offset 30m))"


def log_alerts() -> RuleGroup:
    """Return the alerts about Loki and Alloy. Users don't notice missing logs: none pages."""
    return RuleGroup(name="logs", rules=[*_collector_alerts(), *_store_alerts()])


def _collector_alerts() -> list[AlertRule]:
    sent, retries = (
        f"sum by (namespace, pod) (rate(loki_write_{name}_total[10m])) > 0"
        for name in ("sent_entries", "batch_retries")
    )
    return [
        AlertRule(
            alert="LogsNotSent",
            expr=f"{retries} unless {sent}",
            for_seconds=10 * _MINUTE,
            severity=Severity.WARNING,
            summary="{{ $labels.namespace }}/{{ $labels.pod }} can't send logs: Loki accepts none",
            runbook="logs-not-sent",
        ),
        AlertRule(
            alert="LogLinesLost",
            # Alloy repeats what Loki may accept later, and drops only what it never accepts.
            # Counted from 0. But `increase` misses what a new pod drops before Prometheus reads it.
            expr=f"sum by (reason) (increase({_DROPPED}[30m]) > 0 or {_DROPPED_AT_START}) > 0",
            for_seconds=5 * _MINUTE,
            severity=Severity.WARNING,
            summary="Alloy has dropped {{ $value | humanize }} lines that Loki refused: {{ $labels.reason }}",
            runbook="log-lines-lost",
        ),
        AlertRule(
            alert="AppLogsLimited",
            # After an outage of Loki, Alloy reads on in the files, which takes minutes.
            expr="sum by (label_value) (increase(loki_process_dropped_lines_by_label_total[5m])) > 0",
            for_seconds=30 * _MINUTE,
            severity=Severity.WARNING,
            summary="{{ $labels.label_value }} logs more lines than its limit: Alloy drops the rest",
            runbook="app-logs-limited",
        ),
    ]


def _store_alerts() -> list[AlertRule]:
    failing = f'100 * sum(rate({_PUSHES}, status_code=~"5.."}}[5m])) / sum(rate({_PUSHES}}}[5m]))'
    storage = " or ".join(
        f"sum by (pod) (increase(loki_ingester_{name}_total[15m])) > 0"
        for name in ("chunks_flush_failures", "wal_disk_full_failures")
    )
    return [
        AlertRule(
            alert="LogLinesRefused",
            # Alloy sends lines above a rate again, so only a long excess loses them.
            expr="sum by (reason) (increase(loki_discarded_samples_total[10m])) > 0",
            for_seconds=30 * _MINUTE,
            severity=Severity.WARNING,
            summary="Loki refuses lines by its limits: {{ $labels.reason }}",
            runbook="log-lines-refused",
        ),
        AlertRule(
            alert="LogWritesFailing",
            expr=f"{failing} > {_FAILING_PERCENT}",
            for_seconds=15 * _MINUTE,
            severity=Severity.WARNING,
            summary="{{ $value | humanize }} % of the writes to Loki fail",
            runbook="log-writes-failing",
        ),
        AlertRule(
            alert="LogStoreFailing",
            expr=storage,
            for_seconds=15 * _MINUTE,
            severity=Severity.WARNING,
            summary="{{ $labels.pod }} can't store logs: its memory and volume fill up",
            runbook="log-store-failing",
        ),
    ]
