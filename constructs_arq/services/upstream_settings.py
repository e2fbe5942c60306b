"""Settings of nginx's connections to a service."""

from collections.abc import Sequence

from cdktf import ITerraformDependable

from constructs_arq.kubernetes.custom_objects import CustomObject, CustomObjects
from constructs_arq.services import nginx_settings as nginx
from constructs_arq.services.backend import Backend


def set_upstream(backend: Backend, *, depends_on: Sequence[ITerraformDependable]) -> None:
    """Set how nginx keeps idle connections to a service, also if several routes send requests to it.

    NGINX Gateway Fabric accepts one such policy of a service, for all gateways.
    https://github.com/nginx/nginx-gateway-fabric/blob/v2.6.7/internal/controller/nginx/config/policies/upstreamsettings/validator.go
    """
    name = backend.connections.logical_name
    scope, key = backend.namespace, f"upstream-{name}"
    if scope.node.try_find_child(key):
        return
    policy = CustomObject(
        api_version="gateway.nginx.org/v1alpha1",
        kind="UpstreamSettingsPolicy",
        name=name,
        namespace=backend.namespace.name,
        spec={
            "targetRefs": [{"group": "core", "kind": "Service", "name": backend.service_name}],
            "keepAlive": {
                "connections": nginx.BACKEND_KEEPALIVE_CONNECTIONS,
                "timeout": f"{nginx.BACKEND_KEEPALIVE_SECONDS}s",
            },
        },
    )
    CustomObjects(scope, key, namespace=backend.namespace.name, depends_on=depends_on, objects=[policy])
