from typing import Any

import pytest
from constructs import Construct

from constructs_arq.core.alarm import Comparison
from constructs_arq.core.errors import ConfigError, ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.edge.api_origin import ApiOriginConfig
from constructs_arq.edge.content_security_policy import ContentSecurityPolicy
from constructs_arq.edge.distribution import Distribution, DistributionConfig
from constructs_arq.edge.web_acl_config import WebAclConfig
from constructs_arq.security.role import Role, Trust
from tests.edge.edge_builders import make_api_origin, make_distribution
from tests.support import STACK, Resource, Synthesized, statements, synthesize


def build(stack: Stack) -> None:
    publisher = Role(stack, "publisher", description="Publishes", trust=Trust.service("ec2.amazonaws.com"))
    make_distribution(stack).grant_publish(publisher)


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize(build)


@pytest.fixture(scope="module")
def distribution(synthesized: Synthesized) -> Resource:
    return synthesized.one("aws_cloudfront_distribution")


@pytest.fixture(scope="module")
def behaviors(distribution: Resource) -> dict[str, Resource]:
    ordered = {behavior["path_pattern"]: behavior for behavior in distribution["ordered_cache_behavior"]}
    return {**ordered, "*": distribution["default_cache_behavior"]}


def configured_distribution(**values: Any) -> Resource:
    config = DistributionConfig(domain="app.arq.example", **values)
    return synthesize(lambda stack: make_distribution(stack, config=config)).one(
        "aws_cloudfront_distribution"
    )


class TestViewers:
    def test_modern_tls_and_protocols(self, distribution: Resource) -> None:
        assert distribution["viewer_certificate"]["minimum_protocol_version"] == "TLSv1.2_2025"
        assert distribution["viewer_certificate"]["ssl_support_method"] == "sni-only"
        assert distribution["http_version"] == "http2and3"
        assert distribution["is_ipv6_enabled"] is True

    def test_the_certificate_is_validated_first(self, distribution: Resource) -> None:
        certificate = distribution["viewer_certificate"]["acm_certificate_arn"]
        assert certificate.startswith("${aws_acm_certificate_validation.cdn_certificate_")

    def test_https_is_required(self, behaviors: dict[str, Resource]) -> None:
        assert behaviors["*"]["viewer_protocol_policy"] == "redirect-to-https"
        assert behaviors["/assets/*"]["viewer_protocol_policy"] == "redirect-to-https"
        # A redirect would come after the client has sent credentials.
        assert behaviors["/api/*"]["viewer_protocol_policy"] == "https-only"

    def test_every_behavior_has_security_headers(
        self, synthesized: Synthesized, behaviors: dict[str, Resource]
    ) -> None:
        policies = synthesized.of_type("aws_cloudfront_response_headers_policy")
        assert set(policies) == {
            "cdn/page-headers/Default",
            "cdn/asset-headers/Default",
            "cdn/api-headers/Default",
        }
        used = {behavior["response_headers_policy_id"] for behavior in behaviors.values()}
        assert len(used) == 3

    def test_the_domain_has_ipv4_and_ipv6_records(
        self, distribution: Resource, synthesized: Synthesized
    ) -> None:
        assert distribution["aliases"] == ["app.arq.example"]
        for path, kind in (("cdn/ipv4", "A"), ("cdn/ipv6", "AAAA")):
            record = synthesized.one("aws_route53_record", path)
            assert (record["name"], record["type"]) == ("app.arq.example", kind)
            assert record["alias"]["name"] == "${aws_cloudfront_distribution.cdn.domain_name}"
            assert record["alias"]["zone_id"] == "${aws_cloudfront_distribution.cdn.hosted_zone_id}"

    def test_the_distribution_uses_the_web_acl(self, distribution: Resource) -> None:
        assert distribution["web_acl_id"].startswith("${aws_wafv2_web_acl.cdn_firewall_")


