"""Alerts about add-ons. Each metric is in the source of the release that the support matrix names.

https://github.com/cert-manager/cert-manager/blob/v1.21.1/internal/collectors/certificate_collector.go
https://github.com/external-secrets/external-secrets/blob/v2.9.0/pkg/controllers/externalsecret/esmetrics/esmetrics.go
https://github.com/kedacore/keda/blob/v2.20.2/pkg/metricscollector/prommetrics.go
https://github.com/aws/karpenter-provider-aws/blob/v1.14.1/website/content/en/docs/reference/metrics.md
"""

from typing import Final

from constructs_arq.core.alarm import Severity
from constructs_arq.observability.prometheus.rules import AlertRule, RuleGroup

_MINUTE: Final = 60
_DAY: Final = 86_400
# Karpenter tries other instance types, and ended nodes are gone.
_EXPECTED_ERRORS: Final = "InsufficientCapacityError|NodeClaimNotFoundError"


def addon_alerts() -> RuleGroup:
    """Return the alerts about certificates, secrets, autoscaling, gateways and new nodes."""
    return RuleGroup(
        name="add-ons",
        rules=[
            AlertRule(
                alert="ClusterCertificateNotRenewed",
                # The time of renewal is a third of the lifetime before the end.
                expr=(
                    "time() - max by (namespace, name)"
                    f" (certmanager_certificate_renewal_timestamp_seconds > 0) > {_DAY}"
                    " or max by (namespace, name)"
                    ' (certmanager_certificate_ready_status{condition="False"}) == 1'
                ),
                for_seconds=30 * _MINUTE,
                severity=Severity.WARNING,
                summary="cert-manager can't renew the certificate {{ $labels.namespace }}/{{ $labels.name }}",
                runbook="cluster-certificate-not-renewed",
            ),
            AlertRule(
                alert="ExternalSecretNotSynced",
                expr=(
                    "max by (namespace, name)"
                    ' (externalsecret_status_condition{condition="Ready", status="False"}) == 1'
                ),
                for_seconds=15 * _MINUTE,
                severity=Severity.WARNING,
                summary="The secret {{ $labels.namespace }}/{{ $labels.name }} is not copied from its store",
                runbook="external-secret-not-synced",
            ),
            AlertRule(
                alert="ScalerFailing",
                expr="sum by (namespace, scaledObject) (increase(keda_scaled_object_errors_total[10m])) > 3",
                for_seconds=10 * _MINUTE,
                severity=Severity.WARNING,
                summary="KEDA can't read the queue of {{ $labels.namespace }}/{{ $labels.scaledObject }}",
                runbook="scaler-failing",
            ),
            AlertRule(
                alert="GatewayNotProgrammed",
                expr='min by (namespace, gateway) (gateway_status_condition{condition="Programmed"}) == 0',
                for_seconds=5 * _MINUTE,
                severity=Severity.WARNING,
                summary="nginx refuses the configuration of {{ $labels.namespace }}/{{ $labels.gateway }}",
                runbook="gateway-not-programmed",
            ),
            AlertRule(
                alert="NodeLaunchFailing",
                expr=(
                    "sum by (method, error) (increase(karpenter_cloudprovider_errors_total"
                    f'{{error!~"{_EXPECTED_ERRORS}"}}[15m])) > 5'
                ),
                for_seconds=10 * _MINUTE,
                severity=Severity.WARNING,
                summary="Karpenter gets {{ $labels.error }} from AWS for {{ $labels.method }}",
                runbook="node-launch-failing",
            ),
        ],
    )
