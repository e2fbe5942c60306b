"""Routes of the site's domain have only paths that CloudFront sends to the cluster."""

import pytest

from constructs_arq.core.errors import ConstructError
from tests.services.gateway_builders import Edge, gateway
from tests.services.service_builders import Shop, synthesize_shop


def route(path: str, *patterns: str, hosts: tuple[str, ...] = ()) -> None:
    def build(shop: Shop) -> None:
        made = gateway(shop, edge=Edge(api_paths=patterns))
        made.add_route("api", backend=shop.web(), paths=(path,), hosts=hosts)

    synthesize_shop(build)


@pytest.mark.parametrize(
    ("path", "patterns"),
    [
        ("/api", ("/api/*",)),
        ("/api/", ("/v2/*", "/api/*")),
        ("/api/orders/old", ("/api/*",)),
        ("/graphql", ("/graphql",)),
        ("/v1", ("/v?/*.json",)),
        ("/v1", ("/v1?",)),
        ("/v1/orders", ("/*/*.json",)),
        ("/", ("/api/*",)),
    ],
)
def test_a_route_has_paths_that_cloudfront_sends(path: str, patterns: tuple[str, ...]) -> None:
    route(path, *patterns)


@pytest.mark.parametrize(
    ("path", "patterns"),
    [
        ("/api", ("/v2/*",)),
        ("/api", ("/apis/*", "/API/*", "/a?/*")),
        ("/graphql/admin", ("/graphql",)),
        ("/v1", ("/v1.json", "/v?.?", "/v")),
    ],
)
def test_a_path_that_cloudfront_never_sends_is_refused(path: str, patterns: tuple[str, ...]) -> None:
    with pytest.raises(
        ConstructError, match=rf"gateway/api: CloudFront sends no requests below {path} of app.arq.example"
    ):
        route(path, *patterns)


def test_other_hosts_get_all_paths() -> None:
    route("/api", "/v2/*", hosts=("partners.arq.example",))
