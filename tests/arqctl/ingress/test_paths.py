"""Routes match the requests of ingress-nginx's locations, and send the same paths to the service."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arqctl.core.json_access import Body, as_list, as_object
from arqctl.ingress.entry import Kind, Status
from arqctl.ingress.ingress import Service
from tests.arqctl.ingress.migrations import entries, filters, make_ingress, rules, run

TYPES = ("Exact", "Prefix", "ImplementationSpecific")
URIS = st.one_of(
    st.sampled_from(
        ["/", "/api", "/api/", "/API", "/apix", "/api/v1", "/Api/v1/x", "/api/v12", "/a", "/other"]
    ),
    st.lists(st.sampled_from(["api", "API", "v1", "x", "", "apix"]), max_size=4).map(
        lambda parts: "/" + "/".join(parts)
    ),
)


def location_matches(path: str, type_: str, uri: str, *, expressions: bool) -> bool:
    """Return whether the locations of ingress-nginx 1.15 for a path match a request."""
    if expressions:
        return re.match(path, uri, re.IGNORECASE) is not None
    if type_ == "Exact":
        return uri == path
    if type_ == "Prefix" and path != "/":
        return uri == path or uri.startswith(f"{path.removesuffix('/')}/")
    return uri.startswith(path)


def route_matches(match: Body, uri: str) -> bool:
    """Return whether the locations of NGINX Gateway Fabric 2.6 for a match of a route match a request."""
    value = str(match["value"])
    if match["type"] == "RegularExpression":
        flags = re.IGNORECASE if value.startswith("/(?i)") else re.NOFLAG
        return re.match(value.replace("(?i)", ""), uri, flags) is not None
    if match["type"] == "Exact":
        return uri == value
    if value.endswith("/"):
        return uri.startswith(value)
    return uri == value or uri.startswith(f"{value}/")


def path_match(rule: Body) -> Body:
    return as_object(as_object(as_list(rule["matches"])[0])["path"])


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from(["/", "/api", "/api/", "/api/v1"]),
    st.sampled_from(TYPES),
    st.booleans(),
    st.booleans(),
    URIS,
)
def test_a_literal_path_matches_the_same_requests_or_the_report_has_the_difference(
    path: str, type_: str, expressions: bool, restricted: bool, uri: str
) -> None:
    annotations = {"auth-type": "basic", "auth-secret": "users"} if restricted else {}
    other = make_ingress({"use-regex": "true"}, name="other", paths=[("/z[0-9]", "Prefix")])
    migration = run(make_ingress(annotations, paths=[(path, type_)]), *([other] if expressions else []))
    entry = entries(migration, Kind.PATH)[f"app.example.com{path}"]
    before = location_matches(path, type_, uri, expressions=expressions)
    after = route_matches(path_match(rules(migration)[0]), uri)
    assert before == after or (entry.status is Status.CHANGED and before and not after)
    if restricted and expressions:
        assert before == after


@settings(deadline=None)
@given(
    st.sampled_from(["/api/v[0-9]", "/(api|other)", "/api/.*", "/a?pi", "^/api$", "/a|/o", "/api"]),
    st.sampled_from(TYPES),
    URIS,
)
def test_an_expression_matches_the_same_requests(path: str, type_: str, uri: str) -> None:
    migration = run(make_ingress({"use-regex": "true"}, paths=[(path, type_)]))
    match = path_match(rules(migration)[0])
    assert match["type"] == "RegularExpression"
    assert route_matches(match, uri) == location_matches(path, type_, uri, expressions=True)


REWRITES = [
    ("/api(/|$)(.*)", "/$2"),
    ("/api(/|$)(.*)", "/new/$2"),
    ("/api/(.*)", "/$1"),
    ("/api(/.*)?", "/new$1"),
    ("/api/?(.*)", "/$1"),
    ("/api(.*)", "/new$1"),
    ("/api", "/fixed"),
    ("/(.*)", "/$1"),
]


def rewrite_by_ingress_nginx(path: str, target: str, uri: str) -> str:
    match = re.search(path, uri, re.IGNORECASE)
    assert match
    return re.sub(r"\$(\d)", lambda group: match[int(group[1])] or "", target)


def rewrite_by_route(rule_filters: dict[str, Body], match: Body, uri: str) -> str:
    """Rewrite like `createMainRewriteForFilters` of NGINX Gateway Fabric 2.6."""
    path = as_object(as_object(rule_filters.get("URLRewrite", {}).get("urlRewrite")).get("path"))
    if not path:
        return uri
    if path["type"] == "ReplaceFullPath":
        return str(path["replaceFullPath"])
    prefix, replacement = str(match["value"]), str(path["replacePrefixMatch"])
    rest = uri.removeprefix(prefix)
    if replacement.endswith("/") and not prefix.endswith("/"):
        rest = rest.removeprefix("/")
    return f"{replacement}{rest}"


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(REWRITES), URIS)
def test_a_rewrite_has_the_same_result(rewrite: tuple[str, str], uri: str) -> None:
    path, target = rewrite
    migration = run(make_ingress({"rewrite-target": target}, paths=[(path, "ImplementationSpecific")]))
    match = path_match(rules(migration)[0])
    before, after = location_matches(path, "", uri, expressions=True), route_matches(match, uri)
    assert before == after or entries(migration, Kind.PATH)[f"app.example.com{path}"].status is Status.CHANGED
    if before and after:
        assert rewrite_by_route(filters(migration), match, uri) == rewrite_by_ingress_nginx(path, target, uri)
    assert entries(migration)["rewrite-target"].status is Status.MIGRATED


def test_another_rewrite_needs_a_directive() -> None:
    ingress = make_ingress({"rewrite-target": "/$2/$1"}, paths=[("/(a)/(b)", "ImplementationSpecific")])
    entry = entries(run(ingress), Kind.PATH)["app.example.com/(a)/(b)"]
    assert entry.status is Status.MISSING
    assert run(ingress).objects == []
    migration = run(ingress, snippets=True)
    (snippets,) = (each for each in migration.objects if each["kind"] == "SnippetsFilter")
    assert as_object(snippets["spec"])["snippets"] == [
        {"context": "http.server.location", "value": 'rewrite "(?i)/(a)/(b)" /$2/$1 break;'}
    ]
    assert filters(migration)["ExtensionRef"]


def test_a_rewrite_makes_other_paths_of_the_host_expressions() -> None:
    rewriting = make_ingress({"rewrite-target": "/$2"}, paths=[("/api(/|$)(.*)", "ImplementationSpecific")])
    web = make_ingress(name="web", paths=[("/static", "Prefix"), ("/exact", "Exact")])
    found = entries(run(rewriting, web), Kind.PATH, of="shop/web")
    assert found["app.example.com/static"].status is Status.CHANGED
    assert "/staticx" in found["app.example.com/static"].note
    assert entries(run(web), Kind.PATH, of="shop/web")["app.example.com/static"].status is Status.MIGRATED


def test_an_expression_that_now_precedes_a_longer_prefix_is_reported() -> None:
    expression = make_ingress({"use-regex": "true"}, paths=[("/a.*", "Prefix")])
    web = make_ingress(name="web", paths=[("/api/longer", "Prefix"), ("/other/longer", "Prefix")])
    found = entries(run(expression, web), Kind.PATH, of="shop/web")
    assert found["app.example.com/api/longer"].status is Status.MISSING
    assert "/a.* first" in found["app.example.com/api/longer"].note
    assert found["app.example.com/other/longer"].status is Status.CHANGED


def test_a_path_of_two_ingress_objects_is_reported() -> None:
    migration = run(make_ingress(), make_ingress(name="other"))
    assert entries(migration, Kind.PATH, of="shop/other")["app.example.com/"].status is Status.MISSING


@pytest.mark.parametrize("path", ["/a b", "/a//b", "/a;b", "/a/../b", '/a"'])
def test_a_path_that_a_route_cannot_have_is_reported(path: str) -> None:
    migration = run(make_ingress(paths=[(path, "Exact"), ("/ok", "Exact")]))
    assert entries(migration, Kind.PATH)[f"app.example.com{path}"].status is Status.MISSING
    assert len(rules(migration)) == 1


@pytest.mark.parametrize("path", ["/a{2}", "/a b", "/(", "a", "/*"])
def test_an_expression_that_a_route_cannot_have_is_reported(path: str) -> None:
    migration = run(make_ingress({"use-regex": "true"}, paths=[(path, "ImplementationSpecific")]))
    assert entries(migration, Kind.PATH)[f"app.example.com{path}"].status is Status.MISSING
    assert migration.objects == []


def test_a_named_port_gets_its_number_from_the_service() -> None:
    ingress = make_ingress()
    named = {
        "backend": {"service": {"name": "app", "port": {"name": "http"}}},
        "path": "/",
        "pathType": "Prefix",
    }
    spec = {"ingressClassName": "nginx", "rules": [{"host": "app.example.com", "http": {"paths": [named]}}]}
    ingress = type(ingress).model_validate({"metadata": {"name": "app", "namespace": "shop"}, "spec": spec})
    assert "http" in entries(run(ingress), Kind.PATH)["app.example.com/"].note
    service = Service.model_validate(
        {
            "metadata": {"name": "app", "namespace": "shop"},
            "spec": {"ports": [{"name": "http", "port": 8080}]},
        }
    )
    migration = run(ingress, services=[service])
    assert rules(migration)[0]["backendRefs"] == [{"name": "app", "port": 8080}]


def test_a_default_backend_gets_the_other_requests() -> None:
    backend = {"service": {"name": "rest", "port": {"number": 81}}}
    migration = run(make_ingress(paths=[("/a", "Prefix")], defaultBackend=backend))
    assert rules(migration)[1]["backendRefs"] == [{"name": "rest", "port": 81}]
    assert path_match(rules(migration)[1]) == {"type": "PathPrefix", "value": "/"}


def test_many_paths_are_divided_over_routes_with_policies_for_each() -> None:
    migration = run(
        make_ingress({"proxy-body-size": "1m"}, paths=[(f"/p{number}", "Prefix") for number in range(40)])
    )
    kinds = [each["kind"] for each in migration.objects]
    assert kinds.count("HTTPRoute") == kinds.count("ClientSettingsPolicy") == 3
    assert [len(rules(migration, route)) for route in range(3)] == [16, 16, 8]
