"""Alerts about deployments, pods, autoscalers and jobs.

The metrics are those of kube-state-metrics, and of the services themselves.
https://github.com/kubernetes/kube-state-metrics/tree/v2.20.0/docs/metrics/workload
"""

from collections.abc import Sequence
from typing import Final

from constructs_arq.core.alarm import Severity
from constructs_arq.observability.prometheus.rules import AlertRule, RecordingRule, RuleGroup

AVAILABLE_BEFORE: Final = "deployment:available_pods:max1h"
"""The most available pods of a deployment in the last hour. It outlives the deployment by an hour."""

_WANTED_BEFORE: Final = "deployment:wanted_pods:min15m"

_MINUTE: Final = 60
# Alerts about one service have its name, so that one notification has all of them.
_BY_DEPLOYMENT: Final = '"service", "$1", "deployment", "(.+)"'
_WANTED: Final = "max by (namespace, deployment) (kube_deployment_spec_replicas)"
_NONE_AVAILABLE: Final = "max by (namespace, deployment) (kube_deployment_status_replicas_available) == 0"
# A first start takes minutes: images are pulled, and secrets copied. Without the series, the alerts page.
# Helm may replace a deployment, and the new one is young too. So only one without a pod before is excused.
_FIRST_START_SECONDS: Final = 15 * _MINUTE
_FIRST_START: Final = (
    f"time() - max by (namespace, deployment) (kube_deployment_created) < {_FIRST_START_SECONDS}"
    f" unless {AVAILABLE_BEFORE} > 0"
)
# A worker without messages has no pods. Its first ones may need a new node.
_STARTING: Final = f"({_FIRST_START} or {_WANTED_BEFORE} == 0)"


def workload_alerts(namespaces: Sequence[str]) -> RuleGroup:
    """Return the alerts about workloads. Services in `namespaces` have a target for each pod."""
    return RuleGroup(
        name="workloads",
        rules=[
            *_records(),
            *_service_alerts(namespaces),
            *_pod_alerts(),
            *_batch_alerts(),
            *_limits(),
        ],
    )


def _records() -> list[RecordingRule]:
    """Return the rules about the last minutes. A window in a page itself would count as time until it."""
    by_deployment = "by (namespace, deployment)"
    return [
        RecordingRule(
            record=AVAILABLE_BEFORE,
            expr=f"max {by_deployment} (max_over_time(kube_deployment_status_replicas_available[1h]))",
        ),
        RecordingRule(
            record=_WANTED_BEFORE,
            expr=f"min {by_deployment} (min_over_time(kube_deployment_spec_replicas[15m]))",
        ),
    ]


def _service_alerts(namespaces: Sequence[str]) -> list[AlertRule]:
    selected = "|".join(sorted(namespaces))
    targets = f'up{{namespace=~"{selected}"}}'
    return [
        AlertRule(
            alert="ServiceDown",
            # A service with one pod is interrupted by each move of the pod. So it does not page.
            expr=f"label_replace({_NONE_AVAILABLE} and {_WANTED} > 1 unless {_STARTING}, {_BY_DEPLOYMENT})",
            for_seconds=_MINUTE,
            severity=Severity.CRITICAL,
            summary="{{ $labels.namespace }}/{{ $labels.service }} has no available pod: all requests fail",
            runbook="service-down",
        ),
        AlertRule(
            alert="ServiceNotAnswering",
            expr=(
                f"max by (namespace, service) ({targets}) == 0"
                f" and count by (namespace, service) ({targets}) > 1"
                # A service has the name of its deployment.
                f" unless on (namespace, service) label_replace({_STARTING}, {_BY_DEPLOYMENT})"
            ),
            for_seconds=_MINUTE,
            severity=Severity.CRITICAL,
            summary="No pod of {{ $labels.namespace }}/{{ $labels.service }} answers, but some are running",
            runbook="service-not-answering",
        ),
        AlertRule(
            alert="DeploymentDown",
            expr=f"label_replace({_NONE_AVAILABLE} and {_WANTED} == 1, {_BY_DEPLOYMENT})",
            for_seconds=15 * _MINUTE,
            severity=Severity.WARNING,
            summary="{{ $labels.namespace }}/{{ $labels.service }} has no available pod for 15 minutes",
            runbook="deployment-down",
        ),
        AlertRule(
            alert="RolloutStuck",
            expr=(
                "label_replace(max by (namespace, deployment) (kube_deployment_status_condition"
                f'{{condition="Progressing", status="false"}}) == 1, {_BY_DEPLOYMENT})'
            ),
            for_seconds=5 * _MINUTE,
            severity=Severity.WARNING,
            summary="The rollout of {{ $labels.namespace }}/{{ $labels.service }} makes no progress",
            runbook="rollout-stuck",
        ),
    ]


