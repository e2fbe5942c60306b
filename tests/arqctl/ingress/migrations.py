"""Migrates Ingress objects that a test describes."""

from collections.abc import Mapping, Sequence

from arqctl.core.json_access import Body, as_list, as_object
from arqctl.ingress.entry import Entry, Kind
from arqctl.ingress.ingress import ConfigMap, Ingress, Service
from arqctl.ingress.manifests import Manifests
from arqctl.ingress.migration import Migration, Options, migrate
from arqctl.ingress.public_names import PublicNames

PREFIX = "nginx.ingress.kubernetes.io"


def make_ingress(
    annotations: Mapping[str, str] | None = None,
    *,
    name: str = "app",
    host: str = "app.example.com",
    paths: Sequence[tuple[str, str]] = (("/", "Prefix"),),
    service: str = "app",
    **spec: object,
) -> Ingress:
    """Return an Ingress of the namespace shop; annotations have no prefix."""
    backend = {"service": {"name": service, "port": {"number": 80}}}
    http = {"paths": [{"path": path, "pathType": type_, "backend": backend} for path, type_ in paths]}
    return Ingress.model_validate(
        {
            "metadata": {
                "name": name,
                "namespace": "shop",
                "annotations": {f"{PREFIX}/{key}": value for key, value in (annotations or {}).items()},
            },
            "spec": {"ingressClassName": "nginx", "rules": [{"host": host, "http": http}], **spec},
        }
    )


def run(
    *ingresses: Ingress,
    snippets: bool = False,
    settings: Mapping[str, str] | None = None,
    services: Sequence[Service] = (),
    config_maps: Sequence[ConfigMap] = (),
    names: PublicNames | None = None,
) -> Migration:
    """Migrate these objects."""
    maps = [*config_maps]
    if settings:
        metadata = {"name": "ingress-nginx-controller", "namespace": "ingress-nginx"}
        maps.append(ConfigMap.model_validate({"metadata": metadata, "data": dict(settings)}))
    manifests = Manifests(ingresses=ingresses, services=tuple(services), config_maps=tuple(maps), classes=())
    gateway: Body = {"namespace": "gateway", "name": "public"}
    return migrate(
        manifests,
        Options(
            gateway=gateway,
            prefix=PREFIX,
            classes=frozenset({"nginx"}),
            allows_snippets=snippets,
            names=names,
        ),
    )


def entries(migration: Migration, kind: Kind = Kind.ANNOTATION, *, of: str = "shop/app") -> dict[str, Entry]:
    """Return the lines of a kind by name."""
    result = next(result for result in migration.results if result.key == of)
    return {entry.name: entry for entry in result.entries if entry.kind is kind}


def objects(migration: Migration, kind: str) -> list[Body]:
    """Return the specifications of the objects of a kind."""
    return [as_object(each["spec"]) for each in migration.objects if each["kind"] == kind]


def rules(migration: Migration, route: int = 0) -> list[Body]:
    """Return the rules of a route."""
    return [as_object(rule) for rule in as_list(objects(migration, "HTTPRoute")[route]["rules"])]


def filters(migration: Migration, rule: int = 0) -> dict[str, Body]:
    """Return the filters of a rule by type."""
    found = map(as_object, as_list(rules(migration)[rule].get("filters")))
    return {str(each["type"]): each for each in found}
