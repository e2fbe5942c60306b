"""Dashboards of AWS services, from CloudWatch: database, cache, edge and cost."""

from collections.abc import Mapping
from dataclasses import dataclass

from constructs_arq.observability.grafana.cluster import requested_share
from constructs_arq.observability.grafana.dashboard import Dashboard, Row
from constructs_arq.observability.grafana.panels import AwsMetric, Graph, Query

# CloudFront and billing publish their metrics there only.
_GLOBAL_REGION = "us-east-1"
_SIX_HOURS = 21_600
_USED_CPU = 'sum by (namespace) (rate(container_cpu_usage_seconds_total{container!=""}[1h]))'
_USED_MEMORY = 'sum by (namespace) (container_memory_working_set_bytes{container!=""})'


@dataclass(frozen=True)
class _Source:
    """Metrics of a namespace with the same dimensions."""

    namespace: str
    dimensions: Mapping[str, str]
    region: str = "default"
    period_seconds: int = 60

    def graph(
        self, title: str, unit: str, metric: str, *, statistic: str = "Average", limit: float | None = None
    ) -> Graph:
        """Return the graph of a metric."""
        query = AwsMetric(
            namespace=self.namespace,
            metric=metric,
            statistic=statistic,
            dimensions=self.dimensions,
            region=self.region,
            period_seconds=self.period_seconds,
        )
        return Graph(title, unit, [query], limit=limit)


def database_dashboard() -> Dashboard:
    """Return the dashboard of all RDS instances and proxies of the account."""
    rds = _Source("AWS/RDS", {"DBInstanceIdentifier": "*"})
    proxies = _Source("AWS/RDS", {"ProxyName": "*"})
    return Dashboard(
        name="database",
        title="Database",
        rows=[
            Row(
                "Load",
                [
                    rds.graph("CPU", "percent", "CPUUtilization", limit=90),
                    rds.graph("Connections", "short", "DatabaseConnections", statistic="Maximum"),
                    rds.graph("Queued disk operations", "short", "DiskQueueDepth"),
                    rds.graph("Active sessions", "short", "DBLoad"),
                ],
            ),
            Row(
                "Capacity",
                [
                    rds.graph("Free memory", "bytes", "FreeableMemory", statistic="Minimum"),
                    rds.graph("Free storage", "bytes", "FreeStorageSpace", statistic="Minimum"),
                    rds.graph("Replication lag", "s", "ReplicaLag", statistic="Maximum"),
                    rds.graph(
                        "Used transaction IDs", "short", "MaximumUsedTransactionIDs", statistic="Maximum"
                    ),
                ],
            ),
            Row(
                "Latency",
                [
                    rds.graph("Read latency", "s", "ReadLatency"),
                    rds.graph("Write latency", "s", "WriteLatency"),
                    proxies.graph("Wait for a connection", "µs", "DatabaseConnectionsBorrowLatency"),
                ],
            ),
        ],
    )


def cache_dashboard() -> Dashboard:
    """Return the dashboard of all ElastiCache nodes of the account."""
    nodes = _Source("AWS/ElastiCache", {"CacheClusterId": "*"})
    return Dashboard(
        name="cache",
        title="Cache",
        rows=[
            Row(
                "Load",
                [
                    nodes.graph("CPU of the engine", "percent", "EngineCPUUtilization", limit=90),
                    nodes.graph("Connections", "short", "CurrConnections", statistic="Maximum"),
                    nodes.graph("Memory", "percent", "DatabaseMemoryUsagePercentage", limit=85),
                    nodes.graph("Evicted keys a minute", "short", "Evictions", statistic="Sum"),
                ],
            ),
            Row(
                "Use",
                [
                    nodes.graph("Hits", "percent", "CacheHitRate"),
                    nodes.graph("Replication lag", "s", "ReplicationLag", statistic="Maximum"),
                ],
            ),
        ],
    )


