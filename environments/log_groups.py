"""The log groups of the AWS stack that reach Loki."""

from constructs_arq.cluster.cluster import Cluster
from constructs_arq.core.stack import Stack
from constructs_arq.data.cache import Cache
from constructs_arq.data.postgres import Postgres
from constructs_arq.edge.certificate import HostedZone
from constructs_arq.network.network import Network
from constructs_arq.observability.logs.forwarder import LogForwarder
from constructs_arq.platform.log_group_redaction import LogSource
from environments.environment import Environment


def forward_log_groups(
    stack: Stack,
    env: Environment,
    *,
    network: Network,
    zone: HostedZone,
    cluster: Cluster,
    database: Postgres,
    cache: Cache,
) -> LogForwarder | None:
    """Send the logs of PostgreSQL, Valkey and the control plane into the cluster, if the environment does.

    Network flows and the firewall's requests stay in CloudWatch: they are larger, and nobody searches them
    together with others.
    """
    if env.log_forwarder is None:
        return None
    forwarder = LogForwarder(
        stack,
        "log-forwarder",
        subnets=network.private,
        zone=zone,
        domain=env.log_domain,
        config=env.log_forwarder,
    )
    for source, groups in (
        (LogSource.POSTGRESQL, database.log_groups),
        (LogSource.VALKEY, cache.log_groups),
        (LogSource.CONTROL_PLANE, cluster.log_groups),
    ):
        for group in groups:
            forwarder.add_log_group(group, source=source)
    forwarder.allow_to(cluster)
    forwarder.grant_register(cluster.load_balancer_controller)
    return forwarder
