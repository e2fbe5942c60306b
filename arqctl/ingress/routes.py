"""The routes of an Ingress, with their filters and policies."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from arqctl.core.json_access import Body, as_object
from arqctl.ingress.draft import Draft
from arqctl.ingress.entry import Kind, Status
from arqctl.ingress.gateway_objects import (
    basic_auth_filter,
    client_settings,
    http_route,
    proxy_settings,
    rate_limit,
    snippets_filter,
)
from arqctl.ingress.ingress import Path, Service
from arqctl.ingress.paths import PREFIX
from arqctl.ingress.redirects import redirect_filter
from arqctl.ingress.rewriting import REWRITE
from arqctl.ingress.rules import Canary, RuleBuilder
from arqctl.ingress.values import Target, is_host

_MOST_RULES: Final = 16
"""Rules of an HTTPRoute."""
_MOST_HOSTS: Final = 16
_TLS_NOTE: Final = (
    "CloudFront's certificate has the names of `hosts`. The gateway has its own of cert-manager, "
    "not the secret"
)


@dataclass(frozen=True)
class Context:
    """Objects and settings that the routes of an Ingress depend on, besides the Ingress itself."""

    gateway: Body
    services: Mapping[str, Service]
    canaries: Mapping[tuple[str, str, str], Canary]
    expression_hosts: frozenset[str]
    hosts: frozenset[str]
    reject_code: int


def write_routes(draft: Draft, context: Context) -> list[Body]:
    """Return the objects of an Ingress, and report its paths, hosts and certificates."""
    metadata = draft.ingress.metadata
    builder = RuleBuilder(
        draft,
        context.services,
        {
            (host, path): each
            for (space, host, path), each in context.canaries.items()
            if space == metadata.namespace
        },
        lambda host: host in context.expression_hosts,
    )
    rules = {host: builder.build(host, paths) for host, paths in _paths_by_host(draft).items()}
    _report_rewrite(draft)
    _report_hosts(draft)
    routes = list(_routes(draft, context, {host: found for host, found in rules.items() if found}))
    filters = [*builder.filter_objects]
    if draft.basic_auth:
        filters.append(basic_auth_filter(metadata.name, metadata.namespace, draft.basic_auth))
    if draft.snippets:
        filters.append(snippets_filter(metadata.name, metadata.namespace, draft.snippets))
    policies = [each for route in routes for each in _policies(draft, route, context.reject_code)]
    return [*routes, *_www_routes(draft, context), *filters, *policies] if routes else []


def _paths_by_host(draft: Draft) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for rule in draft.ingress.spec.rules:
        found.setdefault(rule.host, []).extend(rule.http.paths)
    if not found and draft.ingress.spec.default_backend:
        found[""] = []
    return found


def _routes(draft: Draft, context: Context, rules: Mapping[str, list[list[Body]]]) -> Iterator[Body]:
    """Yield a route for hosts with the same rules, or several if there are too many rules."""
    metadata = draft.ingress.metadata
    groups: dict[str, list[str]] = {}
    for host, found in rules.items():
        groups.setdefault(json.dumps(found, sort_keys=True), []).append(host)
    for hosts in groups.values():
        name = metadata.name if len(groups) == 1 else f"{metadata.name}-{_slug(hosts[0])}"
        names = [] if "" in hosts else [*dict.fromkeys([*hosts, *draft.aliases])]
        for number, part in enumerate(_parts(rules[hosts[0]]), 1):
            for start in range(0, max(len(names), 1), _MOST_HOSTS):
                position = number + start // _MOST_HOSTS * _MOST_RULES
                yield http_route(
                    name if position == 1 else f"{name}-{position}",
                    metadata.namespace,
                    gateway=context.gateway,
                    hosts=names[start : start + _MOST_HOSTS],
                    rules=part,
                )


def _parts(groups: Sequence[Sequence[Body]]) -> Iterator[list[Body]]:
    """Yield the rules in parts that fit into a route. Rules for the same path stay together."""
    part: list[Body] = []
    for group in groups:
        if len(part) + len(group) > _MOST_RULES:
            yield part
            part = []
        part += group
    yield part


def _www_routes(draft: Draft, context: Context) -> Iterator[Body]:
    """Yield routes that redirect from the name with www to the name without it, or the other way round."""
    metadata = draft.ingress.metadata
    hosts = dict.fromkeys(rule.host for rule in draft.ingress.spec.rules) if draft.redirects_www else {}
    for host in filter(is_host, hosts):
        other = host.removeprefix("www.") if host.startswith("www.") else f"www.{host}"
        if other in context.hosts or host.startswith("*"):
            note = "An Ingress serves the other name, so ingress-nginx does not redirect it"
            draft.add(Kind.HOST, other, "", Status.NOT_NEEDED, note)
            continue
        match: Body = {"path": {"type": PREFIX, "value": "/"}}
        rule: Body = {
            "matches": [match],
            "filters": [redirect_filter(Target("https", host, None, None), 308)],
        }
        name = f"{metadata.name}-{_slug(other)}"
        yield http_route(name, metadata.namespace, gateway=context.gateway, hosts=[other], rules=[rule])
        note = "The route redirects to the other name"
        draft.add(Kind.HOST, other, "", Status.CHANGED, note, "HTTPRoute")


def _policies(draft: Draft, route: Body, reject_code: int) -> Iterator[Body]:
    name, namespace = str(as_object(route["metadata"])["name"]), draft.ingress.metadata.namespace
    if draft.client_body:
        yield client_settings(name, namespace, name, draft.client_body)
    if draft.timeouts or draft.buffering:
        yield proxy_settings(name, namespace, name, timeout=draft.timeouts, buffering=draft.buffering)
    if draft.rates:
        yield rate_limit(name, namespace, name, draft.rates, reject_code)


def _report_rewrite(draft: Draft) -> None:
    """Report rewrite-target and use-regex; the lines of the paths have the details."""
    paths = [entry for entry in draft.entries if entry.kind is Kind.PATH]
    if any(entry.status.is_open for entry in paths):
        draft.change(REWRITE, "Some paths have no rule: see the paths")
    draft.migrate(REWRITE)
    if draft.is_true("use-regex"):
        draft.migrate("use-regex")
    else:
        draft.skip("use-regex", "The paths are no regular expressions")


def _report_hosts(draft: Draft) -> None:
    tls = draft.ingress.spec.tls
    for each in tls:
        draft.add(Kind.TLS, each.secret_name or "(default)", ", ".join(each.hosts), Status.CHANGED, _TLS_NOTE)
    secured = [host for each in tls for host in each.hosts]
    for host in dict.fromkeys(rule.host for rule in draft.ingress.spec.rules):
        if host.startswith("*."):
            note = (
                f"ingress-nginx matches one label, such as a{host[1:]}. The route also matches a.b{host[1:]}"
            )
            draft.add(Kind.HOST, host, "", Status.CHANGED, note)
        if not host:
            note = "The route accepts all names of the gateway's listener"
            draft.add(Kind.HOST, "*", "", Status.CHANGED, note)
        elif not any(host == name or fnmatchcase(host, name) for name in secured):
            draft.add(
                Kind.HOST, host, "", Status.CHANGED, "The host had no TLS; the gateway accepts HTTPS only"
            )


def _slug(host: str) -> str:
    return re.sub(r"[^a-z0-9-]", "-", host.replace("*", "wildcard")) or "all"
