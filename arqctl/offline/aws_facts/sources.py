"""Locates the published data in installed packages, without importing them."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Self

from arqctl.core.errors import InputError, Problem
from arqctl.offline.bindings import Binding, installed_bindings

_CODE_FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Sources:
    """cfn-lint's schema folder, botocore's model folder, and the installed provider bindings."""

    cfn_lint: Path
    botocore: Path
    bindings: tuple[Binding, ...]

    @classmethod
    def installed(cls) -> Self:
        """Locate the installed packages.

        Raises:
            InputError: if cfn-lint or botocore isn't installed.
        """
        return cls(
            cfn_lint=_folder("cfnlint", "cfn-lint") / "data" / "schemas",
            botocore=_folder("botocore", "botocore") / "data",
            bindings=installed_bindings(),
        )

    @cached_property
    def source_versions(self) -> str:
        """Everything that the facts depend on: package versions, and a digest of the deriving code."""
        versions = [
            _package_version(self.cfn_lint.parents[2], "cfn_lint"),
            _package_version(self.botocore.parents[1], "botocore"),
        ]
        versions += [f"{each.package} {each.version}" for each in self.bindings]
        return ", ".join((*versions, f"rules {_digest()}"))


def _folder(module: str, package: str) -> Path:
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        problem = "is not installed, and arqctl reads AWS's published schemas from it"
        raise InputError([Problem(package, problem, "pip install arqctl[offline]")])
    return Path(spec.origin).parent


def _package_version(folder: Path, package: str) -> str:
    """Read a package's version from its dist-info folder: importlib.metadata is slower."""
    return next((found.stem for found in folder.glob(f"{package}-*.dist-info")), package)


def _digest() -> str:
    digest = hashlib.sha256()
    for file in sorted((*_CODE_FOLDER.glob("*.py"), *_CODE_FOLDER.glob("*.toml"))):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
