"""Settings that all nginx gateways share: timeouts, compression, headers and the access log."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from constructs_arq.compute import target_group

LISTENER_PORT = 8443
"""The HTTPS port of nginx pods, which run without root."""
READINESS_PORT = 8081
READINESS_PATH = "/readyz"
"""NGINX Gateway Fabric's own server for probes. It answers while nginx runs."""

# An idle connection must live longer here than in the load balancer. Otherwise the load balancer sends a
# request on a connection that nginx closes, and answers 502.
CLIENT_KEEPALIVE_SECONDS = 75
# A reload keeps idle connections this long, so that a request on its way is still answered.
# https://nginx.org/en/docs/http/ngx_http_core_module.html#keepalive_min_timeout
CLIENT_MIN_KEEPALIVE_SECONDS = 5
CLIENT_BODY_SECONDS = 15
# A service must keep idle connections longer than this: 30 seconds, plus some delay.
BACKEND_KEEPALIVE_SECONDS = 30
BACKEND_KEEPALIVE_CONNECTIONS = 32
BACKEND_CONNECT_SECONDS = 2

# The pod gets no new connections once the load balancer has deregistered it: the controller needs some
# seconds, and the load balancer some more. Then nginx finishes its requests; the load balancer waits as long.
DEREGISTRATION_SECONDS = 30
SHUTDOWN_SECONDS = target_group.DEREGISTRATION_SECONDS
LONGEST_REQUEST_SECONDS = SHUTDOWN_SECONDS - BACKEND_CONNECT_SECONDS
# https://github.com/nginx/nginx-gateway-fabric/blob/v2.6.7/internal/controller/nginx/conf/nginx.conf
_PID_FILE = "/var/run/nginx/nginx.pid"

COMPRESSION: Mapping[str, str] = MappingProxyType(
    {
        "gzip": "on",
        "gzip_comp_level": "5",
        "gzip_min_length": "1024",
        "gzip_proxied": "any",
        "gzip_vary": "on",
        "gzip_types": "application/json application/problem+json text/plain text/css application/javascript "
        "image/svg+xml",
    }
)
"""Directives of https://nginx.org/en/docs/http/ngx_http_gzip_module.html."""

SECURITY_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    }
)
"""Headers of each response. https://owasp.org/www-project-secure-headers/"""
REMOVED_HEADERS = ("Server", "X-Powered-By")

_LOG_FIELDS = {
    "time": "$time_iso8601",
    "request_id": "$request_id",
    # The load balancer's logs have it too, and services can log it.
    "trace": "$http_x_amzn_trace_id",
    "client": "$remote_addr",
    "method": "$request_method",
    "host": "$host",
    # Without the query, which can contain personal data.
    "path": "$uri",
    "status": "$status",
    "bytes": "$body_bytes_sent",
    "seconds": "$request_time",
    "backend": "$upstream_addr",
    "backend_status": "$upstream_status",
    "backend_seconds": "$upstream_response_time",
    "user_agent": "$http_user_agent",
}


def access_log_format() -> str:
    """Return the format of the access log: one JSON object per request. nginx escapes the values."""
    fields = ",".join(f'"{name}":"{variable}"' for name, variable in _LOG_FIELDS.items())
    return f"{{{fields}}}"


def drain_command() -> Sequence[str]:
    """Return the command that Kubernetes runs before it stops an nginx pod.

    On SIGTERM the container stops nginx at once, and requests in progress fail. So the command waits until
    the load balancer sends nothing more, and then until nginx has finished its requests.
    https://github.com/nginx/nginx-gateway-fabric/blob/v2.6.7/build/entrypoint.sh
    """
    wait = f"sleep {DEREGISTRATION_SECONDS}; nginx -s quit; while [ -e {_PID_FILE} ]; do sleep 1; done"
    return ("/bin/sh", "-c", wait)
