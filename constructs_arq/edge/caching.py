"""How long CloudFront keeps what it fetched."""

from cdktf_cdktf_provider_aws.cloudfront_cache_policy import (
    CloudfrontCachePolicy,
    CloudfrontCachePolicyParametersInCacheKeyAndForwardedToOrigin,
    CloudfrontCachePolicyParametersInCacheKeyAndForwardedToOriginCookiesConfig,
    CloudfrontCachePolicyParametersInCacheKeyAndForwardedToOriginHeadersConfig,
    CloudfrontCachePolicyParametersInCacheKeyAndForwardedToOriginQueryStringsConfig,
)
from constructs import Construct

from constructs_arq.core.stack import Stack, logical_name

# AWS's own policies, whose ids are the same in every account. For an API: keep nothing, and send on all that
# the client sent except its Host, which is CloudFront's domain and not the one the origin's certificate has.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER_EXCEPT_HOST_HEADER = "b689b0a8-53d0-40ab-baf2-68738e2966ac"


class CachePolicy(Construct):
    """Files kept for `seconds`, whatever the origin says, and told apart by their paths alone.

    Cookies, headers and query strings neither reach the bucket nor multiply what is kept.
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
        kept = CloudfrontCachePolicy(
            self,
            "Default",
            name=Stack.of(self).physical_name(name),
            min_ttl=seconds,
            default_ttl=seconds,
            max_ttl=seconds,
            parameters_in_cache_key_and_forwarded_to_origin=parameters,
        )
        self.policy_id: str = kept.id
