"""The custom resources of a gateway: its listener and settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from constructs_arq.kubernetes.custom_objects import CustomObject, Json
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.services import nginx_settings as nginx

_SNIPPETS = "\n".join(f"{name} {value};" for name, value in nginx.COMPRESSION.items())


@dataclass(frozen=True, kw_only=True)
class GatewayObjects:
    """Makes objects with the gateway's name in its namespace."""

    name: str
    namespace: str

    def gateway(
        self, gateway_class: str, route_namespaces: Sequence[Namespace], annotations: Mapping[str, str]
    ) -> CustomObject:
        """Return the gateway, which accepts routes of `route_namespaces`."""
        accepted: Json = {
            "key": "kubernetes.io/metadata.name",
            "operator": "In",
            "values": [each.name for each in route_namespaces],
        }
        return self._object(
            "gateway.networking.k8s.io/v1",
            "Gateway",
            {
                "gatewayClassName": gateway_class,
                "infrastructure": {
                    "parametersRef": {"group": "gateway.nginx.org", "kind": "NginxProxy", "name": self.name}
                },
                "listeners": [
                    {
                        "name": "https",
                        "port": nginx.LISTENER_PORT,
                        "protocol": "HTTPS",
                        "tls": {
                            "mode": "Terminate",
                            "certificateRefs": [{"kind": "Secret", "name": f"{self.name}-tls"}],
                        },
                        "allowedRoutes": {
                            "namespaces": {"from": "Selector", "selector": {"matchExpressions": [accepted]}}
                        },
                    }
                ],
            },
            annotations,
        )

    def client_settings(self) -> CustomObject:
        """Return the timeouts of connections from the load balancer."""
        return self._object(
            "gateway.nginx.org/v1alpha1",
            "ClientSettingsPolicy",
            {
                "targetRef": self._reference(),
                "body": {"timeout": f"{nginx.CLIENT_BODY_SECONDS}s"},
                "keepAlive": {
                    "timeout": {"server": f"{nginx.CLIENT_KEEPALIVE_SECONDS}s"},
                    "minTimeout": f"{nginx.CLIENT_MIN_KEEPALIVE_SECONDS}s",
                },
            },
        )

    def compression(self) -> CustomObject:
        """Return the compression of responses."""
        return self._object(
            "gateway.nginx.org/v1alpha1",
            "SnippetsPolicy",
            {
                "targetRefs": [self._reference()],
                "snippets": [{"context": "http", "value": _SNIPPETS}],
            },
        )

    def proxy(self, spec: Mapping[str, Json]) -> CustomObject:
        """Return the settings of the nginx pods."""
        return self._object("gateway.nginx.org/v1alpha2", "NginxProxy", spec)

    def _reference(self) -> Mapping[str, Json]:
        return {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": self.name}

    def _object(
        self,
        api_version: str,
        kind: str,
        spec: Mapping[str, Json],
        annotations: Mapping[str, str] = MappingProxyType({}),
    ) -> CustomObject:
        return CustomObject(
            api_version=api_version,
            kind=kind,
            name=self.name,
            namespace=self.namespace,
            spec=spec,
            annotations=annotations,
        )
