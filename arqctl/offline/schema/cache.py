"""Where extracted schemas are kept: one file per version of the bindings, whole or not at all.

A file is a line of JSON, then the answer to GetProviderSchema as Terraform gets it. What another version of
the extractor made, what was made of other bindings, and what is damaged counts as not there.
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
"""Names another folder than the user's own for caches."""

_SCHEMA = Path(__file__).resolve().parent
_OFFLINE = _SCHEMA.parent
_MEND = f"Make room, or make it writable, or name another folder in {CACHE_VARIABLE}"


@dataclass(frozen=True, slots=True)
class CachedSchema:
    """A provider's schema in the cache: its source and version, and the encoded answer."""

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
    """The folder of the cache, which may not be there yet."""
    named = os.environ.get(CACHE_VARIABLE)
    return (Path(named) if named else platformdirs.user_cache_path("arqctl")) / "schemas"


def schema_file(binding: Binding) -> Path:
    """Where the schema of a package of bindings is kept."""
    return cache_folder() / f"{binding.package}-{binding.version}.schema"


def load_schema(binding: Binding) -> CachedSchema | None:
    """The schema of a package of bindings, or None if it has to be built."""
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
    """Put a schema into the cache. Of several processes that do so at once, the last one's file stays.

    Raises:
        InputError: when the folder can't be written to.
    """
    line = json.dumps(asdict(_header(binding, source, version, response))).encode()
    file = schema_file(binding)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        replace(file, [line, b"\n", response])
    except OSError as error:
        what = f"the cache of schemas can't be written: {error.strerror}"
        raise InputError([Problem(str(file.parent), what, _MEND)]) from error
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
