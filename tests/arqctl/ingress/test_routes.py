"""Filters and policies of routes, and restricted access."""

import pytest

from arqctl.core.json_access import as_list, as_object
from arqctl.ingress.entry import Kind, Status
from arqctl.ingress.ingress import ConfigMap
from tests.arqctl.ingress.migrations import entries, filters, make_ingress, objects, rules, run


@pytest.mark.parametrize(
    "annotations",
    [
        {"auth-url": "https://auth.example.com"},
        {"auth-tls-secret": "shop/ca"},
        {"auth-type": "digest", "auth-secret": "users"},
        {"auth-type": "basic"},
        {"auth-type": "basic", "auth-secret": "other/users"},
        {"auth-type": "basic", "auth-secret": "users", "auth-secret-type": "auth-map"},
        {"whitelist-source-range": "10.0.0.0/8"},
        {"denylist-source-range": "not a network"},
        {"enable-modsecurity": "true"},
        {"server-snippet": "deny all;"},
        {"ssl-passthrough": "true"},
        {"backend-protocol": "GRPC"},
        {"permanent-redirect": "https://example.com/$1"},
        {"enable-global-auth": "true"},
    ],
    ids=" ".join,
)
def test_an_ingress_gets_no_route_that_is_open_or_broken(annotations: dict[str, str]) -> None:
    migration = run(make_ingress(annotations))
    assert migration.results[0].is_held
    assert migration.objects == []
    assert not migration.is_complete


@pytest.mark.parametrize("name", ["global-auth-url", "block-cidrs", "http-snippet", "whitelist-source-range"])
def test_a_global_restriction_holds_all_routes_back(name: str) -> None:
    migration = run(
        make_ingress(), make_ingress(name="other", host="b.example.com"), settings={name: "10.0.0.1"}
    )
    assert migration.objects == []


def test_global_authentication_can_be_off_for_an_ingress() -> None:
    migration = run(make_ingress({"enable-global-auth": "false"}), settings={"global-auth-url": "https://a"})
    assert len(migration.objects) == 1


def test_global_settings_apply_where_the_annotation_is_missing() -> None:
    migration = run(
        make_ingress(),
        make_ingress({"proxy-body-size": "1m"}, name="small", host="b.example.com"),
        settings={"proxy-body-size": "50m", "use-gzip": "true"},
    )
    sizes = [as_object(each["body"])["maxSize"] for each in objects(migration, "ClientSettingsPolicy")]
    assert sizes == ["50m", "1m"]
    assert "global setting" in entries(migration)["proxy-body-size"].note
    assert {entry.name: entry.status for entry in migration.settings} == {
        "proxy-body-size": Status.MIGRATED,
        "use-gzip": Status.MISSING,
    }


def test_allowed_networks_become_a_directive_in_each_location() -> None:
    migration = run(
        make_ingress(
            {"whitelist-source-range": "10.0.0.0/8, 192.0.2.1", "denylist-source-range": "10.1.0.0/16"}
        ),
        snippets=True,
    )
    (snippets,) = objects(migration, "SnippetsFilter")
    (snippet,) = map(as_object, as_list(snippets["snippets"]))
    assert str(snippet["value"]).splitlines() == [
        "deny 10.1.0.0/16;",
        "allow 10.0.0.0/8;",
        "allow 192.0.2.1;",
        "deny all;",
    ]
    assert as_object(filters(migration)["ExtensionRef"]["extensionRef"])["kind"] == "SnippetsFilter"


@pytest.mark.parametrize(
    "snippet",
    ['more_set_headers "A: b";', "access_by_lua_block { x }", "proxy_http_version 1.0;", "set $a $req_id;"],
)
def test_a_snippet_that_the_gateway_cannot_load_is_reported(snippet: str) -> None:
    migration = run(make_ingress({"configuration-snippet": snippet}), snippets=True)
    assert entries(migration)["configuration-snippet"].status is Status.INVALID
    assert migration.objects == []


@pytest.mark.parametrize("value", ["1; deny all", "off; }", "a{b", 'a"b c'])
def test_a_value_cannot_add_directives(value: str) -> None:
    migration = run(make_ingress({"proxy-cookie-path": value, "proxy-next-upstream": value}), snippets=True)
    assert {entry.status for entry in entries(migration).values()} == {Status.INVALID}
    assert not objects(migration, "SnippetsFilter")


def test_all_origins_get_no_credentials() -> None:
    migration = run(make_ingress({"enable-cors": "true", "cors-allow-credentials": "true"}))
    cors = as_object(filters(migration)["CORS"]["cors"])
    assert cors["allowOrigins"] == ["*"]
    assert "allowCredentials" not in cors
    assert entries(migration)["cors-allow-credentials"].status is Status.CHANGED


def test_listed_origins_get_credentials_by_default() -> None:
    migration = run(make_ingress({"enable-cors": "true", "cors-allow-origin": "https://*.example.com"}))
    assert as_object(filters(migration)["CORS"]["cors"])["allowCredentials"] is True


def test_a_redirect_replaces_the_service() -> None:
    migration = run(
        make_ingress(
            {"permanent-redirect": "https://new.example.com/start", "permanent-redirect-code": "308"}
        )
    )
    assert filters(migration)["RequestRedirect"]["requestRedirect"] == {
        "scheme": "https",
        "hostname": "new.example.com",
        "path": {"type": "ReplaceFullPath", "replaceFullPath": "/start"},
        "statusCode": 308,
    }
    assert "backendRefs" not in rules(migration)[0]


def test_a_redirect_to_another_host_keeps_the_path() -> None:
    migration = run(make_ingress({"temporal-redirect": "https://new.example.com$request_uri"}))
    redirect = as_object(filters(migration)["RequestRedirect"]["requestRedirect"])
    assert redirect == {"scheme": "https", "hostname": "new.example.com", "statusCode": 302}


