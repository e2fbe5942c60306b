"""The timeouts from CloudFront to the API fit: of requests, idle connections, and pods that stop."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from services.api.app import make_app
from services.api.health import Draining
from services.api.server import Server, run_server
from services.api.settings import Settings, read_settings

SNAPSHOTS = Path(__file__).parents[1] / "snapshots"
ENVIRONMENTS = ("dev", "staging", "production")


@dataclass(frozen=True)
class Hops:
    """The synthesized resources and objects on the way of a request."""

    origins: list[dict[str, Any]]
    load_balancer: dict[str, Any]
    targets: dict[str, Any]
    objects: dict[str, Any]
    pod: dict[str, Any]
    variables: dict[str, str]


@pytest.fixture(params=ENVIRONMENTS)
def hops(request: pytest.FixtureRequest) -> Hops:
    aws, cluster = resources(request.param), resources(f"{request.param}-platform")
    origins = [
        origin["vpc_origin_config"]
        for distribution in aws["aws_cloudfront_distribution"].values()
        for origin in distribution["origin"]
        if "vpc_origin_config" in origin
    ]
    [load_balancer] = [each for each in aws["aws_lb"].values() if each["load_balancer_type"] == "application"]
    [targets] = [each for each in aws["aws_lb_target_group"].values() if each["protocol"] == "HTTPS"]
    [variables] = [
        each["data"]
        for address, each in cluster["kubernetes_config_map_v1"].items()
        if address.startswith("api_environment")
    ]
    return Hops(
        origins=origins,
        load_balancer=load_balancer,
        targets=targets,
        objects=custom_objects(cluster),
        pod=cluster["kubernetes_deployment_v1"]["api"]["spec"]["template"]["spec"],
        # The API checks the form of this address, which only the AWS stack knows.
        variables={name: value for name, value in variables.items() if name != "RECEIPTS_QUEUE_URL"},
    )


def resources(stack: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SNAPSHOTS / f"{stack}.json").read_text())["resource"]
    return found


def custom_objects(cluster: dict[str, Any]) -> dict[str, Any]:
    objects = [
        each
        for release in cluster["helm_release"].values()
        for values in release.get("values", [])
        for each in json.loads(values).get("objects", [])
    ]
    return {f"{each['kind']}/{each['metadata']['name']}": each["spec"] for each in objects}


def seconds(text: str) -> int:
    return int(text.removesuffix("s"))


def test_each_proxy_waits_longer_than_the_next_one(hops: Hops) -> None:
    timeout = hops.objects["ProxySettingsPolicy/api"]["timeout"]
    nginx = seconds(timeout["connect"]) + seconds(timeout["read"])
    assert timeout["send"] == timeout["read"]
    assert hops.origins
    for origin in hops.origins:
        assert nginx <= origin["origin_read_timeout"] <= hops.load_balancer["idle_timeout"]


def test_a_pod_of_the_api_has_the_time_of_a_request_to_stop(hops: Hops) -> None:
    request = seconds(hops.objects["ProxySettingsPolicy/api"]["timeout"]["read"])
    [container] = hops.pod["container"]
    [pre_stop] = container["lifecycle"]["pre_stop"]
    wait = int(pre_stop["exec"]["command"][-1])
    assert read_settings(hops.variables).service.shutdown_seconds == request
    assert wait + request < hops.pod["termination_grace_period_seconds"]


def test_an_nginx_pod_has_the_time_of_a_request_to_stop(hops: Hops) -> None:
    timeout = hops.objects["ProxySettingsPolicy/api"]["timeout"]
    deployment = hops.objects["NginxProxy/gateway"]["kubernetes"]["deployment"]
    [_, _, command] = deployment["container"]["lifecycle"]["preStop"]["exec"]["command"]
    wait, delay = int(command.split()[1].removesuffix(";")), int(hops.targets["deregistration_delay"])
    assert seconds(timeout["connect"]) + seconds(timeout["read"]) <= delay
    assert wait + delay < deployment["pod"]["terminationGracePeriodSeconds"]


def test_each_hop_keeps_idle_connections_longer_than_the_hop_before_it(
    hops: Hops, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = hops.objects["ClientSettingsPolicy/gateway"]["keepAlive"]["timeout"]["server"]
    for origin in hops.origins:
        assert origin["origin_keepalive_timeout"] < hops.load_balancer["idle_timeout"] < seconds(client)
    upstream = hops.objects["UpstreamSettingsPolicy/api"]["keepAlive"]["timeout"]
    assert seconds(upstream) < api_keep_alive(read_settings(hops.variables), monkeypatch)


def api_keep_alive(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return the seconds for which the API keeps idle connections."""
    servers: list[Server] = []

    def record(server: Server) -> None:
        servers.append(server)

    monkeypatch.setattr(Server, "run", record)
    draining = Draining()
    run_server(make_app(settings, draining), draining, settings.service)
    [server] = servers
    assert server.config.timeout_graceful_shutdown == settings.service.shutdown_seconds
    return server.config.timeout_keep_alive
