"""A CloudFront distribution for a site and its API."""

from collections.abc import Sequence
from typing import Annotated, Literal

from cdktf_cdktf_provider_aws.cloudfront_distribution import CloudfrontDistribution
from cdktf_cdktf_provider_aws.route53_record import Route53Record, Route53RecordAlias
from constructs import Construct
from pydantic import Field, StringConstraints

from constructs_arq.core.alarm import Alarm
from constructs_arq.core.config import Config
from constructs_arq.core.protocols import AccessLogBucket, Grantee, PrivateOrigin
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.core.values import Domain
from constructs_arq.edge.access_log_delivery import AccessLogDelivery
from constructs_arq.edge.api_origin import ApiOrigin, ApiOriginConfig
from constructs_arq.edge.behaviors import API, make_api_behaviors, make_asset_behavior, make_page_behavior
from constructs_arq.edge.certificate import Certificate, HostedZone
from constructs_arq.edge.content_security_policy import ContentSecurityPolicy
from constructs_arq.edge.distribution_alarms import make_distribution_alarms
from constructs_arq.edge.distribution_settings import (
    enable_origin_metrics,
    render_certificate,
    render_errors,
    render_restrictions,
)
from constructs_arq.edge.origin_certificate import OriginCertificate
from constructs_arq.edge.region import CLOUDFRONT_REGION
from constructs_arq.edge.region_switch import RegionSwitch
from constructs_arq.edge.site_buckets import SiteBuckets
from constructs_arq.edge.web_acl import WebAcl
from constructs_arq.edge.web_acl_config import WebAclConfig
from constructs_arq.storage.bucket import Bucket

_INDEX = "index.html"
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern
PathPattern = Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9_.*$/~\"'@:+&?-]*$", max_length=255)]


class DistributionConfig(Config):
    """Settings of a distribution that an environment can vary."""

    domain: Domain = Field(description="Public domain of the site, within the hosted zone.")
    content_security_policy: ContentSecurityPolicy = Field(
        default=ContentSecurityPolicy(), description="External sources that pages may load."
    )
    file_endings: tuple[Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{1,16}$")], ...] = Field(
        default=(),
        max_length=100,
        description="More endings of files, such as md; other paths are routes of the application.",
    )
    api_paths: tuple[PathPattern, ...] = Field(
        default=("/api/*",), min_length=1, description="Path patterns of the API."
    )
    api: ApiOriginConfig = Field(
        default=ApiOriginConfig(), description="Timeouts between CloudFront and the API."
    )
    web_acl: WebAclConfig = Field(default=WebAclConfig(), description="Limits, rules and log of the web ACL.")
    price_class: Literal["PriceClass_100", "PriceClass_200", "PriceClass_All"] = Field(
        default="PriceClass_100",
        description="Edge locations: 100 is North America and Europe, All is worldwide.",
    )
    blocked_countries: tuple[Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")], ...] = Field(
        default=(), description="ISO 3166-1 alpha-2 codes of blocked countries."
    )
    slow_origin_seconds: float = Field(
        default=2.0, gt=0, description="Alarm threshold for the 99th percentile of origin latency."
    )
    alarm_requests_per_minute: int = Field(
        default=60,
        ge=1,
        description="Alarms on rates and latency need as many requests, so that a few scans raise none.",
    )


