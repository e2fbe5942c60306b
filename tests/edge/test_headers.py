import pytest

from constructs_arq.core.errors import ConfigError
from constructs_arq.edge.headers import ContentSecurityPolicy, ResponseHeaders
from tests.support import synthesize


def directives(policy: ContentSecurityPolicy) -> dict[str, list[str]]:
    parts = [part.split() for part in policy.render().split("; ")]
    return {part[0]: part[1:] for part in parts}


def test_pages_load_only_from_their_origin_and_configured_sources() -> None:
    default = directives(ContentSecurityPolicy())
    assert default["default-src"] == ["'self'"]
    assert default["object-src"] == default["frame-ancestors"] == ["'none'"]
    parsed = directives(
        ContentSecurityPolicy(
            script=("https://cdn.example.com", "'sha256-AbC+/='"),
            connect=("https://api.example.com", "wss://live.example.com:8443"),
            image=("data:", "https://*.images.example.com"),
        )
    )
    assert parsed["script-src"] == ["'self'", "https://cdn.example.com", "'sha256-AbC+/='"]
    assert parsed["connect-src"] == ["'self'", "https://api.example.com", "wss://live.example.com:8443"]
    assert parsed["img-src"] == ["'self'", "data:", "https://*.images.example.com"]
    assert parsed["style-src"] == ["'self'"]


@pytest.mark.parametrize(
    "source",
    [
        "'unsafe-inline'",
        "'unsafe-eval'",
        "*",
        "https:",
        "http://plain.example.com",
        "data:",
        "https://a.com; x",
    ],
)
def test_unsafe_sources_are_rejected(source: str) -> None:
    with pytest.raises(ConfigError, match="script: must contain only supported sources"):
        ContentSecurityPolicy(script=(source,))


def test_all_invalid_sources_are_reported_at_once() -> None:
    with pytest.raises(ConfigError) as raised:
        ContentSecurityPolicy(script=("*",), connect=("http://a.example.com",))
    assert [problem.path for problem in raised.value.problems] == ["script", "connect"]


def test_security_headers_override_the_origin() -> None:
    headers = synthesize(
        lambda stack: ResponseHeaders(
            stack, "headers", content_security_policy="default-src 'self'", cache_control="no-cache"
        )
    ).one("aws_cloudfront_response_headers_policy")
    security = headers["security_headers_config"]
    assert security["strict_transport_security"] == {
        "access_control_max_age_sec": 63072000,
        "include_subdomains": True,
        "preload": True,
        "override": True,
    }
    assert security["frame_options"] == {"frame_option": "DENY", "override": True}
    assert security["content_type_options"] == {"override": True}
    assert security["referrer_policy"]["referrer_policy"] == "strict-origin-when-cross-origin"
    assert all(part["override"] for part in security.values())
    assert headers["custom_headers_config"]["items"] == [
        {"header": "Cache-Control", "override": True, "value": "no-cache"}
    ]


def test_responses_do_not_contain_the_encryption_key() -> None:
    headers = synthesize(
        lambda stack: ResponseHeaders(stack, "headers", content_security_policy="x", cache_control=None)
    ).one("aws_cloudfront_response_headers_policy")
    removed = {item["header"] for item in headers["remove_headers_config"]["items"]}
    assert {"X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id", "Server"} <= removed
    assert "custom_headers_config" not in headers
