"""Objects of Gateway API and NGINX Gateway Fabric.

https://gateway-api.sigs.k8s.io/reference/spec/, https://docs.nginx.com/nginx-gateway-fabric/reference/api/
"""

from typing import Final

from arqctl.core.json_access import Body, Json

_GATEWAY_API: Final = "gateway.networking.k8s.io"
_NGINX: Final = "gateway.nginx.org"
_CORE: Final = ""


def http_route(name: str, namespace: str, *, gateway: Body, hosts: list[str], rules: list[Body]) -> Body:
    """Return an HTTPRoute. Without hosts, it accepts all names of its listener."""
    spec: Body = {"parentRefs": [gateway], **({"hostnames": [*hosts]} if hosts else {}), "rules": [*rules]}
    return _object(f"{_GATEWAY_API}/v1", "HTTPRoute", name, namespace, spec)


def client_settings(name: str, namespace: str, route: str, body: Body) -> Body:
    """Return a ClientSettingsPolicy for a route."""
    spec: Body = {"targetRef": _route_ref(route), "body": body}
    return _object(f"{_NGINX}/v1alpha1", "ClientSettingsPolicy", name, namespace, spec)


def proxy_settings(name: str, namespace: str, route: str, *, timeout: Body, buffering: Body) -> Body:
    """Return a ProxySettingsPolicy for a route."""
    spec: Body = {
        "targetRefs": [_route_ref(route)],
        **({"timeout": timeout} if timeout else {}),
        **({"buffering": buffering} if buffering else {}),
    }
    return _object(f"{_NGINX}/v1alpha1", "ProxySettingsPolicy", name, namespace, spec)


def rate_limit(name: str, namespace: str, route: str, rules: list[Body], reject_code: int) -> Body:
    """Return a RateLimitPolicy for a route."""
    limit: Body = {"local": {"rules": [*rules]}, "rejectCode": reject_code}
    spec: Body = {"targetRefs": [_route_ref(route)], "rateLimit": limit}
    return _object(f"{_NGINX}/v1alpha1", "RateLimitPolicy", name, namespace, spec)


def upstream_settings(namespace: str, service: str, settings: Body) -> Body:
    """Return an UpstreamSettingsPolicy for a service."""
    spec: Body = {"targetRefs": [{"group": _CORE, "kind": "Service", "name": service}], **settings}
    return _object(f"{_NGINX}/v1alpha1", "UpstreamSettingsPolicy", service, namespace, spec)


def backend_tls(namespace: str, service: str, validation: Body) -> Body:
    """Return a BackendTLSPolicy for a service. By default, its certificate must name the service."""
    host = ".".join(filter(None, (service, namespace, "svc")))
    spec: Body = {
        "targetRefs": [{"group": _CORE, "kind": "Service", "name": service}],
        "validation": {"hostname": host, **validation},
    }
    return _object(f"{_GATEWAY_API}/v1", "BackendTLSPolicy", service, namespace, spec)


def basic_auth_filter(name: str, namespace: str, basic: Body) -> Body:
    """Return an AuthenticationFilter with users from a secret."""
    return _object(
        f"{_NGINX}/v1alpha1", "AuthenticationFilter", name, namespace, {"type": "Basic", "basic": basic}
    )


def snippets_filter(name: str, namespace: str, snippets: dict[str, list[str]]) -> Body:
    """Return a SnippetsFilter with directives by context."""
    found: list[Json] = [
        {"context": context, "value": "\n".join(texts)} for context, texts in sorted(snippets.items())
    ]
    return _object(f"{_NGINX}/v1alpha1", "SnippetsFilter", name, namespace, {"snippets": found})


def extension_ref(kind: str, name: str) -> Body:
    """Return the filter of a rule that names an AuthenticationFilter or a SnippetsFilter."""
    return {"type": "ExtensionRef", "extensionRef": {"group": _NGINX, "kind": kind, "name": name}}


def _route_ref(route: str) -> Body:
    return {"group": _GATEWAY_API, "kind": "HTTPRoute", "name": route}


def _object(version: str, kind: str, name: str, namespace: str, spec: Body) -> Body:
    metadata: Body = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}
