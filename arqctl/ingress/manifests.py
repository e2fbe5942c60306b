"""Reads Kubernetes manifests: YAML with several documents, JSON, Lists. Needs the extra `arqctl[ingress]`."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import as_object
from arqctl.ingress.ingress import ConfigMap, Ingress, IngressClass, Service

_SUFFIXES: Final = frozenset({".yaml", ".yml", ".json"})
_CONTROLLER: Final = "k8s.io/ingress-nginx"
_SETTINGS_NAMES: Final = frozenset({"ingress-nginx-controller", "nginx-configuration"})
_OLD_VERSION_FIX: Final = "Convert it to networking.k8s.io/v1, for example with `kubectl convert`"

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True)
class Manifests:
    """The objects of the files that a migration reads."""

    ingresses: tuple[Ingress, ...]
    services: tuple[Service, ...]
    config_maps: tuple[ConfigMap, ...]
    classes: tuple[IngressClass, ...]

    @property
    def settings(self) -> ConfigMap | None:
        """Return the ConfigMap with the controller's settings."""
        return next((each for each in self.config_maps if _is_settings(each)), None)

    def class_of(self, ingress: Ingress) -> str | None:
        """Return the class of an Ingress, or the default class of the files."""
        default = next((each.metadata.name for each in self.classes if each.is_default), None)
        return ingress.class_name or default

    def nginx_classes(self, given: Iterable[str]) -> frozenset[str]:
        """Return the given classes and those of the files that ingress-nginx serves."""
        found = (each.metadata.name for each in self.classes if each.spec.controller == _CONTROLLER)
        return frozenset([*given, *found])


def read_manifests(paths: Sequence[Path]) -> Manifests:
    """Return the objects of files and folders.

    Raises:
        InputError: with every unreadable file and every invalid object, or when there is no Ingress.
    """
    yaml = import_yaml()
    problems: list[Problem] = []
    documents: list[tuple[str, object]] = []
    for file in _files(paths, problems):
        try:
            documents += [
                (str(file), each) for each in yaml.safe_load_all(file.read_text(encoding="utf-8")) if each
            ]
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            what = f"is no valid YAML: {' '.join(str(error).split())}"
            problems.append(
                Problem(str(file), what, "Render templates first, for example with `helm template`")
            )
        except OSError as error:
            problems.append(Problem(str(file), f"can't be read: {error.strerror}", "Choose a readable file"))
    objects = [(source, each) for source, document in documents for each in _flatten(document)]
    found = Manifests(
        ingresses=tuple(_ingresses(objects, problems)),
        services=tuple(_parse(Service, objects, problems)),
        config_maps=tuple(_parse(ConfigMap, objects, problems)),
        classes=tuple(_parse(IngressClass, objects, problems)),
    )
    if not problems and not found.ingresses:
        where = ", ".join(map(str, paths))
        problems.append(Problem(where, "contains no Ingress", "Name the files or folders with the manifests"))
    problems += _duplicates(found.ingresses)
    if problems:
        raise InputError(problems)
    return found


def import_yaml() -> ModuleType:
    """Return the module `yaml`.

    Raises:
        InputError: when the extra is not installed.
    """
    try:
        import yaml  # noqa: PLC0415 - only this command needs the extra
    except ModuleNotFoundError as error:
        fix = "Run `pip install 'arqctl[ingress]'`"
        raise InputError([Problem("YAML", f"{error.name} is not installed", fix)]) from error
    return yaml


def _files(paths: Sequence[Path], problems: list[Problem]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(each for each in path.rglob("*") if each.suffix in _SUFFIXES and each.is_file())
        elif path.exists():
            yield path
        else:
            problems.append(Problem(str(path), "does not exist", "Name an existing file or folder"))


def _flatten(document: object) -> Iterator[dict[str, object]]:
    """Yield the objects of a document; a List contains several."""
    found = as_object(document)
    items = found.get("items")
    if str(found.get("kind", "")).endswith("List") and isinstance(items, list):
        for item in items:
            yield from _flatten(item)
    elif found:
        yield dict(found)


def _ingresses(
    objects: Sequence[tuple[str, dict[str, object]]], problems: list[Problem]
) -> Iterator[Ingress]:
    current = []
    for source, each in objects:
        version = each.get("apiVersion")
        if each.get("kind") == "Ingress" and version != "networking.k8s.io/v1":
            problems.append(Problem(source, f"an Ingress has the API version {version}", _OLD_VERSION_FIX))
        elif each.get("kind") == "Ingress":
            current.append((source, {**each, "source": source}))
    yield from sorted(_parse(Ingress, current, problems), key=lambda ingress: ingress.key)


def _parse(
    model: type[_Model], objects: Sequence[tuple[str, dict[str, object]]], problems: list[Problem]
) -> Iterator[_Model]:
    for source, each in objects:
        if each.get("kind") != model.__name__:
            continue
        try:
            yield model.model_validate(each)
        except ValidationError as error:
            name = as_object(each.get("metadata")).get("name", "without a name")
            problems += [
                Problem(
                    f"{source}: {model.__name__} {name}: {'.'.join(map(str, found['loc']))}",
                    f"{found['msg']}, got {found['input']!r:.100}",
                    "Correct the manifest; `kubectl apply --dry-run=server` checks it",
                )
                for found in error.errors()
            ]


def _duplicates(ingresses: Sequence[Ingress]) -> Iterator[Problem]:
    seen: dict[str, Ingress] = {}
    for ingress in ingresses:
        if first := seen.get(ingress.key):
            where = f"{ingress.source}: Ingress {ingress.key}"
            yield Problem(where, f"{first.source} has the same Ingress", "Remove one of the manifests")
        seen.setdefault(ingress.key, ingress)


def _is_settings(config_map: ConfigMap) -> bool:
    """Return whether this is the ConfigMap of the controller.

    https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/configmap/
    """
    metadata = config_map.metadata
    labels = metadata.labels
    is_labeled = (
        labels.get("app.kubernetes.io/name") == "ingress-nginx"
        and labels.get("app.kubernetes.io/component") == "controller"
    )
    return metadata.name in _SETTINGS_NAMES or is_labeled
