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
_CORRECT_FIX: Final = "Correct the manifest; `kubectl apply --dry-run=server` checks it"
_OLD_VERSION_FIX: Final = "Convert it to networking.k8s.io/v1, for example with `kubectl convert`"

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True)
class InvalidObject:
    """An object that is not migrated, and why."""

    name: str
    source: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Manifests:
    """The objects of the files that a migration reads."""

    ingresses: tuple[Ingress, ...]
    services: tuple[Service, ...]
    config_maps: tuple[ConfigMap, ...]
    classes: tuple[IngressClass, ...]
    invalid: tuple[InvalidObject, ...] = ()

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
        InputError: with every unreadable file, and every invalid ConfigMap and IngressClass, which can apply
            to each Ingress. Also when there is no Ingress.
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
    invalid: list[InvalidObject] = []
    objects = [each for source, document in documents for each in _flatten(source, document, invalid)]
    shared: list[InvalidObject] = []
    config_maps = tuple(_parse(ConfigMap, objects, shared))
    classes = tuple(_parse(IngressClass, objects, shared))
    problems += [problem for each in shared for problem in each.problems]
    ingresses = _without_duplicates(_ingresses(objects, invalid), invalid)
    services = tuple(_parse(Service, objects, invalid))
    found = Manifests(ingresses, services, config_maps, classes, tuple(invalid))
    if not problems and not found.ingresses and not found.invalid:
        where = ", ".join(map(str, paths))
        problems.append(Problem(where, "contains no Ingress", "Name the files or folders with the manifests"))
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


def _flatten(
    source: str, document: object, invalid: list[InvalidObject]
) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield the objects of a document with their file; a List contains several."""
    if not isinstance(document, dict):
        what = f"is no object, but {document!r:.100}"
        invalid.append(InvalidObject("a document", source, (Problem(source, what, _CORRECT_FIX),)))
    elif str(document.get("kind", "")).endswith("List"):
        items = document.get("items")
        for item in items if isinstance(items, list) else [] if items is None else [items]:
            yield from _flatten(source, item, invalid)
    else:
        yield source, document


def _ingresses(
    objects: Sequence[tuple[str, dict[str, object]]], invalid: list[InvalidObject]
) -> Sequence[Ingress]:
    current = []
    for source, each in objects:
        version = each.get("apiVersion")
        if each.get("kind") == "Ingress" and version != "networking.k8s.io/v1":
            problem = Problem("apiVersion", f"is the old version {version}", _OLD_VERSION_FIX)
            invalid.append(InvalidObject(_name_of(each), source, (problem,)))
        elif each.get("kind") == "Ingress":
            current.append((source, {**each, "source": source}))
    return sorted(_parse(Ingress, current, invalid), key=lambda ingress: ingress.key)


def _parse(
    model: type[_Model], objects: Sequence[tuple[str, dict[str, object]]], invalid: list[InvalidObject]
) -> Iterator[_Model]:
    for source, each in objects:
        if each.get("kind") != model.__name__:
            continue
        try:
            yield model.model_validate(each)
        except ValidationError as error:
            problems = tuple(
                Problem(
                    f"{source}: {_name_of(each)}: {'.'.join(map(str, found['loc']))}",
                    f"{found['msg']}, got {found['input']!r:.100}",
                    _CORRECT_FIX,
                )
                for found in error.errors()
            )
            invalid.append(InvalidObject(_name_of(each), source, problems))


def _name_of(document: dict[str, object]) -> str:
    metadata = as_object(document.get("metadata"))
    names = (str(metadata[key]) for key in ("namespace", "name") if metadata.get(key))
    return f"{document.get('kind')} {'/'.join(names) or 'without a name'}"


def _without_duplicates(ingresses: Sequence[Ingress], invalid: list[InvalidObject]) -> tuple[Ingress, ...]:
    """Return those that exist once. A route of the wrong duplicate could be open to more clients."""
    by_key: dict[str, list[Ingress]] = {}
    for ingress in ingresses:
        by_key.setdefault(ingress.key, []).append(ingress)
    for key, found in by_key.items():
        if len(found) > 1:
            sources = ", ".join(each.source for each in found)
            problem = Problem("metadata.name", f"is in several manifests: {sources}", "Remove all but one")
            invalid.append(InvalidObject(f"Ingress {key}", found[0].source, (problem,)))
    return tuple(found[0] for found in by_key.values() if len(found) == 1)


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
