"""A real nginx answers with the written routes as with the locations of ingress-nginx."""

import pytest

from arqctl.ingress.entry import Kind, Status
from arqctl.ingress.ingress import Ingress
from tests.arqctl.ingress.migrations import make_ingress, objects, run
from tests.arqctl.ingress.nginx_servers import ingress_locations, route_locations, running_servers

PATHS = [
    "/",
    "/api",
    "/api/",
    "/API/x",
    "/apix",
    "/api/v1",
    "/api/v1/x?y=z",
    "/api/v22",
    "/static",
    "/static/a",
]
PATHS += ["/staticfile", "/exact", "/exact/", "/other", "/Api/V1", "/a%20b", "/api/v1/../v2", "/api//v1"]


def app(name: str, path: str, type_: str = "Prefix", **annotations: str) -> Ingress:
    options = {key.replace("_", "-"): value for key, value in annotations.items()}
    return make_ingress(options, name=name, service=name, paths=[(path, type_)])


CASES = {
    "prefixes": [app("web", "/"), app("api", "/api"), app("old", "/api/v1"), app("one", "/exact", "Exact")],
    "a prefix and the same exact path": [app("web", "/static"), app("one", "/static", "Exact")],
    "characters": [app("web", "/"), app("api", "/api", "ImplementationSpecific")],
    "expressions": [
        app("api", "/api/v[0-9]+", "ImplementationSpecific", use_regex="true"),
        app("deep", "/api/v1/.*", "ImplementationSpecific", use_regex="true"),
        app("web", "/"),
    ],
    "a rewrite": [
        app("api", "/api(/|$)(.*)", "ImplementationSpecific", rewrite_target="/$2"),
        app("web", "/"),
    ],
    "a rewrite to a folder": [
        app("api", "/api(/|$)(.*)", "ImplementationSpecific", rewrite_target="/new/$2"),
        app("static", "/static"),
    ],
    "a rewrite with a slash": [app("api", "/api(/.*)?", "ImplementationSpecific", rewrite_target="/new$1")],
    "a rewrite to a path": [app("api", "/api", rewrite_target="/fixed"), app("web", "/static")],
    "a rewrite with directives": [app("api", "/api/(v)([0-9])", "ImplementationSpecific", use_regex="true")],
}


@pytest.mark.parametrize("case", CASES)
def test_requests_reach_the_same_service_with_the_same_path(case: str) -> None:
    migration = run(*CASES[case])
    changed = [
        entry.name.removeprefix("app.example.com").split("(")[0].lower()
        for result in migration.results
        for entry in result.entries
        if entry.kind is Kind.PATH and entry.status is Status.CHANGED
    ]
    routes = route_locations(objects(migration, "HTTPRoute"))
    with running_servers(ingress_locations(CASES[case]), routes) as (before, after):
        answers = {path: (before(path), after(path)) for path in PATHS}
    different = [path for path, (old, new) in answers.items() if old != new]
    assert [path for path in different if not path.lower().startswith(tuple(changed))] == []
    same = [path for path, (old, new) in answers.items() if old == new != "404"]
    assert len(same) >= 3
    # A path whose meaning changes still matches in its own case, at the limit of an element.
    assert [path for path in different if path in {"/api", "/api/", "/api/v1", "/static", "/static/a"}] == []