def edge_dashboard() -> Dashboard:
    """Return the dashboard of distributions, the firewall, load balancers and NAT gateways of the account."""
    edge = _Source("AWS/CloudFront", {"DistributionId": "*", "Region": "Global"}, _GLOBAL_REGION)
    balancers = _Source("AWS/ApplicationELB", {"LoadBalancer": "*"})
    firewall = _Source("AWS/WAFV2", {"WebACL": "*", "Rule": "ALL"}, _GLOBAL_REGION)
    gateways = _Source("AWS/NATGateway", {"NatGatewayId": "*"})
    return Dashboard(
        name="edge",
        title="Edge",
        rows=[
            Row(
                "CloudFront",
                [
                    edge.graph("Requests a minute", "short", "Requests", statistic="Sum"),
                    edge.graph("Server errors", "percent", "5xxErrorRate", limit=1),
                    edge.graph("Client errors", "percent", "4xxErrorRate"),
                    edge.graph("Response time of origins, 99 %", "ms", "OriginLatency", statistic="p99"),
                ],
            ),
            Row(
                "Load balancer",
                [
                    balancers.graph("Requests a minute", "short", "RequestCount", statistic="Sum"),
                    balancers.graph(
                        "Own errors a minute", "short", "HTTPCode_ELB_5XX_Count", statistic="Sum"
                    ),
                    balancers.graph(
                        "Errors of targets a minute", "short", "HTTPCode_Target_5XX_Count", statistic="Sum"
                    ),
                    balancers.graph("Response time, 99 %", "s", "TargetResponseTime", statistic="p99"),
                ],
            ),
            Row(
                "Firewall and NAT",
                [
                    firewall.graph("Blocked requests a minute", "short", "BlockedRequests", statistic="Sum"),
                    gateways.graph(
                        "Failed connections a minute", "short", "ErrorPortAllocation", statistic="Sum"
                    ),
                ],
            ),
        ],
    )


def cost_dashboard() -> Dashboard:
    """Return the dashboard of cost: the month's charges by service, and what the cluster does not use.

    AWS publishes charges every six hours, if the account has billing alerts turned on.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html
    """
    total = _Source("AWS/Billing", {"Currency": "USD"}, _GLOBAL_REGION, _SIX_HOURS)
    services = _Source("AWS/Billing", {"Currency": "USD", "ServiceName": "*"}, _GLOBAL_REGION, _SIX_HOURS)
    by_type = "label_node_kubernetes_io_instance_type, label_karpenter_sh_capacity_type"
    types = f"count by ({by_type}) (kube_node_labels)"
    type_legend = "{{label_node_kubernetes_io_instance_type}} {{label_karpenter_sh_capacity_type}}"
    return Dashboard(
        name="cost",
        title="Cost",
        # In six hours, a charge has one point.
        since="now/M",
        rows=[
            Row(
                "Charges of this month in US dollars",
                [
                    total.graph("All services", "currencyUSD", "EstimatedCharges", statistic="Maximum"),
                    services.graph("By service", "currencyUSD", "EstimatedCharges", statistic="Maximum"),
                ],
            ),
            Row(
                "Paid and not used",
                [
                    Graph(
                        "CPU that pods request and do not use",
                        "percentunit",
                        [Query(_unused("cpu", _USED_CPU), "{{namespace}}")],
                    ),
                    Graph(
                        "Memory that pods request and do not use",
                        "percentunit",
                        [Query(_unused("memory", _USED_MEMORY), "{{namespace}}")],
                    ),
                    Graph(
                        "CPU of nodes that pods request",
                        "percentunit",
                        [Query(requested_share("cpu"), "requested")],
                    ),
                    Graph("Nodes by type", "short", [Query(types, type_legend)]),
                ],
            ),
        ],
    )


def _unused(resource: str, used: str) -> str:
    requests = f'sum by (namespace) (kube_pod_container_resource_requests{{resource="{resource}"}})'
    return f"clamp_min(1 - {used} / {requests}, 0)"
