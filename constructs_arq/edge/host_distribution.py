"""A CloudFront distribution for hosts that only the load balancer serves."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.cloudfront_distribution import CloudfrontDistribution
from constructs import Construct

from constructs_arq.core.alarm import Alarm
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.protocols import AccessLogBucket, PrivateOrigin
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.edge.access_log_delivery import AccessLogDelivery
from constructs_arq.edge.api_origin import ApiOrigin
from constructs_arq.edge.behaviors import API, make_host_behavior
from constructs_arq.edge.certificate import Certificate, HostedZone
from constructs_arq.edge.distribution import Distribution, DistributionConfig
from constructs_arq.edge.distribution_alarms import make_distribution_alarms
from constructs_arq.edge.distribution_settings import (
    enable_origin_metrics,
    render_certificate,
    render_errors,
    render_restrictions,
)
from constructs_arq.edge.origin_certificate import OriginCertificate
from constructs_arq.edge.region import CLOUDFRONT_REGION


class HostDistribution(Construct):
    """A CloudFront distribution that sends all requests for `hosts` to a load balancer, and caches nothing.

    It uses the VPC origin, the switch between regions, the web ACL and the settings of a site's distribution.
    It has no DNS records: a host resolves once ExternalDNS finds a route for it, with `domain_name` as the
    target. Requests that are not of `hosts` are refused by CloudFront.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html

    Raises:
        ConstructError: if there are no hosts, one is outside the zone, or the site has no VPC origin.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        zone: HostedZone,
        site: Distribution,
        load_balancer: PrivateOrigin,
        access_logs: AccessLogBucket,
        hosts: Sequence[str],
        config: DistributionConfig,
    ) -> None:
        super().__init__(scope, id)
        origin = self._require_origin(site, hosts)
        switch = site.switch
        first, *others = hosts
        certificate = Certificate(
            self, "certificate", zone=zone, domain=first, alternative_names=others, region=CLOUDFRONT_REGION
        )
        names = OriginCertificate(self, "origin-certificate", public=certificate, load_balancer=load_balancer)
        distribution = CloudfrontDistribution(
            self,
            "Default",
            enabled=True,
            depends_on=[names.resource],
            comment=Stack.of(self).physical_name(logical_name(self)),
            aliases=list(hosts),
            http_version="http2and3",
            is_ipv6_enabled=True,
            price_class=config.price_class,
            web_acl_id=site.web_acl_arn,
            viewer_certificate=render_certificate(certificate.arn),
            restrictions=render_restrictions(config.blocked_countries),
            origin=[origin.render(API), *([switch.render_origin()] if switch else [])],
            default_cache_behavior=make_host_behavior(
                self, switch_arn=switch.function_arn if switch else None
            ),
            custom_error_response=render_errors(),
        )
        self.domain_name: str = distribution.domain_name
        AccessLogDelivery(self, "access-logs", distribution_arn=distribution.arn, access_logs=access_logs)
        enable_origin_metrics(self, distribution.id)
        self.alarms: tuple[Alarm, ...] = make_distribution_alarms(
            distribution.id,
            domain=first,
            slow_origin_seconds=config.slow_origin_seconds,
            requests_per_minute=config.alarm_requests_per_minute,
        )

    def _require_origin(self, site: Distribution, hosts: Sequence[str]) -> ApiOrigin:
        if not hosts:
            raise ConstructError(self.node.path, "has no hosts", fix="Set hosts, or remove the distribution.")
        if site.api is None:
            raise ConstructError(
                self.node.path,
                f"the distribution {site.node.path} has no VPC origin",
                fix="Set api_origin of that distribution.",
            )
        return site.api