def test_the_root_redirects_before_the_other_paths() -> None:
    migration = run(make_ingress({"app-root": "/start"}))
    first, second = rules(migration)
    assert as_object(as_list(first["matches"])[0])["path"] == {"type": "Exact", "value": "/"}
    assert "backendRefs" not in first
    assert second["backendRefs"]


def test_the_name_with_www_redirects_unless_an_ingress_serves_it() -> None:
    ingress = make_ingress({"from-to-www-redirect": "true"}, host="www.example.com")
    (_, redirect) = objects(run(ingress), "HTTPRoute")
    assert redirect["hostnames"] == ["example.com"]
    other = make_ingress(name="other", host="example.com")
    assert all(
        route["hostnames"] != ["example.com"] or "backendRefs" in str(route)
        for route in objects(run(ingress, other), "HTTPRoute")
    )


def test_rates_have_the_burst_of_ingress_nginx() -> None:
    migration = run(
        make_ingress({"limit-rps": "10", "limit-rpm": "100"}), settings={"limit-req-status-code": "429"}
    )
    (policy,) = objects(migration, "RateLimitPolicy")
    limit = as_object(policy["rateLimit"])
    found = [as_object(each) for each in as_list(as_object(limit["local"])["rules"])]
    assert [(each["rate"], each["burst"]) for each in found] == [("100r/m", 500), ("10r/s", 50)]
    assert limit["rejectCode"] == 429


@pytest.mark.parametrize(
    ("value", "expected"),
    [("8m", "8m"), ("0", "0"), ("1048576", "1m"), ("10G", "10g"), ("12345", "13k"), ("20480k", "20m")],
)
def test_sizes_have_at_most_four_digits(value: str, expected: str) -> None:
    (policy,) = objects(run(make_ingress({"proxy-body-size": value})), "ClientSettingsPolicy")
    assert policy["body"] == {"maxSize": expected}


def test_a_canary_is_divided_by_header_cookie_and_weight() -> None:
    canary = make_ingress(
        {
            "canary": "true",
            "canary-by-header": "X-Canary",
            "canary-by-cookie": "canary",
            "canary-weight": "5",
            "canary-weight-total": "200",
            "proxy-body-size": "1m",
        },
        name="next",
        service="next",
    )
    migration = run(make_ingress(), canary)
    found = []
    for rule in rules(migration):
        header = as_object((as_list(as_object(as_list(rule["matches"])[0]).get("headers")) or [{}])[0])
        backends = [
            (as_object(each)["name"], as_object(each)["weight"]) for each in as_list(rule["backendRefs"])
        ]
        found.append((header.get("value"), backends))
    assert found == [
        ("always", [("next", 1)]),
        ("never", [("app", 1)]),
        ("(^|; *)canary=always(;|$)", [("next", 1)]),
        ("(^|; *)canary=never(;|$)", [("app", 1)]),
        (None, [("app", 195), ("next", 5)]),
    ]
    assert entries(migration, of="shop/next")["proxy-body-size"].status is Status.NOT_NEEDED


def test_a_canary_without_a_main_ingress_is_reported() -> None:
    migration = run(make_ingress({"canary": "true", "canary-weight": "5"}))
    assert entries(migration)["canary"].status is Status.MISSING
    assert migration.objects == []


def test_a_service_gets_one_policy_and_a_conflict_is_reported() -> None:
    first = make_ingress({"load-balance": "round_robin"})
    second = make_ingress({"upstream-hash-by": "$request_uri"}, name="other", host="b.example.com")
    migration = run(first, second)
    assert [each["loadBalancingMethod"] for each in objects(migration, "UpstreamSettingsPolicy")] == [
        "round_robin"
    ]
    assert entries(migration, of="shop/other")["upstream-hash-by"].status is Status.MISSING


def test_tls_to_the_service_is_verified() -> None:
    migration = run(make_ingress({"backend-protocol": "HTTPS", "proxy-ssl-secret": "shop/ca"}))
    (policy,) = objects(migration, "BackendTLSPolicy")
    assert policy["validation"] == {
        "hostname": "app.shop.svc",
        "caCertificateRefs": [{"group": "", "kind": "Secret", "name": "ca"}],
    }
    assert entries(migration)["backend-protocol"].status is Status.CHANGED


def test_headers_of_a_config_map_that_is_not_among_the_files_are_reported() -> None:
    ingress = make_ingress({"custom-headers": "shop/headers"})
    assert entries(run(ingress))["custom-headers"].status is Status.MISSING
    headers = {"metadata": {"name": "headers", "namespace": "shop"}, "data": {"Server": "x"}}
    migration = run(ingress, config_maps=[ConfigMap.model_validate(headers)])
    assert entries(migration)["custom-headers"].status is Status.INVALID


def test_certificates_and_hosts_without_tls_are_reported() -> None:
    migration = run(make_ingress(tls=[{"hosts": ["other.example.com"], "secretName": "tls"}]))
    assert "CloudFront's certificate" in entries(migration, Kind.TLS)["tls"].note
    assert "no TLS" in entries(migration, Kind.HOST)["app.example.com"].note


def test_a_wildcard_host_is_reported_because_it_matches_more_names() -> None:
    migration = run(make_ingress(host="*.example.com"))
    assert objects(migration, "HTTPRoute")[0]["hostnames"] == ["*.example.com"]
    assert any("a.b.example.com" in entry.note for entry in migration.results[0].entries)


def test_an_ingress_of_another_class_is_skipped() -> None:
    ingress = make_ingress(ingressClassName="alb")
    (result,) = run(ingress).results
    assert result.skipped == "it has the class alb"
