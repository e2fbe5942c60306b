"""Alerts about messages: those that wait for the queue, and the work of the workers.

The metrics are those of the reference application, in `services/api/metrics.py` and `worker_metrics.py`. The
alarms of `Queue` report old messages and those that failed for good.
"""

from typing import Final

from constructs_arq.core.alarm import Severity
from constructs_arq.observability.prometheus.rules import AlertRule, RuleGroup

_MINUTE: Final = 60
_BY_SERVICE: Final = "sum by (namespace, service)"
_MESSAGES: Final = "message_duration_seconds_count"
# Entries of the outbox of receipts. A healthy queue empties it at once.
_OUTBOX_LIMIT: Final = 100
_FAILING_PERCENT: Final = 10
# A queue with few messages has one failure in a low number, and the queue repeats it.
_MINIMUM_FAILURES: Final = 3
# A worker tries every few seconds, so a dependency that is away adds more than this in five minutes.
_DEPENDENCY_FAILURES: Final = 5


def message_alerts() -> RuleGroup:
    """Return the alerts about messages. They wait in the queue or the database, so none pages."""
    smallest = "min by (namespace, service)"
    failed = f'{_MESSAGES}{{result="failed"}}'
    return RuleGroup(
        name="messages",
        rules=[
            AlertRule(
                alert="OutboxGrowing",
                # All pods show the same number.
                expr=(
                    f"{smallest} (min_over_time(receipt_requests_waiting[10m])) > {_OUTBOX_LIMIT}"
                    f" and {smallest} (delta(receipt_requests_waiting[10m])) >= 0"
                ),
                for_seconds=5 * _MINUTE,
                severity=Severity.WARNING,
                summary="{{ $labels.namespace }}/{{ $labels.service }} can't send receipts to the queue",
                runbook="outbox-growing",
                dashboard="receipts",
            ),
            AlertRule(
                alert="MessagesFailing",
                expr=(
                    f"100 * {_BY_SERVICE} (rate({failed}[10m])) / {_BY_SERVICE} (rate({_MESSAGES}[10m]))"
                    f" > {_FAILING_PERCENT}"
                    f" and {_BY_SERVICE} (increase({failed}[10m])) > {_MINIMUM_FAILURES}"
                ),
                for_seconds=5 * _MINUTE,
                severity=Severity.WARNING,
                summary=(
                    "{{ $value | humanize }} % of the messages fail in"
                    " {{ $labels.namespace }}/{{ $labels.service }}"
                ),
                runbook="messages-failing",
                dashboard="receipts",
            ),
            AlertRule(
                alert="DependencyFailing",
                expr=f"{_BY_SERVICE} (increase(dependency_failures_total[5m])) > {_DEPENDENCY_FAILURES}",
                # A failover of the database takes two minutes.
                for_seconds=10 * _MINUTE,
                severity=Severity.WARNING,
                summary=(
                    "{{ $labels.namespace }}/{{ $labels.service }} does not reach its database or its queue"
                ),
                runbook="dependency-failing",
                dashboard="receipts",
            ),
        ],
    )
