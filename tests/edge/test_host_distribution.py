"""Hosts that only the cluster serves: names, certificates, the shared origin and firewall."""

import pytest

from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.edge.distribution import Distribution, DistributionConfig
from constructs_arq.edge.host_distribution import HostDistribution
from constructs_arq.storage.bucket import LogBucket
from tests.edge.edge_builders import CONFIG, ZONE, FakeLoadBalancer
from tests.support import Resource, Synthesized, synthesize

HOSTS = ("partners.arq.example", "docs.arq.example")
ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"


def build(
    stack: Stack,
    *,
    hosts: tuple[str, ...] = HOSTS,
    config: DistributionConfig = CONFIG,
    with_api: bool = True,
) -> HostDistribution:
    logs = LogBucket(stack, "logs", retention_days=365)
    load_balancer = FakeLoadBalancer(stack, "api")
    site = Distribution(
        stack,
        "cdn",
        zone=ZONE,
        access_logs=logs,
        api_origin=load_balancer if with_api else None,
        config=config,
    )
    return HostDistribution(
        stack,
        "hosts",
        zone=ZONE,
        site=site,
        load_balancer=load_balancer,
        access_logs=logs,
        hosts=hosts,
        config=config,
    )


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize(build)


@pytest.fixture(scope="module")
def distribution(synthesized: Synthesized) -> Resource:
    return synthesized.one("aws_cloudfront_distribution", "hosts/Default")


def test_all_requests_of_the_hosts_reach_the_load_balancer_with_their_host(distribution: Resource) -> None:
    assert distribution["aliases"] == list(HOSTS)
    behavior = distribution["default_cache_behavior"]
    assert behavior["target_origin_id"] == "api"
    assert behavior["origin_request_policy_id"] == ALL_VIEWER
    assert {"POST", "PUT", "PATCH", "DELETE"} <= set(behavior["allowed_methods"])
    assert behavior["viewer_protocol_policy"] == "redirect-to-https"
    assert "ordered_cache_behavior" not in distribution
    # CloudFront would ask the cluster for /index.html instead of /.
    assert "default_root_object" not in distribution


def test_both_distributions_share_the_origin_and_the_web_acl(
    distribution: Resource, synthesized: Synthesized
) -> None:
    """A second VPC origin would add the same rule to the security group of the load balancer again."""
    site = synthesized.one("aws_cloudfront_distribution", "cdn/Default")
    [of_site] = [each for each in site["origin"] if each["origin_id"] == "api"]
    assert distribution["origin"] == [of_site]
    assert len(synthesized.of_type("aws_cloudfront_vpc_origin")) == 1
    assert distribution["web_acl_id"] == site["web_acl_id"]


def test_viewers_and_the_load_balancer_get_certificates_with_all_hosts(
    distribution: Resource, synthesized: Synthesized
) -> None:
    for path in ("hosts/certificate/Default", "hosts/origin-certificate/Default"):
        certificate = synthesized.one("aws_acm_certificate", path)
        names = {certificate["domain_name"], *certificate["subject_alternative_names"]}
        assert names == set(distribution["aliases"])
    assert "provider" in synthesized.one("aws_acm_certificate", "hosts/certificate/Default")
    [attached] = distribution["depends_on"]
    assert attached.startswith("aws_lb_listener_certificate.hosts_origin-certificate_listener")


def test_terraform_makes_no_records_of_the_hosts(synthesized: Synthesized) -> None:
    """ExternalDNS makes them. It changes no records of others, so it would refuse those of Terraform."""
    records = {path for path in synthesized.of_type("aws_route53_record") if path.startswith("hosts/")}
    assert records == {
        "hosts/certificate/validation-partners-arq-example",
        "hosts/certificate/validation-docs-arq-example",
    }


def test_viewers_get_security_headers_and_applications_their_own_policy(synthesized: Synthesized) -> None:
    headers = synthesized.one("aws_cloudfront_response_headers_policy", "hosts/headers/Default")
    security = headers["security_headers_config"]
    assert security["strict_transport_security"]["access_control_max_age_sec"] >= 31_536_000
    assert "content_security_policy" not in security


def test_errors_are_not_cached_and_requests_are_logged(
    distribution: Resource, synthesized: Synthesized
) -> None:
    assert {each["error_caching_min_ttl"] for each in distribution["custom_error_response"]} == {0}
    source = synthesized.one("aws_cloudwatch_log_delivery_source", "hosts/access-logs/source")
    assert source["resource_arn"] == "${aws_cloudfront_distribution.hosts.arn}"


def test_countries_are_blocked_as_for_the_site() -> None:
    config = DistributionConfig(domain="app.arq.example", blocked_countries=("KP",))
    made = synthesize(lambda stack: build(stack, config=config))
    blocked = made.one("aws_cloudfront_distribution", "hosts/Default")["restrictions"]["geo_restriction"]
    assert blocked == {"restriction_type": "blacklist", "locations": ["KP"]}


def test_alarms_name_the_first_host() -> None:
    created: list[HostDistribution] = []
    synthesize(lambda stack: created.append(build(stack)))
    assert {alarm.name for alarm in created[0].alarms} == {"errors", "refused-requests", "slow-origin"}
    assert "partners.arq.example" in created[0].alarms[0].summary


@pytest.mark.parametrize(
    ("hosts", "with_api", "message"),
    [
        ((), True, "has no hosts"),
        (HOSTS, False, "has no VPC origin"),
        (("docs.other.example",), True, "must be in the zone arq.example"),
    ],
    ids=["hosts", "origin", "zone"],
)
def test_hosts_need_an_origin_and_the_zone(hosts: tuple[str, ...], with_api: bool, message: str) -> None:
    with pytest.raises(ConstructError, match=message):
        synthesize(lambda stack: build(stack, hosts=hosts, with_api=with_api))
