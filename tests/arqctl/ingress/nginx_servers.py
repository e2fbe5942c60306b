"""Servers of a real nginx: with the locations of ingress-nginx, and with those of the written routes."""

import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from arqctl.core.json_access import Body, as_list, as_object
from arqctl.ingress.ingress import Ingress
from tests.arqctl.ingress.migrations import PREFIX
from tests.reference_app.nginx_process import main_configuration, running_nginx
from tests.reference_app.ports import free_port

Get = Callable[[str], str]


def ingress_locations(ingresses: Sequence[Ingress]) -> list[str]:
    """Return the locations of ingress-nginx 1.15.1 for one host, as its template writes them.

    https://github.com/kubernetes/ingress-nginx/blob/controller-v1.15.1/internal/ingress/controller/location.go
    """
    found = [
        (path.path, path.path_type, each.metadata.annotations.get(f"{PREFIX}/rewrite-target", ""), each)
        for each in ingresses
        for _, path in each.paths()
    ]
    has_expressions = any(
        (target and target != path) or each.metadata.annotations.get(f"{PREFIX}/use-regex") == "true"
        for path, _, target, each in found
    )
    exact = {path for path, type_, _, _ in found if type_ == "Exact"}
    locations = []
    for path, type_, target, each in sorted(found, key=lambda entry: -len(entry[0])):
        service = each.metadata.name
        rewrite = f'rewrite "(?i){path}" {target} break;' if target and target != path else ""
        if has_expressions:
            locations.append(_location(f'~* "^{path}"', service, rewrite))
        elif type_ == "Exact":
            locations.append(_location(f'= "{path}"', service))
        elif type_ == "Prefix" and path != "/":
            locations.append(_location(f'"{path.removesuffix("/")}/"', service))
            locations += [_location(f'= "{path}"', service)] if path not in exact else []
        else:
            locations.append(_location(f'"{path}"', service))
    return locations


def route_locations(routes: Sequence[Body]) -> list[str]:
    """Return the locations of NGINX Gateway Fabric 2.6.7 for the specifications of routes.

    https://github.com/nginx/nginx-gateway-fabric/blob/v2.6.7/internal/controller/nginx/config/servers.go
    """
    rules = [as_object(rule) for route in routes for rule in as_list(route["rules"])]
    paths = [(as_object(as_object(as_list(rule["matches"])[0])["path"]), rule) for rule in rules]
    exact = {path["value"] for path, _ in paths if path["type"] == "Exact"}
    locations = []
    for path, rule in sorted(paths, key=lambda entry: -len(str(entry[0]["value"]))):
        value, service = str(path["value"]), str(as_object(as_list(rule["backendRefs"])[0])["name"])
        rewrite = _rewrite(rule, value)
        if path["type"] == "RegularExpression":
            locations.append(_location(f"~ ^{value}", service, rewrite))
        elif path["type"] == "Exact":
            locations.append(_location(f"= {value}", service, rewrite))
        elif value.endswith("/"):
            locations.append(_location(value, service, rewrite))
        else:
            locations.append(_location(f"{value}/", service, rewrite))
            locations += [_location(f"= {value}", service, rewrite)] if value not in exact else []
    return locations


def _rewrite(rule: Body, prefix: str) -> str:
    for each in map(as_object, as_list(rule.get("filters"))):
        path = as_object(as_object(each.get("urlRewrite")).get("path"))
        if path.get("type") == "ReplaceFullPath":
            return f"rewrite ^ {path['replaceFullPath']} break;"
        if path:
            target = str(path["replacePrefixMatch"])
            is_divided = target.endswith("/") and not prefix.endswith("/")
            rest = "(?:/([^?]*))?" if is_divided else "([^?]*)?"
            return f"rewrite ^{prefix}{rest} {target}$1?$args? break;"
    return ""


def _location(match: str, service: str, rewrite: str = "") -> str:
    return f"location {match} {{ {rewrite} proxy_set_header X-Service {service}; proxy_pass http://echo; }}"


@contextmanager
def running_servers(*servers: Sequence[str]) -> Iterator[list[Get]]:
    """Start nginx with a server for each list of locations. Yield functions that return service and path."""
    echo, *ports = [free_port() for _ in range(len(servers) + 1)]
    lines = [
        "access_log off; default_type text/plain; absolute_redirect off;",
        f"upstream echo {{ server 127.0.0.1:{echo}; }}",
        f"server {{ listen 127.0.0.1:{echo}; location / {{ return 200 '$http_x_service $request_uri'; }} }}",
    ]
    for port, locations in zip(ports, servers, strict=True):
        lines += [f"server {{ listen 127.0.0.1:{port};", *locations, "}"]

    def configure(folder: Path) -> str:
        return main_configuration(folder, "\n".join(lines))

    with running_nginx(configure, port=ports[-1]):
        yield [_getter(port) for port in ports]


def _getter(port: int) -> Get:
    opener = urllib.request.build_opener(_NoRedirect)

    def get(path: str) -> str:
        try:
            with opener.open(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
                return str(response.read().decode())
        except urllib.error.HTTPError as error:
            return str(error.code)

    return get


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: object) -> None:
        return None
