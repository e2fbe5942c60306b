"""Finds and reads installed prebuilt CDKTF provider bindings without importing them."""

import base64
import json
import pkgutil
import re
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from arqctl.core.errors import InputError, Problem

_PACKAGE = re.compile(r"(?:cdktf_cdktf|cdktn)_provider_\w+")
_TARBALL = re.compile(r"[\w.-]+@(?P<version>.+)\.jsii\.tgz")
_MODULE = re.compile(r"package/lib/(?P<module>[^/]+)/index(?:-structs/\w+)?\.js")
_SOURCE_MAP = b"sourceMappingURL=data:application/json;base64,"
_REINSTALL = "Reinstall the package"


@dataclass(frozen=True, slots=True)
class Binding:
    """One installed package of bindings: its Python name, and its own version, not the provider's.

    `tarball` is the npm package in it, which jsii runs.
    """

    package: str
    version: str
    tarball: Path


@dataclass(frozen=True, slots=True)
class ProviderSource:
    """The provider from which bindings were generated: its `HOST/NAMESPACE/NAME` and version."""

    source: str
    version: str


def installed_bindings() -> tuple[Binding, ...]:
    """Return all bindings of CDKTF and CDK Terrain on Python's path, sorted by package name."""
    names = {module.name for module in pkgutil.iter_modules() if _PACKAGE.fullmatch(module.name)}
    return tuple(filter(None, map(_binding, sorted(names))))


def _binding(package: str) -> Binding | None:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return None
    for tarball in sorted((Path(spec.origin).parent / "_jsii").glob("*.jsii.tgz")):
        if match := _TARBALL.fullmatch(tarball.name):
            return Binding(package, match["version"], tarball)
    return None


def provider_source(binding: Binding) -> ProviderSource:
    """Return the provider from which the bindings were generated. Takes up to half a second.

    Raises:
        InputError: when the tarball is damaged, or does not name a provider.
    """
    for name, content in _members(binding):
        if name == "package/package.json":
            return _provider(binding, content)
    raise _unreadable(binding, "has no package.json")


def _provider(binding: Binding, content: bytes) -> ProviderSource:
    package = json.loads(content)
    for tool in ("cdktf", "cdktn"):
        if made_from := package.get(tool, {}).get("provider"):
            return ProviderSource(made_from["name"], made_from["version"])
    raise _unreadable(binding, "does not name the provider from which it was generated")


def typescript_sources(binding: Binding) -> Mapping[str, str]:
    """Return the TypeScript of each submodule, from the source maps at the end of its JavaScript.

    A submodule of several files (the largest are split) is one text.

    Raises:
        InputError: when the tarball is damaged, or a file has no source map.
    """
    texts: dict[str, list[str]] = {}
    for name, content in _members(binding):
        if match := _MODULE.fullmatch(name):
            texts.setdefault(match["module"], []).append(_original(binding, name, content))
    return {module: "\n".join(files) for module, files in texts.items()}


def _original(binding: Binding, name: str, javascript: bytes) -> str:
    _, marker, encoded = javascript.rpartition(_SOURCE_MAP)
    if not marker:
        raise _unreadable(binding, f"has no source map in {name}")
    texts: list[str] = json.loads(base64.b64decode(encoded))["sourcesContent"]
    return "\n".join(texts)


def _members(binding: Binding) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(binding.tarball, "r|gz") as tar:
            for member in tar:
                if member.name.endswith((".js", "package.json")) and (file := tar.extractfile(member)):
                    yield member.name, file.read()
    except (OSError, EOFError, tarfile.TarError) as error:
        raise _unreadable(binding, f"can't be read: {error}") from error


def _unreadable(binding: Binding, problem: str) -> InputError:
    return InputError([Problem(str(binding.tarball), problem, _REINSTALL)])
