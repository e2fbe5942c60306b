"""Network policies of a gateway's nginx pods."""

from constructs import Construct

from constructs_arq.core.port import Port
from constructs_arq.kubernetes.network_policy import (
    AddressRange,
    Pods,
    allow_dns,
    allow_egress,
    allow_ingress,
    allow_scraping,
)
from constructs_arq.services import nginx_settings as nginx
from constructs_arq.services.backend import Backend

# NGINX Gateway Fabric sends the configuration to the agent in each nginx pod, which connects to it.
# https://github.com/nginx/nginx-gateway-fabric/blob/v2.6.7/charts/nginx-gateway-fabric/templates/service.yaml
_CONTROL_PLANE_PORT = Port.tcp(8443)
_METRICS_PORT = Port.tcp(9113)


def allow_gateway_traffic(
    scope: Construct, *, name: str, pods: Pods, control_plane: str, network_cidr: str
) -> None:
    """Let the load balancer reach nginx, and nginx its control plane in the namespace `control_plane`."""
    allow_ingress(
        scope,
        "from-load-balancer",
        name=f"{name}-from-load-balancer",
        pods=pods,
        peers=[AddressRange(cidr=network_cidr)],
        ports=[Port.tcp(nginx.LISTENER_PORT), Port.tcp(nginx.READINESS_PORT)],
    )
    allow_egress(
        scope,
        "to-control-plane",
        name=f"{name}-to-control-plane",
        pods=pods,
        to=[Pods(namespace=control_plane)],
        ports=[_CONTROL_PLANE_PORT],
    )
    allow_scraping(scope, "metrics", name=f"{name}-metrics", pods=pods, ports=[_METRICS_PORT])
    allow_dns(scope, "dns", name=f"{name}-dns", pods=pods)


def allow_requests(scope: Construct, *, gateway: str, pods: Pods, backend: Backend) -> None:
    """Let the nginx pods of a gateway connect to a backend, also if several routes send requests to it."""
    namespace, port = backend.namespace.literal_name, Port.tcp(backend.port)
    key = f"to-{namespace}-{backend.connections.logical_name}"
    if scope.node.try_find_child(key):
        return
    allow_egress(
        scope,
        key,
        name=f"{gateway}-{key}",
        pods=pods,
        to=[backend.connections.pods],
        ports=[port],
    )
    backend.connections.allow_from(pods, name=gateway, why="nginx forwards requests", port=port)