class TestCaching:
    def ttl(self, synthesized: Synthesized, name: str) -> int:
        policy = synthesized.one("aws_cloudfront_cache_policy", f"cdn/{name}/Default")
        assert policy["min_ttl"] == policy["default_ttl"] == policy["max_ttl"]
        return int(policy["max_ttl"])

    def cache_control(self, synthesized: Synthesized, name: str) -> str:
        headers = synthesized.one("aws_cloudfront_response_headers_policy", f"cdn/{name}/Default")
        return str(headers["custom_headers_config"]["items"][0]["value"])

    def test_assets_are_cached_for_a_year_but_no_errors(
        self, synthesized: Synthesized, behaviors: dict[str, Resource]
    ) -> None:
        assert self.ttl(synthesized, "asset-caching") == 31_536_000
        # The headers policy applies to errors too. Only the function, which runs on success, replaces it.
        assert self.cache_control(synthesized, "asset-headers") == "no-cache"
        headers = synthesized.one("aws_cloudfront_response_headers_policy", "cdn/asset-headers/Default")
        assert headers["custom_headers_config"]["items"][0]["override"] is False
        (association,) = behaviors["/assets/*"]["function_association"]
        assert association["event_type"] == "viewer-response"
        assert association["function_arn"].startswith("${aws_cloudfront_function.cdn_asset-caching-header_")

    def test_pages_are_cached_for_a_minute_and_revalidated(self, synthesized: Synthesized) -> None:
        assert self.ttl(synthesized, "page-caching") <= 60
        assert self.cache_control(synthesized, "page-headers") == "no-cache"

    def test_cookies_headers_and_queries_are_not_forwarded_to_the_bucket(
        self, synthesized: Synthesized
    ) -> None:
        for policy in synthesized.of_type("aws_cloudfront_cache_policy").values():
            sent = policy["parameters_in_cache_key_and_forwarded_to_origin"]
            assert sent["cookies_config"] == {"cookie_behavior": "none"}
            assert sent["headers_config"] == {"header_behavior": "none"}
            assert sent["query_strings_config"] == {"query_string_behavior": "none"}

    def test_the_api_is_not_cached_and_gets_all_viewer_headers(self, behaviors: dict[str, Resource]) -> None:
        api = behaviors["/api/*"]
        assert api["cache_policy_id"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
        # AllViewer. With AllViewerExceptHostHeader, nginx would get the origin's domain for every host.
        assert api["origin_request_policy_id"] == "216adef6-5c7f-47e4-b989-5492eafa07d3"
        assert {"POST", "PUT", "PATCH", "DELETE"} <= set(api["allowed_methods"])

    def test_the_site_is_read_only(self, behaviors: dict[str, Resource]) -> None:
        for path in ("*", "/assets/*"):
            assert set(behaviors[path]["allowed_methods"]) == {"GET", "HEAD", "OPTIONS"}

    def test_errors_are_not_cached_or_replaced_by_pages(self, distribution: Resource) -> None:
        errors = {error["error_code"]: error for error in distribution["custom_error_response"]}
        assert {403, 404, 500, 502, 503, 504} <= set(errors)
        for error in errors.values():
            assert error["error_caching_min_ttl"] == 0
            assert "response_page_path" not in error
            assert "response_code" not in error

    def test_only_the_page_behavior_rewrites_routes(self, behaviors: dict[str, Resource]) -> None:
        (association,) = behaviors["*"]["function_association"]
        assert association["event_type"] == "viewer-request"
        assert "function_association" not in behaviors["/api/*"]
        assert {each["event_type"] for each in behaviors["/assets/*"]["function_association"]} == {
            "viewer-response"
        }


class TestSite:
    def origins(self, distribution: Resource) -> dict[str, Resource]:
        return {origin["origin_id"]: origin for origin in distribution["origin"]}

    def test_cloudfront_signs_requests_to_both_buckets(
        self, distribution: Resource, synthesized: Synthesized
    ) -> None:
        control = synthesized.one("aws_cloudfront_origin_access_control")
        assert control["signing_behavior"] == "always"
        assert control["origin_access_control_origin_type"] == "s3"
        for origin in ("site", "site-standby"):
            assert self.origins(distribution)[origin]["origin_access_control_id"].startswith(
                "${aws_cloudfront_origin_access_control."
            )

    @pytest.mark.parametrize("bucket", ["bucket", "standby"])
    def test_only_this_distribution_may_read_a_bucket(self, synthesized: Synthesized, bucket: str) -> None:
        policy = statements(synthesized.one("aws_s3_bucket_policy", f"cdn/site/{bucket}/policy")["policy"])
        for sid, action in (
            ("CloudFrontGetObject", "s3:GetObject"),
            ("CloudFrontListBucket", "s3:ListBucket"),
        ):
            assert policy[sid]["Action"] == [action]
            assert policy[sid]["Principal"] == {"Service": "cloudfront.amazonaws.com"}
            assert policy[sid]["Condition"] == {
                "StringEquals": {"aws:SourceArn": "${aws_cloudfront_distribution.cdn.arn}"}
            }
        assert policy["OnlyTls"]["Effect"] == "Deny"

    @pytest.mark.parametrize("key", ["key", "standby-key"])
    def test_key_policies_allow_distributions_of_the_account_without_a_reference(
        self, synthesized: Synthesized, key: str
    ) -> None:
        resource = synthesized.one("aws_kms_key", f"cdn/site/{key}/Default")
        assert statements(resource["policy"])["CloudfrontReads"]["Condition"] == {
            "ArnLike": {"aws:SourceArn": "arn:aws:cloudfront::111122223333:distribution/*"}
        }
        assert "aws_cloudfront_distribution" not in resource["policy"]

    def test_failover_to_the_replica_in_another_region(
        self, distribution: Resource, synthesized: Synthesized
    ) -> None:
        (group,) = distribution["origin_group"]
        assert [member["origin_id"] for member in group["member"]] == ["site", "site-standby"]
        assert set(group["failover_criteria"]["status_codes"]) == {500, 502, 503, 504}
        assert distribution["default_cache_behavior"]["target_origin_id"] == group["origin_id"]
        standby = synthesized.one("aws_s3_bucket", "cdn/site/standby/Default")
        assert standby["provider"] == "aws.eu-central-1"
        assert (
            synthesized.one("aws_kms_key", "cdn/site/standby-key/Default")["provider"] == "aws.eu-central-1"
        )

    def test_failover_takes_at_most_six_seconds(self, distribution: Resource) -> None:
        site = self.origins(distribution)["site"]
        assert site["connection_attempts"] * site["connection_timeout"] <= 10

    def test_replication_includes_encrypted_objects(self, synthesized: Synthesized) -> None:
        replication = synthesized.one("aws_s3_bucket_replication_configuration")
        (rule,) = replication["rule"]
        assert rule["status"] == "Enabled"
        assert rule["source_selection_criteria"] == {"sse_kms_encrypted_objects": {"status": "Enabled"}}
        assert rule["delete_marker_replication"] == {"status": "Enabled"}
        assert rule["destination"]["encryption_configuration"]["replica_kms_key_id"].startswith(
            "${aws_kms_key.cdn_site_standby-key_"
        )

    def test_log_retention_is_the_same_for_both_buckets(self, synthesized: Synthesized) -> None:
        ttl = {
            path: r["rule"][0]["expiration"]
            for path, r in synthesized.of_type("aws_s3_bucket_lifecycle_configuration").items()
            if "logs" in path
        }
        assert set(ttl) == {"logs/lifecycle", "cdn/site/standby-logs/lifecycle"}
        assert all(days == [{"days": 365}] for days in ttl.values())

    def test_origin_shield_is_in_the_nearest_region(self, distribution: Resource) -> None:
        assert self.origins(distribution)["site"]["origin_shield"] == {
            "enabled": True,
            "origin_shield_region": "eu-west-1",
        }
        paris = STACK.model_copy(update={"region": "eu-west-3"})
        near = synthesize(lambda stack: make_distribution(stack, with_api=False), config=paris)
        origin = self.origins(near.one("aws_cloudfront_distribution"))["site"]
        assert origin["origin_shield"]["origin_shield_region"] == "eu-west-2"

    def test_a_region_without_origin_shield_is_rejected(self) -> None:
        nowhere = STACK.model_copy(update={"region": "xx-north-9"})
        with pytest.raises(ConstructError, match="no Origin Shield region is known for xx-north-9"):
            synthesize(lambda stack: make_distribution(stack, with_api=False), config=nowhere)


class TestApi:
    def test_the_load_balancer_is_a_vpc_origin_over_tls(
        self, distribution: Resource, synthesized: Synthesized
    ) -> None:
        (endpoint,) = synthesized.one("aws_cloudfront_vpc_origin")["vpc_origin_endpoint_config"]
        assert endpoint["arn"].startswith("arn:aws:elasticloadbalancing:")
        assert endpoint["origin_protocol_policy"] == "https-only"
        assert endpoint["origin_ssl_protocols"] == [{"items": ["TLSv1.2"], "quantity": 1}]
        api = next(origin for origin in distribution["origin"] if origin["origin_id"] == "api")
        assert api["vpc_origin_config"]["vpc_origin_id"].startswith("${aws_cloudfront_vpc_origin.")
        assert "custom_origin_config" not in api

    def test_the_origin_domain_is_the_certificate_domain(self, distribution: Resource) -> None:
        api = next(origin for origin in distribution["origin"] if origin["origin_id"] == "api")
        assert api["domain_name"] == "origin.arq.example"

    def test_the_load_balancer_accepts_only_the_cloudfront_security_group(
        self, synthesized: Synthesized
    ) -> None:
        rule = synthesized.one("aws_vpc_security_group_ingress_rule")
        assert rule["security_group_id"] == "sg-api"
        assert rule["referenced_security_group_id"].startswith("${data.aws_security_group.cdn_api_")
        assert (rule["from_port"], rule["to_port"]) == (443, 443)
        assert not {"cidr_ipv4", "cidr_ipv6", "prefix_list_id"} & set(rule)

    def test_the_security_group_is_read_after_the_vpc_origin(self, synthesized: Synthesized) -> None:
        (group,) = synthesized.json["data"]["aws_security_group"].values()
        assert group["name"] == "CloudFront-VPCOrigins-Service-SG"
        assert group["vpc_id"] == "vpc-0123456789abcdef0"
        assert group["depends_on"][0].startswith("aws_cloudfront_vpc_origin.")

    def test_a_change_makes_a_new_vpc_origin_and_moves_the_distribution_first(
        self, synthesized: Synthesized
    ) -> None:
        """CloudFront refuses to change or delete a VPC origin that a distribution uses."""
        origin = synthesized.one("aws_cloudfront_vpc_origin")
        (revision,) = synthesized.json["resource"]["terraform_data"]
        assert origin["lifecycle"] == {
            "create_before_destroy": True,
            "replace_triggered_by": [f"terraform_data.{revision}"],
        }
        # The old and the new one exist at the same time.
        (endpoint,) = origin["vpc_origin_endpoint_config"]
        assert endpoint["name"] == f"test-cdn-api-${{substr(terraform_data.{revision}.id, 0, 8)}}"

    def test_each_change_of_its_arguments_replaces_the_vpc_origin(self, synthesized: Synthesized) -> None:
        (revision,) = synthesized.of_type("terraform_data").values()
        (endpoint,) = synthesized.one("aws_cloudfront_vpc_origin")["vpc_origin_endpoint_config"]
        assert revision["triggers_replace"] == {
            "load_balancer": endpoint["arn"],
            "ports": [endpoint["http_port"], endpoint["https_port"]],
            "protocol": endpoint["origin_protocol_policy"],
            "tls": endpoint["origin_ssl_protocols"][0]["items"],
        }
        assert set(endpoint) == {
            "arn", "name", "http_port", "https_port", "origin_protocol_policy", "origin_ssl_protocols",
        }  # fmt: skip

    def test_zones_without_vpc_origins_are_rejected(self) -> None:
        virginia = STACK.model_copy(update={"region": "us-east-1"})
        with pytest.raises(ConstructError, match="no VPC origins in the zone use1-az3"):
            synthesize(lambda stack: make_api_origin(stack, zones=("use1-az1", "use1-az3")), config=virginia)
        synthesize(lambda stack: make_api_origin(stack, zones=("use1-az1", "use1-az2")), config=virginia)

    def test_regions_without_vpc_origins_are_rejected(self) -> None:
        mexico = STACK.model_copy(update={"region": "mx-central-1"})
        with pytest.raises(ConstructError, match="no VPC origins in mx-central-1"):
            synthesize(lambda stack: make_api_origin(stack, zones=()), config=mexico)

    def test_timeouts_are_configurable(self) -> None:
        resource = configured_distribution(api=ApiOriginConfig(read_timeout_seconds=60, keepalive_seconds=55))
        api = next(origin for origin in resource["origin"] if origin["origin_id"] == "api")
        assert api["vpc_origin_config"]["origin_read_timeout"] == 60
        assert api["vpc_origin_config"]["origin_keepalive_timeout"] == 55

    def test_cloudfront_must_close_idle_connections_first(self) -> None:
        with pytest.raises(
            ConstructError, match="must be less than the load balancer's idle timeout of 60 s"
        ):
            configured_distribution(api=ApiOriginConfig(keepalive_seconds=60))

    def test_the_load_balancer_must_wait_for_the_api_as_long_as_cloudfront(self) -> None:
        with pytest.raises(ConstructError, match="must be at most the load balancer's idle timeout of 60 s"):
            configured_distribution(api=ApiOriginConfig(read_timeout_seconds=61))

    def test_a_site_without_an_api_has_no_vpc_origin(self) -> None:
        without_api = synthesize(lambda stack: make_distribution(stack, with_api=False))
        resource = without_api.one("aws_cloudfront_distribution")
        assert [b["path_pattern"] for b in resource["ordered_cache_behavior"]] == ["/assets/*"]
        assert {origin["origin_id"] for origin in resource["origin"]} == {"site", "site-standby"}
        assert not without_api.of_type("aws_cloudfront_vpc_origin")
        assert not without_api.of_type("aws_lb_listener_certificate")

    def test_the_load_balancer_has_a_certificate_for_the_host_that_cloudfront_sends(
        self, synthesized: Synthesized, distribution: Resource
    ) -> None:
        """CloudFront refuses an origin whose certificate has not the name of the request's host."""
        attached = synthesized.one("aws_lb_listener_certificate")
        assert attached["listener_arn"].split(":")[5].startswith("listener/app/api/")
        validation = "aws_acm_certificate_validation.cdn_origin-certificate_validation"
        assert attached["certificate_arn"].startswith(f"${{{validation}")
        certificate = synthesized.one("aws_acm_certificate", "cdn/origin-certificate/Default")
        assert [certificate["domain_name"]] == distribution["aliases"]
        assert "provider" not in certificate, "the load balancer is in the region of the stack"
        [first] = distribution["depends_on"]
        assert first.startswith("aws_lb_listener_certificate.cdn_origin-certificate_listener")

    def test_both_certificates_use_one_validation_record(self, synthesized: Synthesized) -> None:
        """ACM wants the same record for both, and Route 53 refuses to create it a second time."""
        records = [path for path in synthesized.of_type("aws_route53_record") if "validation" in path]
        assert records == ["cdn/certificate/validation-app-arq-example"]
        used = [
            each["validation_record_fqdns"]
            for each in synthesized.of_type("aws_acm_certificate_validation").values()
        ]
        assert len(used) == 2
        assert used[0] == used[1]

    def test_api_paths_are_configurable(self) -> None:
        resource = configured_distribution(api_paths=("/api/*", "/graphql"))
        patterns = [behavior["path_pattern"] for behavior in resource["ordered_cache_behavior"]]
        assert patterns == ["/api/*", "/graphql", "/assets/*"]


class TestLogs:
    def test_requests_are_logged_to_the_log_bucket(self, synthesized: Synthesized) -> None:
        source = synthesized.one("aws_cloudwatch_log_delivery_source")
        assert source["log_type"] == "ACCESS_LOGS"
        assert source["resource_arn"] == "${aws_cloudfront_distribution.cdn.arn}"
        target = synthesized.one("aws_cloudwatch_log_delivery_destination")
        (configuration,) = target["delivery_destination_configuration"]
        # The bucket policy allows deliveries only below this prefix.
        bucket, prefix = configuration["destination_resource_arn"].split("/")
        assert prefix == "delivered"
        # A reference to the policy, which must exist before the delivery.
        assert bucket.startswith("arn:aws:s3:::${aws_s3_bucket_policy.logs_policy_")
        allowed = statements(synthesized.one("aws_s3_bucket_policy", "logs/policy")["policy"])
        assert allowed["AWSLogDeliveryWrite1"]["Resource"] == ["${aws_s3_bucket.logs.arn}/delivered/*"]
        # AWS appends a statement with these conditions if there is none.
        assert allowed["AWSLogDeliveryWrite1"]["Condition"] == {
            "StringEquals": {
                "s3:x-amz-acl": "bucket-owner-full-control",
                "aws:SourceAccount": "111122223333",
            },
            "ArnLike": {
                "aws:SourceArn": f"arn:aws:logs:us-east-1:111122223333:delivery-source:{source['name']}"
            },
        }

    def test_cookies_are_not_logged(self, synthesized: Synthesized) -> None:
        fields = synthesized.one("aws_cloudwatch_log_delivery")["record_fields"]
        assert "cs(Cookie)" not in fields
        assert {"c-ip", "cs-uri-stem", "sc-status", "ssl-protocol"} <= set(fields)

    def test_log_deliveries_are_in_the_cloudfront_region(self, synthesized: Synthesized) -> None:
        for part in ("", "_source", "_destination"):
            assert synthesized.one(f"aws_cloudwatch_log_delivery{part}")["provider"] == "aws.us-east-1"


def test_publishers_may_write_files_and_invalidate_only_this_distribution(synthesized: Synthesized) -> None:
    policies = synthesized.of_type("aws_iam_role_policy")
    allowed = statements(policies["publisher/invalidate-cdn"]["policy"])["InvalidateCdn"]
    assert allowed["Resource"] == ["${aws_cloudfront_distribution.cdn.arn}"]
    written = statements(policies["publisher/write-cdn-site-bucket"]["policy"])["WriteCdnSiteBucket"]
    assert not any("standby" in resource for resource in written["Resource"])


def test_alarms_are_in_the_cloudfront_region() -> None:
    created: list[Distribution] = []
    synthesize(lambda stack: created.append(make_distribution(stack)))
    alarms = {alarm.metric: alarm for alarm in created[0].alarms}
    # S3 publishes it in the region of the site's bucket.
    assert alarms.pop("OperationsFailedReplication").region is None
    assert set(alarms) == {"5xxErrorRate", "4xxErrorRate", "OriginLatency"}
    for alarm in alarms.values():
        assert alarm.region == "us-east-1"
        assert alarm.dimensions == {
            "DistributionId": created[0].distribution_id,
            "Region": "Global",
        }
        assert alarm.comparison is Comparison.ABOVE
    assert {metric: alarm.threshold for metric, alarm in alarms.items()} == {
        "5xxErrorRate": 1,
        "4xxErrorRate": 20,
        "OriginLatency": 2000,
    }


def test_additional_metrics_are_enabled(synthesized: Synthesized) -> None:
    """CloudFront publishes origin latency only with additional metrics."""
    subscription = synthesized.one("aws_cloudfront_monitoring_subscription")["monitoring_subscription"]
    assert subscription["realtime_metrics_subscription_config"] == {
        "realtime_metrics_subscription_status": "Enabled"
    }


def test_blocked_countries_are_configurable() -> None:
    open_to_all = configured_distribution()["restrictions"]["geo_restriction"]
    assert open_to_all == {"restriction_type": "none"}
    assert configured_distribution(blocked_countries=("KP",))["restrictions"]["geo_restriction"] == {
        "restriction_type": "blacklist",
        "locations": ["KP"],
    }


def test_configuration_values_are_used() -> None:
    config = DistributionConfig(
        domain="app.arq.example",
        price_class="PriceClass_All",
        content_security_policy=ContentSecurityPolicy(connect=("https://login.example.com",)),
        web_acl=WebAclConfig(requests_per_five_minutes=300),
    )
    created = synthesize(lambda stack: make_distribution(stack, config=config))
    assert created.one("aws_cloudfront_distribution")["price_class"] == "PriceClass_All"
    headers = created.one("aws_cloudfront_response_headers_policy", "cdn/page-headers/Default")
    policy = headers["security_headers_config"]["content_security_policy"]["content_security_policy"]
    assert "connect-src 'self' https://login.example.com;" in policy
    limit = created.one("aws_wafv2_web_acl")["rule"][0]["statement"]["rate_based_statement"]["limit"]
    assert limit == 300


def test_all_problems_are_reported_at_once() -> None:
    with pytest.raises(ConfigError) as raised:
        DistributionConfig(
            domain="App",
            api_paths=("api",),
            price_class="PriceClass_50",
            blocked_countries=("Utopia",),
        )
    assert {problem.path.split(".")[0] for problem in raised.value.problems} == {
        "domain",
        "api_paths",
        "price_class",
        "blocked_countries",
    }


def test_terraform_deletes_used_resources_after_the_distribution_changes(synthesized: Synthesized) -> None:
    """CloudFront refuses to delete what a distribution uses."""
    for kind in (
        "aws_acm_certificate",
        "aws_cloudfront_cache_policy",
        "aws_cloudfront_function",
        "aws_cloudfront_origin_access_control",
        "aws_cloudfront_response_headers_policy",
        "aws_cloudfront_vpc_origin",
        "aws_wafv2_web_acl",
    ):
        for path, resource in synthesized.of_type(kind).items():
            assert resource["lifecycle"]["create_before_destroy"] is True, path


def test_two_distributions_have_different_names() -> None:
    """Names of policies, access controls and functions must be unique in an account."""

    def build_two(stack: Stack) -> None:
        make_distribution(Construct(stack, "shop"))
        make_distribution(Construct(stack, "blog"))

    created = synthesize(build_two)
    for kind in (
        "aws_cloudfront_origin_access_control",
        "aws_cloudfront_response_headers_policy",
        "aws_cloudfront_cache_policy",
        "aws_cloudfront_function",
        "aws_wafv2_web_acl",
        "aws_cloudwatch_log_delivery_source",
        "aws_cloudwatch_log_delivery_destination",
    ):
        names = [resource["name"] for resource in created.of_type(kind).values()]
        assert len(names) == len(set(names)), kind
        assert len(names) >= 2
