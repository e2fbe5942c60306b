"""Security and cache headers of responses."""

import re
from typing import Annotated

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
from pydantic import AfterValidator, Field

from constructs_arq.core.config import Config, validation_error
from constructs_arq.core.stack import Stack, logical_name

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
_ORIGIN = r"(https|wss)://(\*\.)?([a-z0-9-]+\.)+[a-z]{2,63}(:\d{1,5})?"
_HASH = r"'sha(256|384|512)-[\w+/=-]+'"
_INLINE_DATA = "data:|blob:"


def _validate_sources(pattern: str, *, fix: str) -> AfterValidator:
    def validate(values: tuple[str, ...]) -> tuple[str, ...]:
        bad = [value for value in values if not re.fullmatch(pattern, value)]
        if bad:
            raise validation_error(f"must contain only supported sources, unlike {', '.join(bad)}", fix=fix)
        return values

    return AfterValidator(validate)


Origins = Annotated[
    tuple[str, ...],
    _validate_sources(_ORIGIN, fix="Write each like https://api.example.com or wss://live.example.com."),
]
CodeSources = Annotated[
    tuple[str, ...],
    _validate_sources(
        f"{_ORIGIN}|{_HASH}", fix="Write each like https://cdn.example.com, or as a hash: 'sha256-…'."
    ),
]
MediaSources = Annotated[
    tuple[str, ...],
    _validate_sources(
        f"{_ORIGIN}|{_INLINE_DATA}", fix="Write each like https://cdn.example.com, data: or blob:."
    ),
]


class ContentSecurityPolicy(Config):
    """External sources that pages may load, in addition to their own origin.

    https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CSP
    """

    script: CodeSources = Field(default=(), description="Sources of scripts.")
    style: CodeSources = Field(default=(), description="Sources of style sheets.")
    image: MediaSources = Field(default=(), description="Sources of images.")
    font: MediaSources = Field(default=(), description="Sources of fonts.")
    connect: Origins = Field(default=(), description="Origins that scripts may call.")
    frame: Origins = Field(default=(), description="Origins that pages may embed in frames.")

    def render(self) -> str:
        """Return the value of the Content-Security-Policy header."""
        sources: dict[str, tuple[str, ...]] = {
            "default-src": (),
            "script-src": self.script,
            "style-src": self.style,
            "img-src": self.image,
            "font-src": self.font,
            "connect-src": self.connect,
            "frame-src": self.frame,
            "base-uri": (),
            "form-action": (),
        }
        allowed = [" ".join((directive, "'self'", *others)) for directive, others in sources.items()]
        return "; ".join(
            [*allowed, "object-src 'none'", "frame-ancestors 'none'", "upgrade-insecure-requests"]
        )


# API responses are data: a browser that renders one as a page must load and run nothing.
API_CONTENT_SECURITY_POLICY = "default-src 'none'; frame-ancestors 'none'"


class ResponseHeaders(Construct):
    """A response headers policy: HSTS for two years, no framing, no MIME sniffing, Content-Security-Policy.

    It overrides headers of the origin. `cache_control` is for browsers; None keeps the origin's header.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
    """

    def __init__(
        self, scope: Construct, id: str, *, content_security_policy: str, cache_control: str | None
    ) -> None:
        super().__init__(scope, id)
        name = logical_name(self)
        headers = CloudfrontResponseHeadersPolicy(
            self,
            "Default",
            name=Stack.of(self).physical_name(name),
            security_headers_config=_security(content_security_policy),
            custom_headers_config=None if cache_control is None else _cache_control(cache_control),
            remove_headers_config=CloudfrontResponseHeadersPolicyRemoveHeadersConfig(
                items=[
                    CloudfrontResponseHeadersPolicyRemoveHeadersConfigItems(header=h)
                    for h in _REMOVED_HEADERS
                ]
            ),
        )
        self.policy_id: str = headers.id


def _cache_control(value: str) -> CloudfrontResponseHeadersPolicyCustomHeadersConfig:
    header = CloudfrontResponseHeadersPolicyCustomHeadersConfigItems(
        header="Cache-Control", value=value, override=True
    )
    return CloudfrontResponseHeadersPolicyCustomHeadersConfig(items=[header])


def _security(content_security_policy: str) -> CloudfrontResponseHeadersPolicySecurityHeadersConfig:
    return CloudfrontResponseHeadersPolicySecurityHeadersConfig(
        strict_transport_security=CloudfrontResponseHeadersPolicySecurityHeadersConfigStrictTransportSecurity(
            access_control_max_age_sec=_TWO_YEARS_SECONDS,
            include_subdomains=True,
            preload=True,
            override=True,
        ),
        content_security_policy=CloudfrontResponseHeadersPolicySecurityHeadersConfigContentSecurityPolicy(
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
