"""Migrates all Ingress objects of a set of files."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from arqctl.core.json_access import Body
from arqctl.ingress.access import translate_access
from arqctl.ingress.annotation_table import annotation_table
from arqctl.ingress.backends import translate_backends
from arqctl.ingress.canary import splits
from arqctl.ingress.cors import translate_cors
from arqctl.ingress.draft import Draft
from arqctl.ingress.entry import Entry, Kind, Status, has_open
from arqctl.ingress.ingress import Ingress
from arqctl.ingress.limits import translate_limits
from arqctl.ingress.manifests import InvalidObject, Manifests
from arqctl.ingress.overlaps import report_overlaps
from arqctl.ingress.proxying import translate_proxying
from arqctl.ingress.public_names import PublicNames, report_names
from arqctl.ingress.redirects import translate_redirects
from arqctl.ingress.rewriting import has_rewrite
from arqctl.ingress.routes import Context, write_routes
from arqctl.ingress.rules import Canary
from arqctl.ingress.service_policies import ServicePolicies
from arqctl.ingress.snippets import translate_snippets

_TRANSLATIONS: tuple[Callable[[Draft], None], ...] = (
    translate_proxying,
    translate_limits,
    translate_cors,
    translate_access,
    translate_redirects,
    translate_backends,
    translate_snippets,
)
_OTHER_PREFIX_NOTE = (
    "ingress-nginx has such an annotation. "
    "If the controller has this prefix, use --annotations-prefix. Otherwise remove it"
)
_SETTING_NOTE = "Belongs to the gateway. Compare it with the gateway's NginxProxy and listeners"
_ESSENTIAL_NOTE = "It restricts or changes all requests. Replace it in the gateway, and remove it here"


@dataclass(frozen=True)
class Options:
    """The choices of the caller. `names` are those of an environment's CloudFront distributions."""

    gateway: Body
    prefix: str
    classes: frozenset[str]
    allows_snippets: bool
    names: PublicNames | None = None


@dataclass(frozen=True)
class Result:
    """The outcome for one Ingress. `skipped` is the reason if it is not of ingress-nginx."""

    key: str
    source: str
    entries: tuple[Entry, ...]
    objects: tuple[Body, ...] = ()
    is_held: bool = False
    skipped: str = ""


@dataclass(frozen=True)
class Migration:
    """The outcome for all Ingress objects and for the controller's settings."""

    results: tuple[Result, ...]
    settings: tuple[Entry, ...]
    service_objects: tuple[Body, ...]

    @property
    def objects(self) -> list[Body]:
        """Return all objects to apply."""
        return [*(each for result in self.results for each in result.objects), *self.service_objects]

    @property
    def is_complete(self) -> bool:
        """Return whether everything has a counterpart."""
        return not has_open(self.settings) and not any(has_open(each.entries) for each in self.results)


def migrate(manifests: Manifests, options: Options) -> Migration:
    """Return the routes and the report."""
    classes = manifests.nginx_classes(options.classes)
    drafts = [
        _draft(ingress, manifests, options)
        for ingress in manifests.ingresses
        if manifests.class_of(ingress) in {None, *classes}
    ]
    mains = [draft for draft in drafts if not draft.is_true("canary")]
    context = Context(
        gateway=options.gateway,
        services={each_key(each.metadata.namespace, each.metadata.name): each for each in manifests.services},
        canaries=dict(_canaries(drafts, mains)),
        expression_hosts=frozenset(_expression_hosts(mains)),
        hosts=frozenset(rule.host for draft in mains for rule in draft.ingress.spec.rules),
        reject_code=_reject_code(manifests),
    )
    for draft in mains:
        for translate in _TRANSLATIONS:
            translate(draft)
    objects = {draft.ingress.key: write_routes(draft, context) for draft in mains}
    report_overlaps(mains)
    for draft in mains:
        draft.entries += report_names(objects[draft.ingress.key], options.names)
    policies = ServicePolicies()
    for draft in mains:
        draft.finish()
        policies.add(draft)
    results = [_result(draft, objects.get(draft.ingress.key, [])) for draft in drafts]
    skipped = [
        Result(each.key, each.source, (), skipped=f"it has the class {manifests.class_of(each)}")
        for each in manifests.ingresses
        if manifests.class_of(each) not in {None, *classes}
    ]
    invalid = [_invalid(each) for each in manifests.invalid]
    return Migration(
        results=tuple(sorted([*results, *skipped, *invalid], key=lambda result: result.key)),
        settings=tuple(_settings(manifests)),
        service_objects=tuple(policies.objects()),
    )


def _invalid(found: InvalidObject) -> Result:
    entries = tuple(
        Entry(Kind.OBJECT, each.where, "", Status.INVALID, note=f"It {each.what}. {each.fix}")
        for each in found.problems
    )
    return Result(found.name, found.source, entries, skipped="it is invalid")


