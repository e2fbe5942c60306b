"""Each host of the committed environments from DNS over CloudFront and the load balancer to its route."""

import json
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from cdktf import App

from constructs_arq.core.errors import ConfigError, ConstructError
from environments.dev import DEV
from environments.environment import Environment
from environments.platform import platform
from environments.production import PRODUCTION
from environments.services import services
from environments.staging import STAGING

SNAPSHOTS = Path("tests/snapshots")
ENVIRONMENTS = pytest.mark.parametrize(
    "environment", [DEV, STAGING, PRODUCTION], ids=lambda each: str(each.name)
)
Resource = dict[str, Any]


def resources(environment: Environment, suffix: str, type_: str) -> dict[str, Resource]:
    stack = json.loads((SNAPSHOTS / f"{environment.name}{suffix}.json").read_text())
    return dict(stack["resource"].get(type_, {}))


def objects(environment: Environment, kind: str) -> list[Resource]:
    """Return the custom objects of a kind."""
    values = [
        json.loads(each["values"][0]) for each in resources(environment, "-platform", "helm_release").values()
    ]
    found = [each for each in values for each in each.get("objects", ())]
    return [each for each in found if each["kind"] == kind]


def aliases(environment: Environment) -> dict[str, str]:
    """Return the distribution of each public name."""
    found = resources(environment, "", "aws_cloudfront_distribution")
    return {alias: name for name, each in found.items() for alias in each["aliases"]}


def external_dns(environment: Environment) -> Resource:
    found = resources(environment, "-platform", "helm_release").values()
    [values] = [json.loads(each["values"][0]) for each in found if each["name"] == "external-dns"]
    return dict(values)


@ENVIRONMENTS
def test_each_host_of_a_route_is_a_name_of_a_distribution(environment: Environment) -> None:
    hosts = {host for route in objects(environment, "HTTPRoute") for host in route["spec"]["hostnames"]}
    assert hosts == {environment.site.domain, *environment.hosts}
    assert hosts == set(aliases(environment))


@ENVIRONMENTS
def test_cloudfront_sends_the_host_and_the_load_balancer_has_its_certificate(
    environment: Environment,
) -> None:
    found = resources(environment, "", "aws_cloudfront_distribution")
    behaviors = [
        behavior
        for each in found.values()
        for behavior in [each["default_cache_behavior"], *each.get("ordered_cache_behavior", ())]
        if behavior["target_origin_id"] == "api"
    ]
    policies = {each["origin_request_policy_id"] for each in behaviors}
    assert policies == {"216adef6-5c7f-47e4-b989-5492eafa07d3"}
    certificates = resources(environment, "", "aws_acm_certificate")
    validations = resources(environment, "", "aws_acm_certificate_validation")
    attached = [
        validations[each["certificate_arn"].split(".")[1]]["certificate_arn"].split(".")[1]
        for each in resources(environment, "", "aws_lb_listener_certificate").values()
    ]
    names = {
        name
        for label in attached
        for name in (
            certificates[label]["domain_name"],
            *certificates[label].get("subject_alternative_names", ()),
        )
    }
    assert names == set(aliases(environment))


@ENVIRONMENTS
def test_the_load_balancer_leaves_the_choice_of_host_and_path_to_nginx(environment: Environment) -> None:
    [rule] = resources(environment, "", "aws_lb_listener_rule").values()
    assert rule["condition"] == [{"path_pattern": {"values": ["/*"]}}]


@ENVIRONMENTS
def test_terraform_or_external_dns_makes_the_record_of_a_host_but_not_both(environment: Environment) -> None:
    records = {
        each["name"]
        for each in resources(environment, "", "aws_route53_record").values()
        if each["type"] in {"A", "AAAA"}
    }
    filters = set(external_dns(environment)["domainFilters"])
    assert not records & filters
    receivers = {environment.log_domain} if environment.log_forwarder else set()
    assert records | filters == set(aliases(environment)) | receivers


@ENVIRONMENTS
def test_external_dns_points_hosts_to_the_distribution_that_has_them(environment: Environment) -> None:
    [gateway] = objects(environment, "Gateway")
    target = gateway["metadata"]["annotations"]["external-dns.alpha.kubernetes.io/target"]
    [distribution] = {aliases(environment)[host] for host in environment.hosts}
    stack = json.loads((SNAPSHOTS / f"{environment.name}.json").read_text())
    [output] = [name for name in stack["output"] if name in target]
    assert stack["output"][output]["value"] == f"${{aws_cloudfront_distribution.{distribution}.domain_name}}"


def test_the_route_of_the_api_has_a_path_that_the_site_sends() -> None:
    site = DEV.site.model_copy(update={"api_paths": ("/v2/*",)})
    environment = DEV.model_copy(update={"site": site})
    app = App(outdir=mkdtemp())
    with pytest.raises(
        ConstructError,
        match=r"no requests below /api of app\.dev\.arq\.example .*, only /v2/",
    ):
        services(app, environment, platform(app, environment))


@pytest.mark.parametrize(
    "hosts",
    [("app.dev.arq.example",), ("api.app.dev.arq.example",), ("a.dev.arq.example", "a.dev.arq.example")],
    ids=["site", "origin", "twice"],
)
def test_hosts_are_different_from_each_other_and_from_the_site(hosts: tuple[str, ...]) -> None:
    """Two certificates with one name need the same validation record, and CloudFront takes an alias once."""
    with pytest.raises(ConfigError, match="must be different names"):
        Environment(**{**dict(DEV), "hosts": hosts})
