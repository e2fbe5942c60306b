"""The pods of nginx, which get the API's requests from the load balancer."""

from constructs_arq.cluster.cluster import Cluster
from constructs_arq.compute.load_balancer import LoadBalancer
from constructs_arq.compute.target_group import HealthCheck, TargetGroup
from constructs_arq.core.port import Port
from constructs_arq.services.nginx_settings import LISTENER_PORT, READINESS_PATH, READINESS_PORT


def add_api_targets(ingress: LoadBalancer, cluster: Cluster) -> TargetGroup:
    """Forward all requests of `ingress` to pods of `cluster`, which its controller registers.

    nginx pods terminate TLS, and answer checks on another port. Their routes select hosts and paths.
    """
    targets = ingress.add_target_group(
        "api",
        port=LISTENER_PORT,
        priority=10,
        paths=("/*",),
        health_check=HealthCheck(path=READINESS_PATH, plain_port=READINESS_PORT),
    )
    ingress.connections.allow_to(cluster, port=Port.tcp(LISTENER_PORT), why="it forwards requests to nginx")
    ingress.connections.allow_to(
        cluster, port=Port.tcp(READINESS_PORT), why="it checks whether nginx is ready"
    )
    targets.grant_register(cluster.load_balancer_controller)
    return targets
