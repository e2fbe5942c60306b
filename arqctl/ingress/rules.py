"""The rules of a route: one for each path, or several with a canary."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from arqctl.core.json_access import Body
from arqctl.ingress.canary import Split
from arqctl.ingress.draft import LOCATION, Draft
from arqctl.ingress.entry import Kind, Status
from arqctl.ingress.gateway_objects import extension_ref, snippets_filter
from arqctl.ingress.ingress import Backend, Path, Service
from arqctl.ingress.paths import EXACT, PREFIX, PathMatch, UnsupportedPathError, match_path
from arqctl.ingress.rewriting import REWRITE, Rewrite, has_rewrite, rewrite


@dataclass(frozen=True)
class Canary:
    """The service of a canary, and how the requests of a path are divided."""

    backend: Backend
    splits: Sequence[Split]


@dataclass
class RuleBuilder:
    """Builds the rules of one Ingress. `filter_objects` are SnippetsFilters that rules name."""

    draft: Draft
    services: Mapping[str, Service]
    canaries: Mapping[tuple[str, str], Canary]
    is_expression_host: Callable[[str], bool]
    filter_objects: list[Body] = field(default_factory=list)

    def build(self, host: str, paths: Sequence[Path]) -> list[list[Body]]:
        """Return the rules of a host. Rules for the same path are in one list."""
        found = [rules for path in paths if (rules := self._path_rules(host, path))]
        default = self.draft.ingress.spec.default_backend
        if default and not any(path.path == "/" for path in paths):
            found += filter(
                None, [self._path_rules(host, Path(path="/", path_type="Prefix", backend=default))]
            )
        if found and self.draft.app_root:
            root: Body = {"type": "ReplaceFullPath", "replaceFullPath": self.draft.app_root}
            redirect: Body = {"scheme": "https", "path": root, "statusCode": 302}
            found.insert(0, [_rule(PathMatch(EXACT, "/"), [_redirect(redirect)], [])])
        return found

    def _path_rules(self, host: str, path: Path) -> list[Body]:
        where = f"{host or '*'}{path.path}"
        try:
            found = self._rewrite(path)
            match = found.match or self._match(host, path)
            rules = list(self._rules(host, path, found, match))
        except UnsupportedPathError as error:
            note = f"No rule is written. {error}"
            self.draft.add(Kind.PATH, where, path.path_type, Status.MISSING, note)
            return []
        status = Status.CHANGED if match.note else Status.MIGRATED
        counterpart = f"{match.type} {match.value}"
        self.draft.add(Kind.PATH, where, path.path_type, status, match.note, counterpart)
        self.draft.matches.append((host, path.path, match))
        return rules

    def _rules(self, host: str, path: Path, found: Rewrite, match: PathMatch) -> Iterator[Body]:
        if self.draft.redirect:
            yield _rule(match, [self.draft.redirect], [])
            return
        filters = self._filters(found, match)
        canary = self.canaries.get((host, path.path))
        backend = self._backend_ref(path.backend)
        if canary is None:
            yield _rule(match, filters, [backend])
            return
        if found.directive and len(canary.splits) > 1:
            raise UnsupportedPathError(
                "A rewrite by a directive has no effect beside header matches. Change the path"
            )
        other = self._backend_ref(canary.backend)
        for split in canary.splits:
            weights = ((backend, split.main), (other, split.canary))
            refs = [{**ref, "weight": weight} for ref, weight in weights if weight or not split.header]
            yield _rule(match, filters, refs, header=split.header)

    def _rewrite(self, path: Path) -> Rewrite:
        is_rewritten = has_rewrite(self.draft, path) and not self.draft.redirect
        return rewrite(self.draft, path) if is_rewritten else Rewrite(None, {})

    def _match(self, host: str, path: Path) -> PathMatch:
        draft = self.draft
        is_restricted = bool(draft.basic_auth or draft.snippets)
        return match_path(
            path,
            host_has_expressions=self.is_expression_host(host),
            keeps_expression=draft.is_true("use-regex") or REWRITE in draft.annotations or is_restricted,
        )

    def _filters(self, found: Rewrite, match: PathMatch) -> list[Body]:
        draft, name = self.draft, self.draft.ingress.metadata.name
        filters = [*draft.filters]
        if found.path.get("type") == "ReplacePrefixMatch" and match.type != PREFIX:
            raise UnsupportedPathError("Only prefixes can be replaced. Change the path")
        url: Body = {
            **({"hostname": draft.hostname} if draft.hostname else {}),
            **({"path": found.path} if found.path else {}),
        }
        if url:
            filters.append({"type": "URLRewrite", "urlRewrite": url})
        if draft.basic_auth:
            filters.append(extension_ref("AuthenticationFilter", name))
        if draft.snippets:
            filters.append(extension_ref("SnippetsFilter", name))
        if found.directive:
            filters.append(extension_ref("SnippetsFilter", self._directive_filter(found.directive)))
        return filters

    def _directive_filter(self, directive: str) -> str:
        """Add a SnippetsFilter with this directive, and return its name."""
        metadata = self.draft.ingress.metadata
        name = f"{metadata.name}-rewrite-{len(self.filter_objects) + 1}"
        self.filter_objects.append(snippets_filter(name, metadata.namespace, {LOCATION: [directive]}))
        return name

    def _backend_ref(self, backend: Backend) -> Body:
        if backend.service is None:
            raise UnsupportedPathError("The backend is no service. Create a service")
        service, namespace = backend.service, self.draft.ingress.metadata.namespace
        port = service.port.number
        if port is None:
            known = self.services.get("/".join(filter(None, (namespace, service.name))))
            port = known.find_port(service.port.name) if known else None
        if port is None:
            raise UnsupportedPathError(
                f"The port {service.port.name} of the service {service.name} has no number in the files. "
                "Add the service to the files"
            )
        return {"name": service.name, "port": port}


def _rule(
    match: PathMatch, filters: list[Body], backends: list[Body], *, header: "Body | None" = None
) -> Body:
    matched: Body = {"path": match.body, **({"headers": [header]} if header else {})}
    return {
        "matches": [matched],
        **({"filters": [*filters]} if filters else {}),
        **({"backendRefs": [*backends]} if backends else {}),
    }


def _redirect(redirect: Body) -> Body:
    return {"type": "RequestRedirect", "requestRedirect": redirect}
