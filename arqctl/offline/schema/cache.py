"""A cache of extracted schemas: one file per version of the bindings, written atomically.

A file is a line of JSON, then the encoded response to GetProviderSchema. A file is ignored if it is damaged,
or from another version of the extractor or other bindings.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import platformdirs

from arqctl.core.atomic_files import replace
from arqctl.core.errors import InputError, Problem
from arqctl.offline.bindings import Binding

CACHE_VARIABLE = "ARQ_CACHE_DIR"
"""Environment variable that overrides the user's cache folder."""

_SCHEMA = Path(__file__).resolve().parent
_OFFLINE = _SCHEMA.parent
_FIX = f"Free disk space, make the folder writable, or set {CACHE_VARIABLE} to another folder"


@dataclass(frozen=True, slots=True)
class CachedSchema:
    """A provider's cached schema: its source and version, and the encoded response."""

    source: str
    version: str
    response: bytes


@dataclass(frozen=True, slots=True)
class _Header:
    source: str
    version: str
    extractor: str
    tarball_bytes: int
    tarball_time: int
    sha256: str


def cache_folder() -> Path:
    """Return the cache folder, which may not exist."""
    named = os.environ.get(CACHE_VARIABLE)
    return (Path(named) if named else platformdirs.user_cache_path("arqctl")) / "schemas"


def schema_file(binding: Binding) -> Path:
    """Return the cache file of a package of bindings."""
    return cache_folder() / f"{binding.package}-{binding.version}.schema"


def load_schema(binding: Binding) -> CachedSchema | None:
    """Return the cached schema of a package of bindings, or None if it has to be built."""
    try:
        line, _, response = schema_file(binding).read_bytes().partition(b"\n")
    except OSError:
        return None
    try:
        header = _Header(**json.loads(line))
    except (ValueError, TypeError):
        return None
    expected = _header(binding, header.source, header.version, response)
    return CachedSchema(header.source, header.version, response) if header == expected else None


def store_schema(binding: Binding, source: str, version: str, response: bytes) -> CachedSchema:
    """Store a schema in the cache. If several processes do so at once, the last one wins.

    Raises:
        InputError: when the folder can't be written.
    """
    line = json.dumps(asdict(_header(binding, source, version, response))).encode()
    file = schema_file(binding)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        replace(file, [line, b"\n", response])
    except OSError as error:
        problem = f"the schema cache can't be written: {error.strerror}"
        raise InputError([Problem(str(file.parent), problem, _FIX)]) from error
    return CachedSchema(source, version, response)


def _header(binding: Binding, source: str, version: str, response: bytes) -> _Header:
    tarball = binding.tarball.stat()
    digest = hashlib.sha256(response).hexdigest()
    return _Header(source, version, _extractor(), tarball.st_size, tarball.st_mtime_ns, digest)


@cache
def _extractor() -> str:
    """Return the digest of the extractor's source files: every change to them invalidates the cache."""
    digest = hashlib.sha256()
    others = ("bindings.py", "types.py", "wire/tfplugin6.proto", "wire/type_json.py")
    files = (
        *sorted(_SCHEMA.glob("*.py")),
        *sorted(_SCHEMA.glob("*.toml")),
        *(_OFFLINE / name for name in others),
    )
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()
