from constructs_arq.edge.headers import Header, ResponseHeaders
from tests.support import synthesize


def test_security_headers_override_the_origin() -> None:
    headers = synthesize(
        lambda stack: ResponseHeaders(
            stack,
            "headers",
            content_security_policy="default-src 'self'",
            headers=[Header("Cache-Control", "no-cache"), Header("X-Default", "1", override=False)],
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
        {"header": "Cache-Control", "override": True, "value": "no-cache"},
        {"header": "X-Default", "override": False, "value": "1"},
    ]


def test_responses_do_not_contain_the_encryption_key() -> None:
    headers = synthesize(
        lambda stack: ResponseHeaders(stack, "headers", content_security_policy="x", headers=())
    ).one("aws_cloudfront_response_headers_policy")
    removed = {item["header"] for item in headers["remove_headers_config"]["items"]}
    assert {"X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id", "Server"} <= removed
    assert "custom_headers_config" not in headers


def test_a_policy_that_is_not_enforced_has_no_header() -> None:
    headers = synthesize(
        lambda stack: ResponseHeaders(stack, "headers", content_security_policy=None, headers=())
    ).one("aws_cloudfront_response_headers_policy")
    assert "content_security_policy" not in headers["security_headers_config"]
    assert headers["security_headers_config"]["frame_options"]["frame_option"] == "DENY"
