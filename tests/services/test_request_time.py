"""The time of a request: its service sets it, its route has it, and proxies in front must wait as long."""

import pytest

from constructs_arq.core.errors import ConstructError
from constructs_arq.services.gateway_config import CanaryConfig
from constructs_arq.services.termination import TerminationConfig
from constructs_arq.services.web_service import WebServiceConfig
from tests.services.gateway_builders import Edge, Outside, gateway, objects
from tests.services.service_builders import WEB, Shop, synthesize_shop
from tests.support import Synthesized


def taking(seconds: int) -> WebServiceConfig:
    return WEB.model_copy(update={"termination": TerminationConfig(request_seconds=seconds)})


def routed(seconds: int, *, idle: int | None = 60, read: int | None = 60) -> Synthesized:
    def build(shop: Shop) -> None:
        made = gateway(
            shop,
            outside=Outside(idle_timeout_seconds=idle),
            edge=None if read is None else Edge(api_read_timeout_seconds=read),
        )
        made.add_route("api", backend=shop.web(config=taking(seconds)), paths=("/api",))

    return synthesize_shop(build)


def test_nginx_waits_as_long_as_the_service_has_to_stop() -> None:
    synthesized = routed(40)
    timeout = objects(synthesized)["ProxySettingsPolicy/api"]["spec"]["timeout"]
    assert timeout == {"connect": "2s", "read": "40s", "send": "40s"}
    pod = synthesized.one("kubernetes_deployment_v1")["spec"]["template"]["spec"]
    assert pod["termination_grace_period_seconds"] == 10 + 40 + 5


def test_cloudfront_waits_longer_than_nginx() -> None:
    routed(40, read=42)
    message = "take 40 seconds and its connection 2 more, but CloudFront waits 41 seconds"
    with pytest.raises(ConstructError, match=message) as error:
        routed(40, read=41)
    assert "39 or less, or read_timeout_seconds of the distribution's API to 42 or more" in str(error.value)


def test_the_load_balancer_waits_longer_than_nginx() -> None:
    routed(40, idle=42)
    message = "take 40 seconds and its connection 2 more, but the load balancer waits 41 seconds"
    with pytest.raises(ConstructError, match=message):
        routed(40, idle=41)


def test_a_load_balancer_of_others_without_a_distribution_is_not_compared() -> None:
    routed(58, idle=None, read=None)


def test_a_canary_has_the_time_of_its_service() -> None:
    def build(shop: Shop) -> None:
        canary = (shop.web("canary", config=taking(20)), CanaryConfig())
        gateway(shop).add_route("api", backend=shop.web(config=taking(30)), canary=canary, paths=("/",))

    with pytest.raises(ConstructError, match=r"the same request_seconds, got \[20, 30\]"):
        synthesize_shop(build)
