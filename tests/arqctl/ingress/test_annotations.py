"""Every annotation of ingress-nginx: it is in the table, and its counterpart is written."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arqctl.ingress.annotation_table import annotation_table
from arqctl.ingress.entry import Kind, Status
from arqctl.ingress.ingress import ConfigMap
from tests.arqctl.ingress.migrations import entries, make_ingress, objects, run
from tests.kubernetes.custom_resources import validate_custom_object

TABLE = annotation_table().annotations
LINES = (Path(__file__).parent / "annotation_names.txt").read_text().splitlines()
NAMES = [line for line in LINES if not line.startswith("#")]
HEADERS = ConfigMap.model_validate(
    {"metadata": {"name": "headers", "namespace": "shop"}, "data": {"X-Team": "a"}}
)
# Annotations with a counterpart: an example, with the annotations that it depends on.
BASIC = {"auth-type": "basic", "auth-secret": "users"}
CANARY = {"canary": "true", "canary-by-header": "X-Canary"}
CORS = {"enable-cors": "true", "cors-allow-origin": "https://example.com"}
TLS = {"backend-protocol": "HTTPS"}
EXAMPLES: dict[str, dict[str, str]] = {
    "app-root": {"app-root": "/start"},
    "rewrite-target": {"rewrite-target": "/start"},
    "use-regex": {"use-regex": "true"},
    "permanent-redirect": {"permanent-redirect": "https://example.com"},
    "permanent-redirect-code": {
        "permanent-redirect": "https://example.com",
        "permanent-redirect-code": "308",
    },
    "temporal-redirect": {"temporal-redirect": "https://example.com$request_uri"},
    "temporal-redirect-code": {"temporal-redirect": "https://example.com", "temporal-redirect-code": "307"},
    "from-to-www-redirect": {"from-to-www-redirect": "true"},
    "server-alias": {"server-alias": "other.example.com"},
    "relative-redirects": {"relative-redirects": "true"},
    "backend-protocol": TLS,
    "proxy-ssl-secret": {**TLS, "proxy-ssl-secret": "shop/ca"},
    "proxy-ssl-name": {**TLS, "proxy-ssl-name": "app.internal"},
    "proxy-ssl-verify": {**TLS, "proxy-ssl-verify": "on"},
    "proxy-ssl-server-name": {**TLS, "proxy-ssl-server-name": "on"},
    "upstream-vhost": {"upstream-vhost": "app.internal"},
    "x-forwarded-prefix": {"rewrite-target": "/start", "x-forwarded-prefix": "/app"},
    "custom-headers": {"custom-headers": "shop/headers"},
    "proxy-connect-timeout": {"proxy-connect-timeout": "5"},
    "proxy-read-timeout": {"proxy-read-timeout": "86400"},
    "proxy-send-timeout": {"proxy-send-timeout": "120"},
    "proxy-buffering": {"proxy-buffering": "off"},
    "proxy-buffers-number": {"proxy-buffers-number": "8"},
    "proxy-buffer-size": {"proxy-buffer-size": "8k"},
    "proxy-busy-buffers-size": {"proxy-buffer-size": "8k", "proxy-busy-buffers-size": "16k"},
    "proxy-max-temp-file-size": {"proxy-max-temp-file-size": "0"},
    "proxy-body-size": {"proxy-body-size": "0"},
    "client-body-buffer-size": {"client-body-buffer-size": "1M"},
    "proxy-request-buffering": {"proxy-request-buffering": "off"},
    "proxy-next-upstream": {"proxy-next-upstream": "error timeout http_502"},
    "proxy-next-upstream-timeout": {"proxy-next-upstream-timeout": "10"},
    "proxy-next-upstream-tries": {"proxy-next-upstream-tries": "3"},
    "proxy-cookie-domain": {"proxy-cookie-domain": "localhost example.com"},
    "proxy-cookie-path": {"proxy-cookie-path": "/a /b"},
    "proxy-redirect-from": {"proxy-redirect-from": "http://a/", "proxy-redirect-to": "https://b/"},
    "proxy-redirect-to": {"proxy-redirect-from": "http://a/", "proxy-redirect-to": "https://b/"},
    "mirror-target": {"mirror-target": "http://copy.shop.svc.cluster.local:8080$request_uri"},
    "load-balance": {"load-balance": "round_robin"},
    "upstream-hash-by": {"upstream-hash-by": "$request_uri"},
    "canary": CANARY,
    "canary-by-header": CANARY,
    "canary-by-header-value": {**CANARY, "canary-by-header-value": "yes"},
    "canary-by-header-pattern": {**CANARY, "canary-by-header-pattern": "y.*"},
    "canary-by-cookie": {"canary": "true", "canary-by-cookie": "canary"},
    "canary-weight": {"canary": "true", "canary-weight": "5"},
    "canary-weight-total": {"canary": "true", "canary-weight": "5", "canary-weight-total": "1000"},
    "auth-type": BASIC,
    "auth-secret": BASIC,
    "auth-realm": {**BASIC, "auth-realm": "Staff"},
    "whitelist-source-range": {"whitelist-source-range": "10.0.0.0/8,2001:db8::/32"},
    "allowlist-source-range": {"allowlist-source-range": "10.0.0.0/8"},
    "denylist-source-range": {"denylist-source-range": "192.0.2.1"},
    "enable-cors": CORS,
    "cors-allow-origin": CORS,
    "cors-allow-methods": {**CORS, "cors-allow-methods": "GET, put"},
    "cors-allow-headers": {**CORS, "cors-allow-headers": "X-A, X-B"},
    "cors-expose-headers": {**CORS, "cors-expose-headers": "*, X-C"},
    "cors-allow-credentials": {**CORS, "cors-allow-credentials": "false"},
    "cors-max-age": {**CORS, "cors-max-age": "600"},
    "limit-rps": {"limit-rps": "10"},
    "limit-rpm": {"limit-rpm": "100"},
    "limit-burst-multiplier": {"limit-rps": "10", "limit-burst-multiplier": "2"},
    "limit-connections": {"limit-connections": "20"},
    "limit-rate": {"limit-rate": "100"},
    "limit-rate-after": {"limit-rate-after": "100"},
    "enable-access-log": {"enable-access-log": "false"},
    "enable-rewrite-log": {"enable-rewrite-log": "true"},
    "configuration-snippet": {"configuration-snippet": "expires 1h;"},
    "server-snippet": {"server-snippet": "underscores_in_headers on;"},
}


def test_the_table_contains_exactly_the_annotations_of_the_last_release() -> None:
    assert sorted(TABLE) == sorted(NAMES)
    assert len(NAMES) == 138


def test_each_annotation_has_a_counterpart_or_a_reason_and_a_fix() -> None:
    incomplete = [
        name for name, each in TABLE.items() if not each.counterpart and not (each.reason and each.instead)
    ]
    assert incomplete == []
    assert {each.needs for each in TABLE.values() if each.needs} <= set(TABLE)


def test_each_annotation_with_a_counterpart_has_an_example() -> None:
    assert sorted(EXAMPLES) == sorted(name for name, each in TABLE.items() if each.counterpart)


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_an_annotation_with_a_counterpart_is_migrated(name: str) -> None:
    if name.startswith("canary"):
        canary = make_ingress(EXAMPLES[name], name="next", service="next")
        migration = run(make_ingress(), canary)
        entry = entries(migration, of="shop/next")[name]
    else:
        migration = run(make_ingress(EXAMPLES[name]), snippets=True, config_maps=[HEADERS])
        entry = entries(migration)[name]
    for each in migration.objects:
        validate_custom_object(each)
    assert entry.status in {Status.MIGRATED, Status.CHANGED}
    assert entry.counterpart == TABLE[name].counterpart
    assert objects(migration, "HTTPRoute")


@pytest.mark.parametrize("name", sorted(name for name, each in TABLE.items() if not each.counterpart))
def test_an_annotation_without_a_counterpart_has_a_reason_and_a_fix(name: str) -> None:
    annotations = {name: "value"}
    while needed := TABLE[[*annotations][-1]].needs:
        annotations[needed] = "HTTPS" if needed == "backend-protocol" else "value"
    annotations |= {"limit-rps": "1"} if name.startswith("limit-") else {}
    entry = entries(run(make_ingress(annotations)))[name]
    assert entry.status is Status.MISSING
    assert entry.note == f"{TABLE[name].reason}. {TABLE[name].instead}."


@pytest.mark.parametrize("name", sorted(name for name, each in TABLE.items() if each.snippet))
def test_directives_are_written_only_if_the_gateway_allows_them(name: str) -> None:
    migration = run(make_ingress(EXAMPLES[name]))
    assert entries(migration)[name].status is Status.MISSING
    assert "--snippets" in entries(migration)[name].note
    assert not objects(migration, "SnippetsFilter")


def test_an_annotation_without_its_main_annotation_is_not_needed() -> None:
    found = entries(run(make_ingress({"session-cookie-name": "SESSION", "cors-max-age": "600"})))
    assert {entry.status for entry in found.values()} == {Status.NOT_NEEDED}
    assert found["session-cookie-name"].note == "Has no effect without affinity"


def test_an_unknown_annotation_is_reported_and_holds_the_routes_back() -> None:
    migration = run(make_ingress({"proxy-body-sise": "8m"}))
    assert entries(migration)["proxy-body-sise"].status is Status.UNKNOWN
    assert migration.objects == []
    assert not migration.is_complete


def test_annotations_of_other_tools_are_reported_with_their_prefix() -> None:
    ingress = make_ingress()
    other = {
        "cert-manager.io/cluster-issuer": "letsencrypt",
        "external-dns.alpha.kubernetes.io/hostname": "app.example.com",
        "example.com/team": "a",
    }
    metadata = ingress.metadata.model_copy(update={"annotations": other})
    migration = run(ingress.model_copy(update={"metadata": metadata}))
    assert {name: entry.status for name, entry in entries(migration).items()} == {
        "cert-manager.io/cluster-issuer": Status.NOT_NEEDED,
        "external-dns.alpha.kubernetes.io/hostname": Status.MISSING,
        "example.com/team": Status.UNKNOWN,
    }
    assert len(migration.objects) == 1


VALUES = st.one_of(
    st.sampled_from([value for example in EXAMPLES.values() for value in example.values()]),
    st.sampled_from(["true", "false", "on", "off", "0", "-1", "9" * 30, "", "a;b", "$x", "*"]),
    st.text(max_size=20),
)
ANNOTATIONS = st.dictionaries(
    st.one_of(st.sampled_from(NAMES), st.text("abcdefghij-", min_size=1, max_size=12)), VALUES, max_size=12
)
PATHS = st.lists(
    st.tuples(
        st.sampled_from(["/", "/a", "/a/b", "/A", "/a(/|$)(.*)", "/a/(.*)", "/a.*", "/[a-z]+", "/a b", "a"]),
        st.sampled_from(["Exact", "Prefix", "ImplementationSpecific"]),
    ),
    max_size=4,
)


@settings(deadline=None, max_examples=300)
@given(ANNOTATIONS, ANNOTATIONS, PATHS, st.booleans())
def test_no_annotation_and_no_path_is_ever_lost(
    annotations: dict[str, str], others: dict[str, str], paths: list[tuple[str, str]], snippets: bool
) -> None:
    first, second = make_ingress(annotations, paths=paths), make_ingress(others, name="next", paths=paths)
    migration = run(first, second, snippets=snippets, settings={"proxy-body-size": "8m", "use-gzip": "true"})
    for each in migration.objects:
        validate_custom_object(each)
    for result, given_ in zip(migration.results, (annotations, others), strict=True):
        reported = [entry.name for entry in result.entries if entry.kind is Kind.ANNOTATION]
        assert sorted(reported) == sorted({*given_, "proxy-body-size"})
        assert all(entry.note or entry.status is not Status.MISSING for entry in result.entries)
        assert not (result.is_held and result.objects)
        if given_.get("canary") not in {"true", "1", "t", "T", "TRUE", "True"}:
            kinds = [entry.name for entry in result.entries if entry.kind is Kind.PATH]
            assert {f"app.example.com{path}" for path, _ in paths} <= set(kinds)