def each_key(namespace: str, name: str) -> str:
    """Return namespace and name, as `Ingress.key` does."""
    return "/".join(filter(None, (namespace, name)))


def _draft(ingress: Ingress, manifests: Manifests, options: Options) -> Draft:
    settings = manifests.settings.data if manifests.settings else {}
    given = ingress.metadata.annotations
    own = {
        name.removeprefix(f"{options.prefix}/"): value
        for name, value in given.items()
        if name.startswith(f"{options.prefix}/")
    }
    inherited = {
        name: value
        for name, value in settings.items()
        if name in annotation_table().settings.inherited and name not in own
    }
    draft = Draft(
        ingress=ingress,
        annotations={**inherited, **own},
        inherited=frozenset(inherited),
        allows_snippets=options.allows_snippets,
        config_maps={
            each_key(each.metadata.namespace, each.metadata.name): each for each in manifests.config_maps
        },
    )
    draft.entries += _other_annotations(given, options.prefix)
    draft.entries += _essential_settings(settings, own)
    return draft


def _other_annotations(annotations: Mapping[str, str], prefix: str) -> Iterator[Entry]:
    for name, value in sorted(annotations.items()):
        if name.startswith(f"{prefix}/"):
            continue
        table = annotation_table()
        found, same = table.find_other(name), table.annotations.get(name.rpartition("/")[2])
        if found is None and same is not None and same.essential:
            yield Entry(Kind.ANNOTATION, name, value, Status.UNKNOWN, note=_OTHER_PREFIX_NOTE, essential=True)
            continue
        note = found.note if found else "It belongs to no controller that arqctl knows. Check what reads it"
        status = Status.UNKNOWN if found is None else Status.NOT_NEEDED if found.neutral else Status.MISSING
        yield Entry(Kind.ANNOTATION, name, value, status, note=note)


def _essential_settings(settings: Mapping[str, str], own: Mapping[str, str]) -> Iterator[Entry]:
    for name in sorted(annotation_table().settings.essential & settings.keys()):
        is_off = name == "global-auth-url" and own.get("enable-global-auth") == "false"
        if settings[name] and settings[name] != "false" and not is_off:
            value = settings[name]
            yield Entry(Kind.SETTING, name, value, Status.MISSING, note=_ESSENTIAL_NOTE, essential=True)


def _settings(manifests: Manifests) -> Iterator[Entry]:
    if manifests.settings is None:
        return
    table = annotation_table().settings
    for name, value in sorted(manifests.settings.data.items()):
        if name in table.inherited:
            note = "It applies to each Ingress without the annotation"
            yield Entry(Kind.SETTING, name, value, Status.MIGRATED, note=note)
        else:
            note = _ESSENTIAL_NOTE if name in table.essential else _SETTING_NOTE
            yield Entry(Kind.SETTING, name, value, Status.MISSING, note=note)


def _reject_code(manifests: Manifests) -> int:
    settings = manifests.settings.data if manifests.settings else {}
    text = settings.get("limit-req-status-code", "")
    return int(text) if text.isdecimal() and 400 <= int(text) <= 599 else 503  # noqa: PLR2004 - HTTP errors


def _expression_hosts(drafts: Sequence[Draft]) -> Iterator[str]:
    for draft in drafts:
        for host, path in draft.ingress.paths():
            if draft.is_true("use-regex") or has_rewrite(draft, path):
                yield host


def _canaries(
    drafts: Iterable[Draft], mains: Sequence[Draft]
) -> Iterator[tuple[tuple[str, str, str], Canary]]:
    """Yield the canaries by namespace, host and path. Report the annotations of their Ingress objects."""
    found = {
        (draft.ingress.metadata.namespace, host, path.path)
        for draft in mains
        for host, path in draft.ingress.paths()
    }
    for draft in drafts:
        if not draft.is_true("canary"):
            continue
        parts = splits(draft)
        keys = [(draft.ingress.metadata.namespace, host, path.path) for host, path in draft.ingress.paths()]
        if keys and found.issuperset(keys):
            draft.migrate("canary")
        for name in draft.annotations:
            known = annotation_table().annotations.get(name)
            if known and not name.startswith("canary"):
                draft.skip(name, "Has no effect on a canary: the main Ingress counts")
        draft.finish()
        if not draft.is_held:
            for key, (_, path) in zip(keys, draft.ingress.paths(), strict=True):
                yield key, Canary(path.backend, parts)


def _result(draft: Draft, objects: Sequence[Body]) -> Result:
    is_held = draft.is_held
    return Result(
        key=draft.ingress.key,
        source=draft.ingress.source,
        entries=tuple(sorted(draft.entries, key=lambda entry: [*Kind].index(entry.kind))),
        objects=() if is_held else tuple(objects),
        is_held=is_held,
    )
