"""TLS to the application, balancing over pods, headers and mirrors."""

import re
from typing import Final

from arqctl.core.json_access import Body
from arqctl.ingress.draft import Draft
from arqctl.ingress.ingress import ConfigMap
from arqctl.ingress.values import parse_host, parse_plain

_HASH_KEY: Final = re.compile(r"\$[a-z_]+")
_MIRROR: Final = re.compile(
    r"http://(?P<name>[a-z0-9-]+)\.(?P<namespace>[a-z0-9-]+)\.svc(\.cluster\.local)?(:(?P<port>\d{1,5}))?"
    r"(\$request_uri)?"
)
# nginx or NGINX Gateway Fabric sets these response headers.
_FORBIDDEN_HEADERS: Final = re.compile(
    r"(?i)server|date|x-pad|content-type|content-length|connection|host|upgrade|x-accel.*"
)
_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,256}")


def translate_backends(draft: Draft) -> None:
    """Add what concerns the requests to the application to the draft."""
    _translate_tls(draft)
    _translate_balancing(draft)
    _translate_headers(draft)
    _translate_mirror(draft)


def _translate_tls(draft: Draft) -> None:
    """Add a BackendTLSPolicy: https://gateway-api.sigs.k8s.io/api-types/backendtlspolicy/."""
    if (draft.value("backend-protocol") or "").upper() != "HTTPS":
        if (draft.value("backend-protocol") or "HTTP").upper() == "HTTP":
            for name in [each for each in draft.annotations if each.startswith("proxy-ssl-")]:
                draft.skip(name, "Has no effect without the backend protocol HTTPS")
        return
    secret_namespace, _, secret = (draft.value("proxy-ssl-secret") or "").rpartition("/")
    if secret_namespace not in {"", draft.ingress.metadata.namespace}:
        draft.miss("proxy-ssl-secret")
    ca: Body = {"caCertificateRefs": [{"group": "", "kind": "Secret", "name": secret}]}
    draft.backend_tls = ca if secret else {"wellKnownCACertificates": "System"}
    draft.change(
        "proxy-ssl-secret", "The gateway sends no client certificate; it trusts ca.crt of the secret"
    )
    if hostname := draft.read("proxy-ssl-name", parse_host):
        draft.backend_tls["hostname"] = hostname
        draft.migrate("proxy-ssl-name")
    if draft.annotations.get("proxy-ssl-verify") == "on":
        draft.migrate("backend-protocol", "proxy-ssl-verify")
    else:
        note = (
            "The gateway verifies the certificate, and ingress-nginx does not. Check its names and its issuer"
        )
        draft.change("backend-protocol", note)
        draft.change("proxy-ssl-verify", note)
    if draft.annotations.get("proxy-ssl-server-name") == "on":
        draft.migrate("proxy-ssl-server-name")
    else:
        draft.change("proxy-ssl-server-name", "The gateway always sends the server name")


def _translate_balancing(draft: Draft) -> None:
    """Add an UpstreamSettingsPolicy. `upstream-hash-by` comes before `load-balance`."""
    key = draft.value("upstream-hash-by")
    if key and _HASH_KEY.fullmatch(key):
        draft.upstream = {"loadBalancingMethod": "hash consistent", "hashMethodKey": key}
        draft.migrate("upstream-hash-by")
    if key:
        draft.skip("load-balance", "Has no effect beside upstream-hash-by")
    elif draft.value("load-balance") == "round_robin":
        draft.upstream = {"loadBalancingMethod": "round_robin"}
        draft.migrate("load-balance")


def _translate_headers(draft: Draft) -> None:
    if host := draft.read("upstream-vhost", parse_host):
        draft.hostname = host
        draft.migrate("upstream-vhost")
    if draft.annotations.get("rewrite-target") is None:
        draft.skip("x-forwarded-prefix", "Has no effect without rewrite-target")
    elif prefix := draft.read("x-forwarded-prefix", parse_plain):
        headers: Body = {"set": [{"name": "X-Forwarded-Prefix", "value": prefix}]}
        draft.filters.append({"type": "RequestHeaderModifier", "requestHeaderModifier": headers})
        draft.migrate("x-forwarded-prefix")
    config_map = draft.config_maps.get(draft.value("custom-headers") or "")
    if config_map:
        _set_response_headers(draft, config_map)


def _set_response_headers(draft: Draft, config_map: ConfigMap) -> None:
    invalid = [
        name
        for name, value in sorted(config_map.data.items())
        if not _HEADER_NAME.fullmatch(name)
        or _FORBIDDEN_HEADERS.fullmatch(name)
        or re.search(r"[$\"\\\r\n]", value)
    ]
    if invalid:
        note = f"A filter can't set {', '.join(invalid)}. Set them in the application, and remove them here"
        draft.reject("custom-headers", note)
        return
    headers: Body = {
        "set": [{"name": name, "value": value} for name, value in sorted(config_map.data.items())]
    }
    draft.filters.append({"type": "ResponseHeaderModifier", "responseHeaderModifier": headers})
    draft.migrate("custom-headers")


def _translate_mirror(draft: Draft) -> None:
    found = _MIRROR.fullmatch(draft.value("mirror-target") or "")
    if found and found["namespace"] == draft.ingress.metadata.namespace:
        backend: Body = {"name": found["name"], "port": int(found["port"] or 80)}
        draft.filters.append({"type": "RequestMirror", "requestMirror": {"backendRef": backend}})
        draft.migrate("mirror-target")
