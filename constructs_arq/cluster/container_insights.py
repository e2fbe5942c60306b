"""Container Insights: metrics of nodes and pods, with which an alarm sees nodes that are not ready."""

from collections.abc import Sequence

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.eks_addon import EksAddonPodIdentityAssociation

from constructs_arq.cluster.managed_addons import Addon, ManagedAddons
from constructs_arq.cluster.reference import ClusterReference
from constructs_arq.core.alarm import Alarm, Condition, MissingData, Severity
from constructs_arq.core.protocols import EncryptionKey
from constructs_arq.security.role import Role, Trust
from constructs_arq.storage.log_group import LogGroup, RetentionDays

# Without this setting, the add-on also turns on Application Signals.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/install-CloudWatch-Observability-EKS-addon.html
_VALUES = {
    "agent": {
        "config": {
            "logs": {"metrics_collected": {"kubernetes": {"enhanced_container_insights": True}}},
        }
    },
    # The logs of pods may contain personal data, and cost more than the metrics.
    "containerLogs": {"enabled": False},
}


def install_container_insights(
    addons: ManagedAddons,
    *,
    cluster: ClusterReference,
    key: EncryptionKey,
    log_retention_days: RetentionDays,
    nodes: Sequence[ITerraformDependable],
    conditions: tuple[Condition, ...],
) -> Alarm:
    """Install the CloudWatch agent with its role and log group. Return the alarm on nodes that are not ready.

    An Auto Scaling group counts running instances, also if their kubelet or network has failed.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-enhanced-EKS.html
    """
    # Otherwise the agent creates a group of this name, without encryption and retention.
    logs = LogGroup(
        addons,
        "container-insights-logs",
        name=f"/aws/containerinsights/{cluster.name}/performance",
        key=key,
        retention_days=log_retention_days,
    )
    logs.adopt()
    role = Role(
        addons,
        "cloudwatch-agent-role",
        description=f"Publishes metrics of nodes and pods of {cluster.name}",
        trust=Trust.pod_identity(cluster_arn=cluster.arn),
    )
    role.attach_managed_policy("CloudWatchAgentServerPolicy")
    addon = addons.install(
        Addon.CLOUDWATCH_OBSERVABILITY,
        values=_VALUES,
        pod_identity=EksAddonPodIdentityAssociation(role_arn=role.arn, service_account="cloudwatch-agent"),
        depends_on=[*nodes, logs.resource],
    )
    return Alarm(
        name="nodes-not-ready",
        runbook="nodes-not-ready",
        summary=f"Nodes of {cluster.name} have not been ready for 5 minutes, or the CloudWatch agent is down",
        severity=Severity.WARNING,
        namespace="ContainerInsights",
        metric="cluster_failed_node_count",
        # The add-on's attribute: the alarm exists only after the agent.
        dimensions={"ClusterName": addon.cluster_name},
        statistic="Maximum",
        threshold=0,
        # EKS reports the add-on as active before its agent publishes the first data.
        missing_data=MissingData.MISSING,
        conditions=conditions,
    )
