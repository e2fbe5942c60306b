"""CloudFront cache behaviors for pages, assets and API calls."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.cloudfront_distribution import (
    CloudfrontDistributionDefaultCacheBehavior,
    CloudfrontDistributionDefaultCacheBehaviorFunctionAssociation,
    CloudfrontDistributionOrderedCacheBehavior,
    CloudfrontDistributionOrderedCacheBehaviorFunctionAssociation,
)
from constructs import Construct

from constructs_arq.edge.caching import ALL_VIEWER, CACHING_DISABLED, CachePolicy
from constructs_arq.edge.content_security_policy import API_CONTENT_SECURITY_POLICY, ContentSecurityPolicy
from constructs_arq.edge.edge_function import EdgeFunction, read_code
from constructs_arq.edge.headers import Header, ResponseHeaders
from constructs_arq.edge.site_buckets import FAILOVER_GROUP

API = "api"

# Asset names contain a content hash, so their content never changes. CloudFront caches a page for one minute.
# Browsers revalidate pages every time, so they never stay on an old release.
_ASSETS_PATH = "/assets/*"
_ASSET_SECONDS = 31_536_000
_PAGE_SECONDS = 60
_READ_METHODS = ["GET", "HEAD", "OPTIONS"]
_ALL_METHODS = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]


def make_page_behavior(
    scope: Construct, csp: ContentSecurityPolicy, *, file_endings: Sequence[str]
) -> CloudfrontDistributionDefaultCacheBehavior:
    """Create the default behavior for pages. Browsers revalidate them on each request.

    A function serves `/index.html` for the application's routes: all paths without the ending of a file.
    `file_endings` are endings in addition to those of `routes.js`. Custom error responses are no alternative:
    they would also turn 403 and 404 of the API into pages with status 200.
    """
    headers = ResponseHeaders(
        scope,
        "page-headers",
        content_security_policy=csp.enforced,
        headers=[*csp.headers, Header("Cache-Control", "no-cache")],
    )
    routes = EdgeFunction(
        scope,
        "routes",
        code=_render_routes(file_endings),
        comment="Serves index.html for the routes of a single-page application",
    )
    return CloudfrontDistributionDefaultCacheBehavior(
        target_origin_id=FAILOVER_GROUP,
        viewer_protocol_policy="redirect-to-https",
        allowed_methods=_READ_METHODS,
        cached_methods=_READ_METHODS,
        compress=True,
        cache_policy_id=CachePolicy(scope, "page-caching", seconds=_PAGE_SECONDS).policy_id,
        response_headers_policy_id=headers.policy_id,
        function_association=[
            CloudfrontDistributionDefaultCacheBehaviorFunctionAssociation(
                event_type="viewer-request", function_arn=routes.arn
            )
        ],
    )


def _render_routes(file_endings: Sequence[str]) -> str:
    """Return the code of the router. `arqctl publish site` reads the endings from it."""
    last = "|zip)$/i"
    return read_code("routes.js").replace(
        last, last.replace(")", "".join(f"|{each}" for each in file_endings) + ")")
    )


def make_asset_behavior(
    scope: Construct, csp: ContentSecurityPolicy
) -> CloudfrontDistributionOrderedCacheBehavior:
    """Create the behavior for immutable files. CloudFront and browsers cache them for a year.

    A headers policy also applies to errors, which browsers would then keep for a year. So the policy sets
    `no-cache`, and a function replaces that on success. CloudFront runs it for no response above 399.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
    """
    headers = ResponseHeaders(
        scope,
        "asset-headers",
        content_security_policy=csp.enforced,
        # Without override, so that the function decides whether it runs before or after this policy.
        headers=[*csp.headers, Header("Cache-Control", "no-cache", override=False)],
    )
    caching = EdgeFunction(
        scope,
        "asset-caching-header",
        code=read_code("asset_caching.js"),
        comment="Lets browsers keep assets for a year, but no errors",
    )
    return CloudfrontDistributionOrderedCacheBehavior(
        path_pattern=_ASSETS_PATH,
        target_origin_id=FAILOVER_GROUP,
        viewer_protocol_policy="redirect-to-https",
        allowed_methods=_READ_METHODS,
        cached_methods=_READ_METHODS,
        compress=True,
        cache_policy_id=CachePolicy(scope, "asset-caching", seconds=_ASSET_SECONDS).policy_id,
        response_headers_policy_id=headers.policy_id,
        function_association=[
            CloudfrontDistributionOrderedCacheBehaviorFunctionAssociation(
                event_type="viewer-response", function_arn=caching.arn
            )
        ],
    )


def make_host_behavior(
    scope: Construct, *, switch_arn: str | None = None
) -> CloudfrontDistributionDefaultCacheBehavior:
    """Create the default behavior of a distribution without a site: the API gets all requests.

    Applications set their own Content-Security-Policy. Browsers follow the redirect to HTTPS. `switch_arn` is
    the function of a `RegionSwitch`.
    """
    switch = [
        CloudfrontDistributionDefaultCacheBehaviorFunctionAssociation(
            event_type="viewer-request", function_arn=each
        )
        for each in [switch_arn]
        if each
    ]
    headers = ResponseHeaders(scope, "headers", content_security_policy=None, headers=())
    return CloudfrontDistributionDefaultCacheBehavior(
        target_origin_id=API,
        viewer_protocol_policy="redirect-to-https",
        allowed_methods=_ALL_METHODS,
        cached_methods=_READ_METHODS,
        compress=True,
        cache_policy_id=CACHING_DISABLED,
        origin_request_policy_id=ALL_VIEWER,
        response_headers_policy_id=headers.policy_id,
        function_association=switch or None,
    )


def make_api_behaviors(
    scope: Construct, paths: Sequence[str], *, switch_arn: str | None = None
) -> list[CloudfrontDistributionOrderedCacheBehavior]:
    """Create the behaviors for API calls: all viewer headers with `Host`, no caching.

    `switch_arn` is the function of a `RegionSwitch`.
    """
    switch = [
        CloudfrontDistributionOrderedCacheBehaviorFunctionAssociation(
            event_type="viewer-request", function_arn=each
        )
        for each in [switch_arn]
        if each
    ]
    headers = ResponseHeaders(
        scope, "api-headers", content_security_policy=API_CONTENT_SECURITY_POLICY, headers=()
    )
    return [
        CloudfrontDistributionOrderedCacheBehavior(
            path_pattern=path,
            target_origin_id=API,
            # With a redirect, clients would first send credentials in clear text, unnoticed.
            viewer_protocol_policy="https-only",
            allowed_methods=_ALL_METHODS,
            cached_methods=_READ_METHODS,
            compress=True,
            cache_policy_id=CACHING_DISABLED,
            origin_request_policy_id=ALL_VIEWER,
            response_headers_policy_id=headers.policy_id,
            function_association=switch or None,
        )
        for path in paths
    ]
