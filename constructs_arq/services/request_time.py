"""The time of a request, for which the proxies in front of nginx must wait."""

from collections.abc import Sequence
from dataclasses import dataclass

from constructs_arq.core.errors import ConstructError
from constructs_arq.core.protocols import PrivateOrigin
from constructs_arq.edge.distribution import Distribution
from constructs_arq.services import nginx_settings as nginx


@dataclass(frozen=True, kw_only=True)
class ProxyTimeout:
    """The seconds that a proxy in front of nginx waits for a response, and the setting with this value."""

    proxy: str
    seconds: int
    setting: str


def proxy_timeouts(load_balancer: PrivateOrigin, distribution: Distribution | None) -> Sequence[ProxyTimeout]:
    """Return the timeouts of the proxies that a request passes before nginx, as far as they are known.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
    """
    timeouts = []
    if distribution is not None:
        timeouts.append(
            ProxyTimeout(
                proxy="CloudFront",
                seconds=distribution.api_read_timeout_seconds,
                setting="read_timeout_seconds of the distribution's API",
            )
        )
    if load_balancer.idle_timeout_seconds is not None:
        timeouts.append(
            ProxyTimeout(
                proxy="the load balancer",
                seconds=load_balancer.idle_timeout_seconds,
                setting="idle_timeout_seconds of the load balancer",
            )
        )
    return timeouts


def require_time(path: str, request_seconds: int, timeouts: Sequence[ProxyTimeout]) -> None:
    """Refuse a time of requests after which a proxy no longer waits. `path` is the route's.

    Otherwise the proxy answers before nginx, while the service still works on the request, and CloudFront
    sends a GET again.

    Raises:
        ConstructError: with the seconds of both.
    """
    connect = nginx.BACKEND_CONNECT_SECONDS
    needed = request_seconds + connect
    for each in timeouts:
        if needed > each.seconds:
            raise ConstructError(
                path,
                f"a request can take {request_seconds} seconds and its connection {connect} more, "
                f"but {each.proxy} waits {each.seconds} seconds",
                fix=f"Set request_seconds of the service to {each.seconds - connect} or less, "
                f"or {each.setting} to {needed} or more.",
            )
