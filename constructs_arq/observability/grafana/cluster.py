"""The dashboard of the cluster: nodes, pods, volumes and Prometheus itself."""

from constructs_arq.observability.grafana.dashboard import Dashboard, Row
from constructs_arq.observability.grafana.panels import Graph, Number, Query

_WINDOW = "[$__rate_interval]"
_FULL = 0.9
_DISKS = 'fstype!~"tmpfs|overlay"'


def cluster_dashboard() -> Dashboard:
    """Return the dashboard: CPU, memory, pods, volumes and monitoring."""
    return Dashboard(name="cluster", title="Cluster", rows=[_now(), _nodes(), _pods(), _monitoring()])


def _now() -> Row:
    not_ready = 'sum(kube_node_status_condition{condition="Ready", status!="true"})'
    firing = 'count(ALERTS{alertstate="firing", severity=~"critical|warning"}) or vector(0)'
    pending = 'sum(kube_pod_status_phase{phase="Pending"})'
    return Row(
        "Now",
        [
            Number("Nodes", "short", Query("count(kube_node_info)", "nodes")),
            Number("Nodes that are not ready", "short", Query(not_ready, "not ready"), limit=1),
            Number("Requested CPU", "percentunit", Query(requested_share("cpu"), "requested"), limit=_FULL),
            Number(
                "Requested memory", "percentunit", Query(requested_share("memory"), "requested"), limit=_FULL
            ),
            Number("Pods without a node", "short", Query(pending, "pending"), limit=1),
            Number("Firing alerts", "short", Query(firing, "alerts"), limit=1),
        ],
    )


def _nodes() -> Row:
    cpu = f'1 - avg by (node) (rate(node_cpu_seconds_total{{mode="idle"}}{_WINDOW}))'
    memory = "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes"
    disks = f"1 - node_filesystem_avail_bytes{{{_DISKS}}} / node_filesystem_size_bytes{{{_DISKS}}}"
    return Row(
        "Nodes",
        [
            Graph("CPU in use", "percentunit", [Query(cpu, "{{node}}")], limit=_FULL),
            Graph("Memory in use", "percentunit", [Query(memory, "{{node}}")], limit=_FULL),
            Graph("Disks in use", "percentunit", [Query(disks, "{{node}} {{mountpoint}}")], limit=_FULL),
        ],
    )


def _pods() -> Row:
    cpu = f'sum by (namespace) (rate(container_cpu_usage_seconds_total{{container!=""}}{_WINDOW}))'
    memory = 'sum by (namespace) (container_memory_working_set_bytes{container!=""})'
    restarts = "sum by (namespace) (increase(kube_pod_container_status_restarts_total[1h]))"
    network = [
        Query(
            f"sum by (namespace) (rate(container_network_{way}_bytes_total{_WINDOW}))",
            f"{{{{namespace}}}} {way}",
        )
        for way in ("receive", "transmit")
    ]
    volumes = "kubelet_volume_stats_used_bytes / kubelet_volume_stats_capacity_bytes"
    missing = "kube_deployment_spec_replicas - kube_deployment_status_replicas_available"
    return Row(
        "Pods",
        [
            Graph("CPU by namespace", "short", [Query(cpu, "{{namespace}}")]),
            Graph("Memory by namespace", "bytes", [Query(memory, "{{namespace}}")]),
            Graph("Network by namespace", "Bps", network),
            Graph("Pods by phase", "short", [Query("sum by (phase) (kube_pod_status_phase)", "{{phase}}")]),
            Graph("Restarts in an hour", "short", [Query(restarts, "{{namespace}}")]),
            Graph(
                "Volumes in use",
                "percentunit",
                [Query(volumes, "{{namespace}} {{persistentvolumeclaim}}")],
                limit=_FULL,
            ),
            Graph("Missing pods of deployments", "short", [Query(missing, "{{namespace}} {{deployment}}")]),
        ],
    )


def _monitoring() -> Row:
    samples = f"sum by (pod) (rate(prometheus_tsdb_head_samples_appended_total{_WINDOW}))"
    return Row(
        "Monitoring",
        [
            Graph(
                "Targets that do not answer",
                "short",
                [Query("count by (job) (up == 0) or vector(0)", "{{job}}")],
            ),
            Graph(
                "Series in Prometheus",
                "short",
                [Query("sum by (pod) (prometheus_tsdb_head_series)", "{{pod}}")],
            ),
            Graph("Samples a second", "short", [Query(samples, "{{pod}}")]),
        ],
    )


def requested_share(resource: str) -> str:
    """Return the query for the share of the nodes' CPU or memory that pods request."""
    requests = f'sum(kube_pod_container_resource_requests{{resource="{resource}"}})'
    return f'{requests} / sum(kube_node_status_allocatable{{resource="{resource}"}})'