def _pod_alerts() -> list[AlertRule]:
    waiting = (
        "max by (namespace, pod, container) (max_over_time("
        'kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"}[5m])) == 1'
    )
    node = "max by (namespace, pod, node) (kube_pod_info)"
    return [
        AlertRule(
            alert="PodCrashLooping",
            # With its node, an alert about the node silences it.
            expr=f"({waiting}) * on (namespace, pod) group_left (node) {node}",
            for_seconds=15 * _MINUTE,
            severity=Severity.WARNING,
            summary="{{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} crashes repeatedly",
            runbook="pod-crash-looping",
        ),
        AlertRule(
            alert="StatefulSetNotReady",
            expr=(
                "max by (namespace, statefulset) (kube_statefulset_status_replicas_ready)"
                " < max by (namespace, statefulset) (kube_statefulset_replicas)"
            ),
            for_seconds=15 * _MINUTE,
            severity=Severity.WARNING,
            summary="{{ $labels.namespace }}/{{ $labels.statefulset }} has fewer ready pods than replicas",
            runbook="stateful-set-not-ready",
        ),
    ]


def _batch_alerts() -> list[AlertRule]:
    next_run = "max by (namespace, cronjob) (kube_cronjob_next_schedule_time)"
    active = "max by (namespace, cronjob) (kube_cronjob_spec_suspend) == 0"
    return [
        AlertRule(
            alert="JobFailed",
            expr='max by (namespace, job_name) (kube_job_failed{condition="true"}) == 1',
            severity=Severity.WARNING,
            summary="The job {{ $labels.namespace }}/{{ $labels.job_name }} has failed and is not repeated",
            runbook="job-failed",
        ),
        AlertRule(
            alert="CronJobLate",
            expr=f"time() - {next_run} > 3600 and {active}",
            for_seconds=5 * _MINUTE,
            severity=Severity.WARNING,
            summary="{{ $labels.namespace }}/{{ $labels.cronjob }} did not start at its time an hour ago",
            runbook="cron-job-late",
        ),
    ]


def _limits() -> list[AlertRule]:
    by_autoscaler = "max by (namespace, horizontalpodautoscaler)"
    most = f"{by_autoscaler} (kube_horizontalpodautoscaler_spec_max_replicas)"
    return [
        AlertRule(
            alert="AutoscalerAtMaximum",
            expr=(
                f"{by_autoscaler} (kube_horizontalpodautoscaler_status_desired_replicas) >= {most}"
                f" and {most} > {by_autoscaler} (kube_horizontalpodautoscaler_spec_min_replicas)"
            ),
            for_seconds=30 * _MINUTE,
            severity=Severity.WARNING,
            summary="{{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }} can't scale out any more",
            runbook="autoscaler-at-maximum",
        ),
        AlertRule(
            alert="DatabasePoolExhausted",
            expr="sum by (namespace, service) (min_over_time(database_pool_waiting_requests[2m])) > 0",
            for_seconds=5 * _MINUTE,
            severity=Severity.WARNING,
            summary="Requests to {{ $labels.namespace }}/{{ $labels.service }} wait for database connections",
            runbook="database-pool-exhausted",
        ),
    ]
