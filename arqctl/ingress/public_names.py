"""The names of routes at CloudFront, which sends requests of its own names only."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Final, TypeAlias

from arqctl.core.assembly import Stack
from arqctl.core.json_access import Body, as_list, as_object, as_text
from arqctl.ingress.entry import Entry, Kind, Status
from arqctl.ingress.paths import EXACT, PREFIX

PublicNames: TypeAlias = Mapping[str, Sequence[str]]
"""The path patterns that CloudFront sends to the cluster, by public name."""

_ADD: Final = "Add it to `hosts` of the environment. ExternalDNS then makes its record for the route"
_WILDCARD_NOTE: Final = (
    "CloudFront has no wildcard names here. Write a route for each name, and add the names to `hosts`"
)
_ALL_NOTE: Final = "The route gets the requests of all names that CloudFront has"


def find_public_names(stacks: Sequence[Stack]) -> PublicNames:
    """Return the names of the CloudFront distributions that send requests to a VPC origin."""
    found: dict[str, Sequence[str]] = {}
    for stack in stacks:
        for block in stack.resources:
            if block.type == "aws_cloudfront_distribution":
                patterns = _patterns(block.body)
                found |= {as_text(alias): patterns for alias in as_list(block.body.get("aliases"))}
    return found


def _patterns(distribution: Body) -> list[str]:
    origins = map(as_object, as_list(distribution.get("origin")))
    cluster = {as_text(each.get("origin_id")) for each in origins if each.get("vpc_origin_config")}
    default = as_object(distribution.get("default_cache_behavior"))
    ordered = map(as_object, as_list(distribution.get("ordered_cache_behavior")))
    behaviors = [*ordered, {**default, "path_pattern": "*"}]
    return [
        as_text(each.get("path_pattern"))
        for each in behaviors
        if as_text(each.get("target_origin_id")) in cluster
    ]


def report_names(objects: Iterable[Body], names: PublicNames | None) -> Iterator[Entry]:
    """Yield a line for each host of routes. `names` is None if the environment is not known."""
    paths: dict[str, list[tuple[str, str]]] = {}
    for each in objects:
        if each["kind"] == "HTTPRoute":
            spec = as_object(each["spec"])
            for host in as_list(spec.get("hostnames")) or [""]:
                paths.setdefault(as_text(host), []).extend(_paths(spec))
    for host, found in paths.items():
        yield _entry(host, found, names)


def _paths(route: Body) -> Iterator[tuple[str, str]]:
    for rule in map(as_object, as_list(route.get("rules"))):
        for match in map(as_object, as_list(rule.get("matches"))):
            path = as_object(match.get("path"))
            yield as_text(path.get("type")), as_text(path.get("value"))


def _entry(host: str, paths: Sequence[tuple[str, str]], names: PublicNames | None) -> Entry:
    if not host:
        return Entry(Kind.NAME, "*", "", Status.CHANGED, note=_ALL_NOTE)
    if host.startswith("*."):
        return Entry(Kind.NAME, host, "", Status.MISSING, note=_WILDCARD_NOTE)
    if names is None:
        note = f"CloudFront must have the name. {_ADD}"
        return Entry(Kind.NAME, host, "", Status.CHANGED, note=note)
    if host not in names:
        note = f"CloudFront does not have the name, so the route gets no requests. {_ADD}"
        return Entry(Kind.NAME, host, "", Status.MISSING, note=note)
    patterns = names[host]
    missing = [path for type_, path in paths if not any(_is_sent(type_, path, each) for each in patterns)]
    if missing:
        note = (
            f"Of this name, CloudFront sends only {', '.join(patterns)} to the cluster, not "
            f"{', '.join(missing)}. Add the paths to `api_paths` of the site, or use a name of `hosts`"
        )
        return Entry(Kind.NAME, host, "", Status.MISSING, note=note)
    return Entry(Kind.NAME, host, "", Status.MIGRATED, "CloudFront distribution")


def _is_sent(type_: str, path: str, pattern: str) -> bool:
    """Return whether CloudFront sends the requests below a path. It is not known for an expression."""
    literal = pattern.replace("[", "[[]")
    if type_ == EXACT:
        return fnmatchcase(path, literal)
    return literal == "*" or (type_ == PREFIX and fnmatchcase(f"{path.rstrip('/')}/path", literal))
