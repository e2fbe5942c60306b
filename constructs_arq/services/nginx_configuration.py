"""The configuration of one nginx that treats requests as a gateway does.

Local development and tests use it: NGINX Gateway Fabric makes the configuration in a cluster. Both have the
same settings. https://github.com/nginx/nginx-gateway-fabric/tree/v2.6.7/internal/controller/nginx/config
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from constructs_arq.services import nginx_settings as nginx
from constructs_arq.services.gateway_config import RouteConfig
from constructs_arq.services.termination import TerminationConfig

# https://nginx.org/en/docs/http/ngx_http_core_module.html#keepalive_min_timeout
_FIRST_WITH_MIN_KEEPALIVE = (1, 27, 4)


@dataclass(frozen=True, kw_only=True)
class Upstream:
    """A service: its name, and the addresses of its instances as `HOST:PORT`."""

    name: str
    addresses: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class NginxRoute:
    """Requests below a path, the services with their shares in percent, and their longest time."""

    path: str
    upstreams: Sequence[tuple[Upstream, int]]
    config: RouteConfig
    request_seconds: int = TerminationConfig().request_seconds
    response_headers: Mapping[str, str] = field(default_factory=lambda: nginx.SECURITY_HEADERS)


@dataclass(frozen=True, kw_only=True)
class NginxServer:
    """The address of nginx, whose `X-Forwarded-For` it believes, its version, and its folder for files.

    `certificate` is the path of a PEM file with certificate and key. Without it, nginx speaks plain HTTP.
    `request_headers` are headers that a load balancer adds in a cluster.
    """

    listen: str
    trusted_ranges: Sequence[str]
    version: tuple[int, int, int]
    folder: str = "/tmp"  # noqa: S108  # the container of nginx, whose file system is read-only otherwise
    certificate: str | None = None
    readiness_address: str = str(nginx.READINESS_PORT)
    request_headers: Mapping[str, str] = field(default_factory=dict)


def render_nginx(server: NginxServer, routes: Sequence[NginxRoute]) -> str:
    """Return the configuration file."""
    lines = [
        "worker_processes auto;",
        f"pid {server.folder}/nginx.pid;",
        "error_log stderr warn;",
        "events {",
        "    worker_connections 1024;",
        "}",
        "http {",
        *(f"    {line}" for line in _http(server, routes)),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _http(server: NginxServer, routes: Sequence[NginxRoute]) -> Iterator[str]:
    yield "default_type application/octet-stream;"
    yield "server_tokens off;"
    for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"):
        yield f"{kind}_temp_path {server.folder}/{kind};"
    yield from (f"{name} {value};" for name, value in nginx.COMPRESSION.items())
    yield f"log_format json escape=json '{nginx.access_log_format()}';"
    yield "access_log /dev/stdout json;"
    yield f"client_body_timeout {nginx.CLIENT_BODY_SECONDS}s;"
    yield f"keepalive_timeout {nginx.CLIENT_KEEPALIVE_SECONDS}s;"
    if server.version >= _FIRST_WITH_MIN_KEEPALIVE:
        yield f"keepalive_min_timeout {nginx.CLIENT_MIN_KEEPALIVE_SECONDS}s;"
    yield from (f"set_real_ip_from {each};" for each in server.trusted_ranges)
    yield "real_ip_header X-Forwarded-For;"
    yield "real_ip_recursive on;"
    yield "map $http_upgrade $connection_keepalive {"
    yield "    default upgrade;"
    yield "    '' '';"
    yield "}"
    for number, route in enumerate(routes):
        yield from _zone(number, route)
        yield from _split(number, route)
    upstreams = {each.name: each for route in routes for each, _ in route.upstreams}
    for upstream in upstreams.values():
        yield from _upstream(upstream)
    yield from _server(server, routes)
    yield from _readiness_server(server.readiness_address)


def _zone(number: int, route: NginxRoute) -> Iterator[str]:
    limit = route.config.rate_limit
    if limit is not None:
        rate = f"{limit.requests_per_second}r/s"
        yield f"limit_req_zone $binary_remote_addr zone=route{number}:10m rate={rate};"


def _split(number: int, route: NginxRoute) -> Iterator[str]:
    if len(route.upstreams) == 1:
        return
    *canaries, (last, _) = [(each.name, share) for each, share in reversed(route.upstreams)]
    yield f'split_clients "$request_id" $route{number}_upstream {{'
    yield from (f"    {share}% {name};" for name, share in canaries)
    yield f"    * {last};"
    yield "}"


def _upstream(upstream: Upstream) -> Iterator[str]:
    yield f"upstream {upstream.name} {{"
    yield "    random two least_conn;"
    yield f"    zone {upstream.name} 512k;"
    yield from (f"    server {address};" for address in upstream.addresses)
    yield f"    keepalive {nginx.BACKEND_KEEPALIVE_CONNECTIONS};"
    yield f"    keepalive_timeout {nginx.BACKEND_KEEPALIVE_SECONDS}s;"
    yield "}"


def _server(server: NginxServer, routes: Sequence[NginxRoute]) -> Iterator[str]:
    yield "server {"
    if server.certificate is None:
        yield f"    listen {server.listen};"
    else:
        yield f"    listen {server.listen} ssl;"
        yield f"    ssl_certificate {server.certificate};"
        yield f"    ssl_certificate_key {server.certificate};"
    for number, route in enumerate(routes):
        yield f"    location {route.path} {{"
        yield from (f"        {line}" for line in _location(number, route, server.request_headers))
        yield "    }"
    yield "}"


def _location(number: int, route: NginxRoute, request_headers: Mapping[str, str]) -> Iterator[str]:
    config, limit = route.config, route.config.rate_limit
    yield f"client_max_body_size {config.max_body_mib}m;"
    if limit is not None:
        burst = f" burst={limit.burst} nodelay" if limit.burst else ""
        yield f"limit_req zone=route{number}{burst};"
        yield "limit_req_status 429;"
    yield "proxy_http_version 1.1;"
    headers = {
        "Host": "$http_host",
        "X-Forwarded-For": "$proxy_add_x_forwarded_for",
        "X-Forwarded-Proto": "$scheme",
        "X-Real-IP": "$remote_addr",
        "Upgrade": "$http_upgrade",
        "Connection": "$connection_keepalive",
        **request_headers,
    }
    yield from (f'proxy_set_header {name} "{value}";' for name, value in headers.items())
    yield f"proxy_connect_timeout {nginx.BACKEND_CONNECT_SECONDS}s;"
    yield f"proxy_read_timeout {route.request_seconds}s;"
    yield f"proxy_send_timeout {route.request_seconds}s;"
    for name, value in route.response_headers.items():
        yield f"proxy_hide_header {name};"
        yield f'add_header {name} "{value}" always;'
    yield from (f"proxy_hide_header {name};" for name in nginx.REMOVED_HEADERS)
    single = len(route.upstreams) == 1
    yield f"proxy_pass http://{route.upstreams[0][0].name if single else f'$route{number}_upstream'};"


def _readiness_server(address: str) -> Iterator[str]:
    yield "server {"
    yield f"    listen {address};"
    yield f"    location = {nginx.READINESS_PATH} {{"
    yield "        access_log off;"
    yield "        return 200;"
    yield "    }"
    yield "}"
