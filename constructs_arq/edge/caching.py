"""CloudFront cache policies."""

from cdktf_cdktf_provider_aws.cloudfront_cache_policy import (
    CloudfrontCachePolicy,
    CloudfrontCachePolicyParametersInCacheKeyAndForwardedToOrigin,
    CloudfrontCachePolicyParametersInCacheKeyAndForwardedToOriginCookiesConfig,
    CloudfrontCachePolicyParametersInCacheKeyAndForwardedToOriginHeadersConfig,
    CloudfrontCachePolicyParametersInCacheKeyAndForwardedToOriginQueryStringsConfig,
)
from constructs import Construct

from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.edge.lifecycle import replaced_first

# AWS managed policies with the same ids in every account. For an API: no caching, and all viewer headers with
# Host, by which nginx selects a route.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"


class CachePolicy(Construct):
    """A cache policy with a fixed TTL of `seconds` and the path as cache key.

    CloudFront forwards no cookies, headers or query strings to the bucket.
    """

    def __init__(self, scope: Construct, id: str, *, seconds: int) -> None:
        super().__init__(scope, id)
        name = logical_name(self)
        parameters = CloudfrontCachePolicyParametersInCacheKeyAndForwardedToOrigin(
            cookies_config=CloudfrontCachePolicyParametersInCacheKeyAndForwardedToOriginCookiesConfig(
                cookie_behavior="none"
            ),
            headers_config=CloudfrontCachePolicyParametersInCacheKeyAndForwardedToOriginHeadersConfig(
                header_behavior="none"
            ),
            query_strings_config=CloudfrontCachePolicyParametersInCacheKeyAndForwardedToOriginQueryStringsConfig(
                query_string_behavior="none"
            ),
            enable_accept_encoding_brotli=True,
            enable_accept_encoding_gzip=True,
        )
        policy = CloudfrontCachePolicy(
            self,
            "Default",
            name=Stack.of(self).physical_name(name),
            lifecycle=replaced_first(),
            min_ttl=seconds,
            default_ttl=seconds,
            max_ttl=seconds,
            parameters_in_cache_key_and_forwarded_to_origin=parameters,
        )
        self.policy_id: str = policy.id
