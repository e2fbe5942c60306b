"""A route from a gateway to a service, with its limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from constructs import Construct

from constructs_arq.core.errors import ConstructError
from constructs_arq.kubernetes.custom_objects import CustomObject, CustomObjects, Json
from constructs_arq.services import nginx_settings as nginx
from constructs_arq.services.backend import Backend
from constructs_arq.services.gateway_config import CanaryConfig, RateLimit, RouteConfig
from constructs_arq.services.request_time import ProxyTimeout, require_time

_ROUTES = "gateway.networking.k8s.io"
_POLICIES = "gateway.nginx.org/v1alpha1"
_ALL = 100


@dataclass(frozen=True, kw_only=True)
class GatewayReference:
    """A gateway for its routes, which depend on its release, with the timeouts of the proxies before it."""

    name: str
    namespace: str
    proxy_timeouts: Sequence[ProxyTimeout]
    release: CustomObjects


@dataclass(frozen=True)
class Canary:
    """A second service that receives a share of a route's requests."""

    backend: Backend
    config: CanaryConfig


class HttpRoute(Construct):
    """Sends the requests for some hosts and paths to a service, in whose namespace the objects are.

    nginx removes headers that name software, adds security headers, and limits body, time and rate. A request
    that no service answers in time gets 504. nginx repeats a request on another pod if the connection fails
    before it sent the request. https://gateway-api.sigs.k8s.io/api-types/httproute/

    Raises:
        ConstructError: if a path does not begin with `/`, the canary has another namespace or time, or a
            proxy waits for less time than a request can take.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        gateway: GatewayReference,
        backend: Backend,
        canary: Canary | None,
        hosts: Sequence[str],
        paths: Sequence[str],
        config: RouteConfig,
    ) -> None:
        super().__init__(scope, id)
        self._require_paths(paths)
        self._name = id
        self._namespace = backend.namespace.name
        backends = _weighted(backend, canary)
        self._require_one_namespace(backends)
        self._require_one_time(backends)
        require_time(self.node.path, backend.request_seconds, gateway.proxy_timeouts)
        objects = [
            self._route(gateway, hosts, paths, backends),
            self._client_settings(config),
            self._policy("ProxySettingsPolicy", {"timeout": _timeouts(backend.request_seconds)}),
        ]
        if config.rate_limit is not None:
            objects.append(self._policy("RateLimitPolicy", {"rateLimit": _rate_limit(config.rate_limit)}))
        CustomObjects(
            self,
            "Default",
            namespace=self._namespace,
            depends_on=[gateway.release.resource],
            objects=objects,
        )

    def _require_paths(self, paths: Sequence[str]) -> None:
        wrong = [path for path in paths if not path.startswith("/")]
        if wrong or not paths:
            raise ConstructError(
                self.node.path,
                f"paths of a route must begin with a slash, got {wrong or 'none'}",
                fix='Use paths=("/",) for all requests.',
            )

    def _require_one_namespace(self, backends: Sequence[tuple[Backend, int]]) -> None:
        namespaces = {each.namespace.literal_name for each, _ in backends}
        if len(namespaces) > 1:
            raise ConstructError(
                self.node.path,
                f"the services of a route must be in one namespace, got {', '.join(sorted(namespaces))}",
                fix="Create the canary in the namespace of the other service.",
            )

    def _require_one_time(self, backends: Sequence[tuple[Backend, int]]) -> None:
        seconds = {each.request_seconds for each, _ in backends}
        if len(seconds) > 1:
            raise ConstructError(
                self.node.path,
                f"the services of a route must have the same request_seconds, got {sorted(seconds)}",
                fix="Set request_seconds of the canary's termination to that of the other service.",
            )

    def _route(
        self,
        gateway: GatewayReference,
        hosts: Sequence[str],
        paths: Sequence[str],
        backends: Sequence[tuple[Backend, int]],
    ) -> CustomObject:
        headers: Json = {
            "set": [{"name": name, "value": value} for name, value in nginx.SECURITY_HEADERS.items()],
            "remove": list(nginx.REMOVED_HEADERS),
        }
        return CustomObject(
            api_version=f"{_ROUTES}/v1",
            kind="HTTPRoute",
            name=self._name,
            namespace=self._namespace,
            spec={
                "parentRefs": [
                    {"name": gateway.name, "namespace": gateway.namespace, "sectionName": "https"}
                ],
                "hostnames": list(hosts),
                "rules": [
                    {
                        "matches": [{"path": {"type": "PathPrefix", "value": path}} for path in paths],
                        "filters": [{"type": "ResponseHeaderModifier", "responseHeaderModifier": headers}],
                        "backendRefs": [
                            {"name": each.service_name, "port": each.port, "weight": weight}
                            for each, weight in backends
                        ],
                    }
                ],
            },
        )

    def _client_settings(self, config: RouteConfig) -> CustomObject:
        body = {"maxSize": f"{config.max_body_mib}m"}
        return self._object("ClientSettingsPolicy", {"targetRef": self._target(), "body": body})

    def _policy(self, kind: str, settings: Mapping[str, Json]) -> CustomObject:
        return self._object(kind, {"targetRefs": [self._target()], **settings})

    def _target(self) -> Mapping[str, Json]:
        return {"group": _ROUTES, "kind": "HTTPRoute", "name": self._name}

    def _object(self, kind: str, spec: Mapping[str, Json]) -> CustomObject:
        return CustomObject(
            api_version=_POLICIES, kind=kind, name=self._name, namespace=self._namespace, spec=spec
        )


def _weighted(backend: Backend, canary: Canary | None) -> list[tuple[Backend, int]]:
    if canary is None:
        return [(backend, _ALL)]
    share = canary.config.percent
    return [(backend, _ALL - share), (canary.backend, share)]


def _timeouts(seconds: int) -> Mapping[str, Json]:
    return {"connect": f"{nginx.BACKEND_CONNECT_SECONDS}s", "read": f"{seconds}s", "send": f"{seconds}s"}


def _rate_limit(limit: RateLimit) -> Mapping[str, Json]:
    rule: Json = {
        "key": "$binary_remote_addr",
        "rate": f"{limit.requests_per_second}r/s",
        "burst": limit.burst,
        "noDelay": True,
        "zoneSize": "10m",
    }
    return {"local": {"rules": [rule]}, "rejectCode": 429}
