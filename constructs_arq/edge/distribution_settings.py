"""Settings that all CloudFront distributions share: TLS, blocked countries, errors and metrics."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.cloudfront_distribution import (
    CloudfrontDistributionCustomErrorResponse,
    CloudfrontDistributionRestrictions,
    CloudfrontDistributionRestrictionsGeoRestriction,
    CloudfrontDistributionViewerCertificate,
)
from cdktf_cdktf_provider_aws.cloudfront_monitoring_subscription import (
    CloudfrontMonitoringSubscription,
    CloudfrontMonitoringSubscriptionMonitoringSubscription,
    CloudfrontMonitoringSubscriptionMonitoringSubscriptionRealtimeMetricsSubscriptionConfig,
)
from constructs import Construct

# The newest policy with TLS 1.2. It rejects older ciphers and protocols.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html
_TLS = "TLSv1.2_2025"
# CloudFront caches these error codes for ten seconds by default: other clients would get one client's 403
# from the API, and errors would outlast their cause.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
_ERROR_CODES = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)


def render_certificate(arn: str) -> CloudfrontDistributionViewerCertificate:
    """Return the settings of viewers' TLS with a certificate."""
    return CloudfrontDistributionViewerCertificate(
        acm_certificate_arn=arn, minimum_protocol_version=_TLS, ssl_support_method="sni-only"
    )


def render_restrictions(blocked_countries: Sequence[str]) -> CloudfrontDistributionRestrictions:
    """Return the restrictions of a distribution that some countries can't use."""
    return CloudfrontDistributionRestrictions(
        geo_restriction=CloudfrontDistributionRestrictionsGeoRestriction(
            restriction_type="blacklist" if blocked_countries else "none",
            locations=list(blocked_countries) or None,
        )
    )


def render_errors() -> list[CloudfrontDistributionCustomErrorResponse]:
    """Return the settings with which CloudFront caches no errors."""
    return [
        CloudfrontDistributionCustomErrorResponse(error_code=code, error_caching_min_ttl=0)
        for code in _ERROR_CODES
    ]


def enable_origin_metrics(scope: Construct, distribution_id: str) -> None:
    """Enable the metrics on the latency of origins."""
    realtime = CloudfrontMonitoringSubscriptionMonitoringSubscriptionRealtimeMetricsSubscriptionConfig(
        realtime_metrics_subscription_status="Enabled"
    )
    CloudfrontMonitoringSubscription(
        scope,
        "metrics",
        distribution_id=distribution_id,
        monitoring_subscription=CloudfrontMonitoringSubscriptionMonitoringSubscription(
            realtime_metrics_subscription_config=realtime
        ),
    )
