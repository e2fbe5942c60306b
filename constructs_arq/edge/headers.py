"""Security and cache headers of responses."""

from collections.abc import Sequence
from dataclasses import dataclass

from cdktf_cdktf_provider_aws.cloudfront_response_headers_policy import (
    CloudfrontResponseHeadersPolicy,
    CloudfrontResponseHeadersPolicyCustomHeadersConfig,
    CloudfrontResponseHeadersPolicyCustomHeadersConfigItems,
    CloudfrontResponseHeadersPolicyRemoveHeadersConfig,
    CloudfrontResponseHeadersPolicyRemoveHeadersConfigItems,
    CloudfrontResponseHeadersPolicySecurityHeadersConfig,
    CloudfrontResponseHeadersPolicySecurityHeadersConfigContentSecurityPolicy,
    CloudfrontResponseHeadersPolicySecurityHeadersConfigContentTypeOptions,
    CloudfrontResponseHeadersPolicySecurityHeadersConfigFrameOptions,
    CloudfrontResponseHeadersPolicySecurityHeadersConfigReferrerPolicy,
    CloudfrontResponseHeadersPolicySecurityHeadersConfigStrictTransportSecurity,
)
from constructs import Construct

from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.edge.lifecycle import replaced_first

# The preload list requires at least one year. https://hstspreload.org
_TWO_YEARS_SECONDS = 63_072_000
# S3 responses contain the encryption key id, object versions and server names: clients do not need them.
_REMOVED_HEADERS = (
    "Server",
    "X-Amz-Server-Side-Encryption",
    "X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id",
    "X-Amz-Server-Side-Encryption-Bucket-Key-Enabled",
    "X-Amz-Version-Id",
    "X-Powered-By",
)


@dataclass(frozen=True)
class Header:
    """A response header. With `override`, it replaces the origin's header of that name."""

    name: str
    value: str
    override: bool = True


class ResponseHeaders(Construct):
    """A response headers policy: HSTS for two years, no framing, no MIME sniffing, Content-Security-Policy.

    It applies to all responses, also to errors, and overrides headers of the origin. `headers` are further
    ones. `content_security_policy` is None if browsers shall not enforce one.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
    """

    def __init__(
        self, scope: Construct, id: str, *, content_security_policy: str | None, headers: Sequence[Header]
    ) -> None:
        super().__init__(scope, id)
        name = logical_name(self)
        policy = CloudfrontResponseHeadersPolicy(
            self,
            "Default",
            name=Stack.of(self).physical_name(name),
            lifecycle=replaced_first(),
            security_headers_config=_security(content_security_policy),
            custom_headers_config=_custom(headers) if headers else None,
            remove_headers_config=CloudfrontResponseHeadersPolicyRemoveHeadersConfig(
                items=[
                    CloudfrontResponseHeadersPolicyRemoveHeadersConfigItems(header=h)
                    for h in _REMOVED_HEADERS
                ]
            ),
        )
        self.policy_id: str = policy.id


def _custom(headers: Sequence[Header]) -> CloudfrontResponseHeadersPolicyCustomHeadersConfig:
    return CloudfrontResponseHeadersPolicyCustomHeadersConfig(
        items=[
            CloudfrontResponseHeadersPolicyCustomHeadersConfigItems(
                header=header.name, value=header.value, override=header.override
            )
            for header in headers
        ]
    )


def _security(content_security_policy: str | None) -> CloudfrontResponseHeadersPolicySecurityHeadersConfig:
    return CloudfrontResponseHeadersPolicySecurityHeadersConfig(
        strict_transport_security=CloudfrontResponseHeadersPolicySecurityHeadersConfigStrictTransportSecurity(
            access_control_max_age_sec=_TWO_YEARS_SECONDS,
            include_subdomains=True,
            preload=True,
            override=True,
        ),
        content_security_policy=None
        if content_security_policy is None
        else CloudfrontResponseHeadersPolicySecurityHeadersConfigContentSecurityPolicy(
            content_security_policy=content_security_policy, override=True
        ),
        frame_options=CloudfrontResponseHeadersPolicySecurityHeadersConfigFrameOptions(
            frame_option="DENY", override=True
        ),
        content_type_options=CloudfrontResponseHeadersPolicySecurityHeadersConfigContentTypeOptions(
            override=True
        ),
        referrer_policy=CloudfrontResponseHeadersPolicySecurityHeadersConfigReferrerPolicy(
            referrer_policy="strict-origin-when-cross-origin", override=True
        ),
    )
