"""The gateway of a cluster: nginx pods behind a load balancer, with TLS and routes to services."""

from collections.abc import Sequence
from itertools import product

from constructs import Construct

from constructs_arq.compute.target_group import TargetGroup
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.pod_group import PodGroup
from constructs_arq.core.protocols import PrivateOrigin, VirtualNetwork
from constructs_arq.core.scaling import ScalingPolicy
from constructs_arq.core.stack import Stack
from constructs_arq.edge.distribution import Distribution
from constructs_arq.kubernetes.custom_objects import CustomObjects
from constructs_arq.kubernetes.disruption_budget import add_disruption_budget
from constructs_arq.kubernetes.monitors import MonitorDefinitions, Scrape, pod_monitor
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.kubernetes.network_policy import Pods
from constructs_arq.kubernetes.target_group_binding import READINESS_GATES, target_group_binding
from constructs_arq.platform.cert_manager import CertManager
from constructs_arq.platform.load_balancer_controller import LoadBalancerController
from constructs_arq.platform.nginx_gateway import NginxGatewayFabric
from constructs_arq.services import nginx_settings as nginx
from constructs_arq.services.backend import Backend
from constructs_arq.services.cloudfront_paths import require_sent_paths
from constructs_arq.services.gateway_config import CanaryConfig, GatewayConfig, RouteConfig
from constructs_arq.services.gateway_objects import GatewayObjects
from constructs_arq.services.gateway_policies import allow_gateway_traffic, allow_requests
from constructs_arq.services.http_route import Canary, GatewayReference, HttpRoute
from constructs_arq.services.names import require_service_name
from constructs_arq.services.nginx_proxy import nginx_pods, nginx_proxy
from constructs_arq.services.public_hosts import PublicHosts
from constructs_arq.services.request_time import proxy_timeouts
from constructs_arq.services.upstream_settings import set_upstream

_GATEWAY_LABEL = "gateway.networking.k8s.io/gateway-name"