class Distribution(Construct):
    """A CloudFront distribution for a single-page application in S3 and, at `api_paths`, its API.

    Viewers get HTTPS only, HTTP/2 and 3, IPv4 and IPv6, a web ACL, and security headers on every response.
    Publish files with a content hash in their names below `/assets/`, then the pages. `api_origin` stays
    internal to its VPC. `standby_origin_id` is the id of the VPC origin of a standby in another region, to
    which `switch` can send the API's requests.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Introduction.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        zone: HostedZone,
        access_logs: AccessLogBucket,
        config: DistributionConfig,
        api_origin: PrivateOrigin | None = None,
        standby_origin_id: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.domain: str = config.domain
        self.api_read_timeout_seconds: int = config.api.read_timeout_seconds
        self._site = SiteBuckets(self, "site", access_logs=access_logs)
        self.bucket: Bucket = self._site.bucket
        certificate = Certificate(
            self, "certificate", zone=zone, domain=config.domain, region=CLOUDFRONT_REGION
        )
        self.certificate: Certificate = certificate
        self.api_paths: Sequence[str] = config.api_paths if api_origin else ()
        web_acl = WebAcl(self, "firewall", config=config.web_acl, api_paths=self.api_paths)
        self.web_acl_arn: str = web_acl.arn
        self.api: ApiOrigin | None = (
            None if api_origin is None else ApiOrigin(self, API, load_balancer=api_origin, config=config.api)
        )
        self.switch: RegionSwitch | None = (
            RegionSwitch(
                self,
                "region-switch",
                domain=api_origin.domain,
                origin_id=standby_origin_id,
                config=config.api,
            )
            if api_origin and standby_origin_id
            else None
        )
        switch_origins = [self.switch.render_origin()] if self.switch else []
        switch_arn = self.switch.function_arn if self.switch else None
        names = (
            None
            if api_origin is None
            else OriginCertificate(self, "origin-certificate", public=certificate, load_balancer=api_origin)
        )
        distribution = CloudfrontDistribution(
            self,
            "Default",
            enabled=True,
            # Before it sends the viewer's host, the origin must have a certificate for it.
            depends_on=[names.resource] if names else None,
            comment=Stack.of(self).physical_name(logical_name(self)),
            aliases=[config.domain],
            http_version="http2and3",
            is_ipv6_enabled=True,
            price_class=config.price_class,
            default_root_object=_INDEX,
            web_acl_id=web_acl.arn,
            viewer_certificate=render_certificate(certificate.arn),
            restrictions=render_restrictions(config.blocked_countries),
            origin=[
                *self._site.render_origins(),
                *([self.api.render(API)] if self.api else []),
                *switch_origins,
            ],
            origin_group=[self._site.render_failover()],
            default_cache_behavior=make_page_behavior(
                self, config.content_security_policy, file_endings=config.file_endings
            ),
            ordered_cache_behavior=[
                *(make_api_behaviors(self, config.api_paths, switch_arn=switch_arn) if self.api else []),
                make_asset_behavior(self, config.content_security_policy),
            ],
            custom_error_response=render_errors(),
        )
        self.arn: str = distribution.arn
        self.distribution_id: str = distribution.id
        self._site.allow_distribution(self.arn)
        self._add_dns_records(zone, distribution)
        AccessLogDelivery(self, "access-logs", distribution_arn=self.arn, access_logs=access_logs)
        enable_origin_metrics(self, self.distribution_id)
        self.alarms: tuple[Alarm, ...] = (
            *make_distribution_alarms(
                self.distribution_id,
                domain=config.domain,
                slow_origin_seconds=config.slow_origin_seconds,
                requests_per_minute=config.alarm_requests_per_minute,
            ),
            *self._site.alarms,
        )

    def grant_publish(self, grantee: Grantee) -> None:
        """Allow `grantee` to publish files and to invalidate the cache."""
        self._site.grant_publish(grantee)
        grantee.allow(
            "cloudfront:CreateInvalidation",
            "cloudfront:GetInvalidation",
            on=self.arn,
            policy_name=f"invalidate-{logical_name(self)}",
        )

    def _add_dns_records(self, zone: HostedZone, distribution: CloudfrontDistribution) -> None:
        alias = Route53RecordAlias(
            name=distribution.domain_name, zone_id=distribution.hosted_zone_id, evaluate_target_health=False
        )
        for family, kind in (("ipv4", "A"), ("ipv6", "AAAA")):
            Route53Record(self, family, zone_id=zone.zone_id, name=self.domain, type=kind, alias=alias)
