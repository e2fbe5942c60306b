"""What CloudFront does with a request, by its path: pages, assets, API calls."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.cloudfront_distribution import (
    CloudfrontDistributionDefaultCacheBehavior,
    CloudfrontDistributionDefaultCacheBehaviorFunctionAssociation,
    CloudfrontDistributionOrderedCacheBehavior,
)
from constructs import Construct

from constructs_arq.edge.caching import ALL_VIEWER_EXCEPT_HOST_HEADER, CACHING_DISABLED, CachePolicy
from constructs_arq.edge.headers import NO_CONTENT, ContentSecurityPolicy, ResponseHeaders
from constructs_arq.edge.site import EITHER
from constructs_arq.edge.spa import SpaRoutes

API = "api"

# Assets carry a hash of their content in their names, so what a name stands for never changes. A page may be
# a minute old at the edge; browsers ask every time, so that nobody is kept on a release that is gone.
_ASSETS_PATH = "/assets/*"
_ASSET_SECONDS = 31_536_000
_ASSET_CACHE_CONTROL = f"public, max-age={_ASSET_SECONDS}, immutable"
_PAGE_SECONDS = 60
_PAGE_CACHE_CONTROL = "no-cache"
_READ_METHODS = ["GET", "HEAD", "OPTIONS"]
_ALL_METHODS = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]


def pages(scope: Construct, csp: ContentSecurityPolicy) -> CloudfrontDistributionDefaultCacheBehavior:
    """Everything else: pages of the single-page application, asked for anew by every browser."""
    headers = ResponseHeaders(
        scope, "page-headers", content_security_policy=csp.render(), cache_control=_PAGE_CACHE_CONTROL
    )
    return CloudfrontDistributionDefaultCacheBehavior(
        target_origin_id=EITHER,
        viewer_protocol_policy="redirect-to-https",
        allowed_methods=_READ_METHODS,
        cached_methods=_READ_METHODS,
        compress=True,
        cache_policy_id=CachePolicy(scope, "page-caching", seconds=_PAGE_SECONDS).policy_id,
        response_headers_policy_id=headers.policy_id,
        function_association=[
            CloudfrontDistributionDefaultCacheBehaviorFunctionAssociation(
                event_type="viewer-request", function_arn=SpaRoutes(scope, "routes").arn
            )
        ],
    )


def assets(scope: Construct, csp: ContentSecurityPolicy) -> CloudfrontDistributionOrderedCacheBehavior:
    """Files that never change, kept for a year by CloudFront and by browsers."""
    headers = ResponseHeaders(
        scope, "asset-headers", content_security_policy=csp.render(), cache_control=_ASSET_CACHE_CONTROL
    )
    return CloudfrontDistributionOrderedCacheBehavior(
        path_pattern=_ASSETS_PATH,
        target_origin_id=EITHER,
        viewer_protocol_policy="redirect-to-https",
        allowed_methods=_READ_METHODS,
        cached_methods=_READ_METHODS,
        compress=True,
        cache_policy_id=CachePolicy(scope, "asset-caching", seconds=_ASSET_SECONDS).policy_id,
        response_headers_policy_id=headers.policy_id,
    )


def api_behaviors(scope: Construct, paths: Sequence[str]) -> list[CloudfrontDistributionOrderedCacheBehavior]:
    """API calls: passed on with all that the client sent, never kept."""
    headers = ResponseHeaders(scope, "api-headers", content_security_policy=NO_CONTENT, cache_control=None)
    return [
        CloudfrontDistributionOrderedCacheBehavior(
            path_pattern=path,
            target_origin_id=API,
            # A redirect would have clients send credentials in the clear first, and still seem to work.
            viewer_protocol_policy="https-only",
            allowed_methods=_ALL_METHODS,
            cached_methods=_READ_METHODS,
            compress=True,
            cache_policy_id=CACHING_DISABLED,
            origin_request_policy_id=ALL_VIEWER_EXCEPT_HOST_HEADER,
            response_headers_policy_id=headers.policy_id,
        )
        for path in paths
    ]