class Gateway(Construct):
    """nginx pods that terminate TLS and send requests to services by host and path.

    NGINX Gateway Fabric makes the pods from the Gateway object. The AWS Load Balancer Controller registers
    them in the target group, whose health checks need port 8081. The load balancer sends no server name in
    TLS, so the listener takes every name. Clients' addresses come from `X-Forwarded-For`, which the load
    balancer and CloudFront fill. cert-manager renews the certificate. Prometheus reads the metrics of nginx
    after `definitions` exist.
    https://docs.nginx.com/nginx-gateway-fabric/

    Raises:
        ConstructError: if the load balancer keeps idle connections longer than nginx, or if a protected
            environment can have one pod.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        load_balancer: PrivateOrigin,
        hosts: PublicHosts,
        targets: TargetGroup,
        network: VirtualNetwork,
        controller: LoadBalancerController,
        fabric: NginxGatewayFabric,
        certificates: CertManager,
        definitions: MonitorDefinitions,
        route_namespaces: Sequence[Namespace],
        config: GatewayConfig,
        distribution: Distribution | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.pod_groups: Sequence[PodGroup] = (nginx_pods(f"nginx of {id}", config.scaling),)
        self._require_available_pods(config.scaling)
        self._require_longer_connections(load_balancer.idle_timeout_seconds or 0)
        require_service_name(self, suffix=f"-{fabric.gateway_class}")
        self._distribution = distribution
        self._route_namespaces = [each.literal_name for each in route_namespaces]
        self._proxy_timeouts = proxy_timeouts(load_balancer, distribution)
        self._routes: dict[tuple[str, str], str] = {}
        self.name: str = id
        self.domain: str = load_balancer.domain
        self.hosts: PublicHosts = hosts
        namespace = Namespace(self, "namespace", name=id, labels=READINESS_GATES)
        self.namespace: str = namespace.name
        # A reference, so that Terraform creates the namespace before the policies.
        self.pods: Pods = Pods(namespace=namespace.name, labels={_GATEWAY_LABEL: id})
        allow_gateway_traffic(
            self, name=id, pods=self.pods, control_plane=fabric.namespace, network_cidr=network.cidr
        )
        objects = GatewayObjects(name=id, namespace=namespace.name)
        binding = CustomObjects(
            self,
            "binding",
            namespace=namespace.name,
            depends_on=[controller.resource],
            objects=[
                target_group_binding(
                    self,
                    name=id,
                    namespace=namespace.name,
                    # NGINX Gateway Fabric names the service, and creates it before the pods.
                    service=f"{id}-{fabric.gateway_class}",
                    port=nginx.LISTENER_PORT,
                    target_group_arn=targets.arn,
                )
            ],
        )
        self._objects = CustomObjects(
            self,
            "Default",
            namespace=namespace.name,
            depends_on=[binding.resource, fabric.resource, certificates.resource],
            objects=[
                certificates.make_certificate(id, namespace=namespace.name, domain=self.domain),
                objects.proxy(
                    nginx_proxy(self.pods.labels, trusted_range=network.cidr, scaling=config.scaling)
                ),
                objects.gateway(fabric.gateway_class, route_namespaces, hosts.annotations),
                objects.client_settings(),
                objects.compression(),
            ],
        )
        CustomObjects(
            self,
            "monitor",
            namespace=namespace.name,
            # NGINX Gateway Fabric names the port.
            objects=[
                pod_monitor(
                    name=id,
                    namespace=namespace.name,
                    labels=self.pods.labels,
                    scrape=Scrape(port="metrics", path="/metrics"),
                )
            ],
            depends_on=[definitions.resource],
        )
        if config.scaling.min_size > 1:  # A budget for one pod would block each drain of its node.
            add_disruption_budget(self, name=id, namespace=self.namespace, labels=self.pods.labels)

    def add_route(
        self,
        id: str,
        *,
        backend: Backend,
        paths: Sequence[str],
        hosts: Sequence[str] = (),
        canary: tuple[Backend, CanaryConfig] | None = None,
        config: RouteConfig | None = None,
    ) -> HttpRoute:
        """Send requests for one of `hosts` and below one of `paths` to `backend`.

        The default host is the gateway's first one. `canary` is a second service and its share of requests.

        Raises:
            ConstructError: if CloudFront never sends requests of a host or path, or if another route has the
                same path of the same host. Also if the gateway accepts no routes of the backend's namespace.
        """
        path = f"{self.node.path}/{id}"
        self._require_accepted(path, backend)
        hosts = self.hosts.select(hosts, route=path)
        require_sent_paths(path, hosts=hosts, paths=paths, distribution=self._distribution)
        self._require_free(id, hosts, paths)
        route = HttpRoute(
            self,
            id,
            gateway=GatewayReference(
                name=self.name,
                namespace=self.name,
                proxy_timeouts=self._proxy_timeouts,
                release=self._objects,
            ),
            backend=backend,
            canary=None if canary is None else Canary(*canary),
            hosts=hosts,
            paths=paths,
            config=config or RouteConfig(),
        )
        for each in [backend] if canary is None else [backend, canary[0]]:
            allow_requests(self, gateway=self.name, pods=self.pods, backend=each)
            set_upstream(each, depends_on=[self._objects.resource])
        return route

    def _require_accepted(self, path: str, backend: Backend) -> None:
        namespace, accepted = backend.namespace.literal_name, self._route_namespaces
        if namespace not in accepted:
            raise ConstructError(
                path,
                f"the backend is in the namespace {namespace}, but the gateway accepts only routes of "
                f"{', '.join(accepted) or 'no namespace'}",
                fix=f"Add the namespace to route_namespaces of {self.node.path}.",
            )

    def _require_free(self, id: str, hosts: Sequence[str], paths: Sequence[str]) -> None:
        """Refuse a path that two routes have: NGINX Gateway Fabric then applies the limits of neither.

        https://github.com/nginx/nginx-gateway-fabric/blob/v2.6.7/internal/controller/state/graph/policies.go
        """
        for host, path in product(hosts, paths):
            other = self._routes.setdefault((host, path), id)
            if other != id:
                raise ConstructError(
                    self.node.path,
                    f"the routes {other} and {id} both have the path {path} of the host {host}",
                    fix="Use different paths, or one route with a canary.",
                )

    def _require_available_pods(self, scaling: ScalingPolicy) -> None:
        if Stack.of(self).protected and scaling.min_size <= 1:
            raise ConstructError(
                self.node.path,
                f"scaling.min_size must be at least 2 in a protected environment, got {scaling.min_size}: "
                "a single pod has no disruption budget, so the drain of its node stops all requests",
                fix="Set min_size to 2 or more.",
            )

    def _require_longer_connections(self, idle_seconds: int) -> None:
        if idle_seconds >= nginx.CLIENT_KEEPALIVE_SECONDS:
            raise ConstructError(
                self.node.path,
                f"the load balancer keeps idle connections for {idle_seconds} seconds, but nginx closes them "
                f"after {nginx.CLIENT_KEEPALIVE_SECONDS} seconds, so requests fail with 502",
                fix=f"Set idle_timeout_seconds of the load balancer below {nginx.CLIENT_KEEPALIVE_SECONDS}.",
            )
