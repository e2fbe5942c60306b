"""Alerts about nodes and volumes.

The metrics are those of kube-state-metrics and of the kubelet.
https://github.com/kubernetes/kube-state-metrics/blob/v2.20.0/docs/metrics/cluster/node-metrics.md
https://github.com/kubernetes/kubernetes/blob/v1.35.0/pkg/kubelet/metrics/metrics.go
"""

from typing import Final

from constructs_arq.core.alarm import Severity
from constructs_arq.observability.prometheus.rules import AlertRule, RuleGroup

_MINUTE: Final = 60
_BY_CLAIM: Final = "max by (namespace, persistentvolumeclaim)"
_FREE: Final = (
    f"{_BY_CLAIM} (kubelet_volume_stats_available_bytes) / {_BY_CLAIM} (kubelet_volume_stats_capacity_bytes)"
)
_FOUR_DAYS: Final = 4 * 86_400


def node_alerts() -> RuleGroup:
    """Return the alerts about nodes and volumes. EKS and Karpenter replace nodes: none pages."""
    condition = "max by (node) (kube_node_status_condition"
    falling = f"{_BY_CLAIM} (predict_linear(kubelet_volume_stats_available_bytes[6h], {_FOUR_DAYS})) < 0"
    return RuleGroup(
        name="nodes",
        rules=[
            AlertRule(
                alert="NodeNotReady",
                expr=f'{condition}{{condition="Ready", status="true"}}) == 0',
                # A node that is being replaced leaves before.
                for_seconds=10 * _MINUTE,
                severity=Severity.WARNING,
                summary="The node {{ $labels.node }} is not ready: its pods move to other nodes",
                runbook="node-not-ready",
            ),
            AlertRule(
                alert="NodeUnderPressure",
                expr=(
                    "max by (node, condition) (kube_node_status_condition"
                    '{condition=~"(Memory|Disk|PID)Pressure", status="true"}) == 1'
                ),
                for_seconds=5 * _MINUTE,
                severity=Severity.WARNING,
                summary="The node {{ $labels.node }} has {{ $labels.condition }} and evicts pods",
                runbook="node-under-pressure",
            ),
            AlertRule(
                alert="VolumeFillingUp",
                expr=f"{_FREE} < 0.15 and {falling} or {_FREE} < 0.05",
                for_seconds=30 * _MINUTE,
                severity=Severity.WARNING,
                summary=(
                    "{{ $value | humanizePercentage }} of the volume {{ $labels.namespace }}/"
                    "{{ $labels.persistentvolumeclaim }} are free"
                ),
                runbook="volume-filling-up",
            ),
        ],
    )
