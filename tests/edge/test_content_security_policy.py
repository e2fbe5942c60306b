import pytest

from constructs_arq.core.errors import ConfigError
from constructs_arq.edge.content_security_policy import ContentSecurityPolicy, CspMode
from constructs_arq.edge.headers import Header


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
            image=("https://*.images.example.com",),
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


def test_images_and_fonts_that_a_bundler_inlines_are_allowed() -> None:
    parsed = directives(ContentSecurityPolicy(image=("https://img.example.com", "data:")))
    assert parsed["img-src"] == ["'self'", "data:", "https://img.example.com"]
    assert parsed["font-src"] == ["'self'", "data:"]


def test_workers_load_from_their_origin_and_inlined_ones_if_configured() -> None:
    assert directives(ContentSecurityPolicy())["worker-src"] == ["'self'"]
    assert directives(ContentSecurityPolicy(worker=("blob:",)))["worker-src"] == ["'self'", "blob:"]
    with pytest.raises(ConfigError, match="worker: must contain only supported sources"):
        ContentSecurityPolicy(worker=("data:",))


def test_an_enforced_policy_needs_no_further_header() -> None:
    policy = ContentSecurityPolicy()
    assert policy.enforced == policy.render()
    assert policy.headers == []


def test_a_policy_that_only_reports_is_not_enforced() -> None:
    policy = ContentSecurityPolicy(mode=CspMode.REPORT_ONLY, report_to="https://reports.example.com/csp")
    assert policy.enforced is None
    assert policy.headers == [
        Header("Content-Security-Policy-Report-Only", policy.render()),
        Header("Reporting-Endpoints", 'csp="https://reports.example.com/csp"'),
    ]
    parsed = directives(policy)
    assert parsed["report-uri"] == ["https://reports.example.com/csp"]
    assert parsed["report-to"] == ["csp"]
    assert "upgrade-insecure-requests" not in parsed


@pytest.mark.parametrize("url", ["http://reports.example.com", 'https://a.example.com"; x', "reports"])
def test_reports_go_to_an_https_url(url: str) -> None:
    with pytest.raises(ConfigError, match="report_to"):
        ContentSecurityPolicy(report_to=url)
