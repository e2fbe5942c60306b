"""The runner of workflow jobs that deploy an environment's cluster, or that of its standby."""

from constructs_arq.cluster.cluster import Cluster
from constructs_arq.compute.delivery_runner import DeliveryRunner
from constructs_arq.core.stack import Stack
from constructs_arq.network.network import Network
from environments.environment import Environment


def add_delivery_runner(env: Environment, *, network: Network, cluster: Cluster) -> DeliveryRunner:
    """Run the jobs that reach the private Kubernetes API of `cluster`, in the private subnets of `network`.

    The account stack makes the runner's role and its connection.
    """
    runner = DeliveryRunner(
        Stack.of(network),
        "delivery-runner",
        subnets=network.private,
        repository=env.github.repository,
        workflows=("cluster", "cluster-audit"),
        connection_name=f"{env.name}-github",
    )
    runner.connections.allow_to(cluster, why="workflow jobs deploy through the Kubernetes API")
    return runner
