"""The archive of the function that validates restored databases."""

from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path, PurePosixPath
from typing import Final

from constructs_arq.core.code_archive import CodeArchive, make_archive
from constructs_arq.recovery import validator

HANDLER: Final = "handler.validate"
# pg8000 and what it needs. Lambda has boto3.
_DISTRIBUTIONS: Final = ("asn1crypto", "pg8000", "python-dateutil", "scramp", "six")
_ENTRY: Final = b"from constructs_arq.recovery.validator.handler import validate\n\n__all__ = ['validate']\n"
# pip writes these, and no two installations have the same.
_OF_INSTALLATION: Final = frozenset({"INSTALLER", "RECORD", "REQUESTED", "direct_url.json"})


def make_validator_archive() -> CodeArchive:
    """Return the archive with the validator and the installed versions of its packages.

    Without the other modules of the library, its packages have no code there.
    """
    folder = PurePosixPath(*validator.__name__.split("."))
    files = {f"{folder}/{each.name}": each.read_bytes() for each in _folder().glob("*.py")}
    for parent in list(folder.parents)[:-1]:
        files[f"{parent}/__init__.py"] = b""
    for name in _DISTRIBUTIONS:
        files |= dict(_files_of(distribution(name)))
    return make_archive("restore-validator", {**files, "handler.py": _ENTRY})


def _folder() -> Path:
    return Path(validator.__path__[0])


def _files_of(found: Distribution) -> Iterator[tuple[str, bytes]]:
    for path in found.files or ():
        is_code = "__pycache__" not in path.parts and ".." not in path.parts
        if is_code and path.name not in _OF_INSTALLATION:
            yield path.as_posix(), path.read_binary()
