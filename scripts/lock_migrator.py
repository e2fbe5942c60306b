"""Writes the locked packages of the migrator's image: those of `arqctl[database]` in requirements.lock.

`make lock` runs it.
"""

import importlib.metadata
import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]


def required_packages() -> set[str]:
    """Return what `arqctl[database]` needs, directly and indirectly."""
    project = tomllib.loads((ROOT / "arqctl/pyproject.toml").read_text())["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["database"]]
    waiting = [Requirement(line) for line in lines]
    found: set[str] = set()
    while waiting:
        parent = waiting.pop()
        found.add(canonicalize_name(parent.name))
        children = [Requirement(line) for line in importlib.metadata.requires(parent.name) or ()]
        waiting += [child for child in children if _is_needed(child, parent)]
    return found


def _is_needed(child: Requirement, parent: Requirement) -> bool:
    extras = ("", *parent.extras)
    return child.marker is None or any(child.marker.evaluate({"extra": extra}) for extra in extras)


def lock_of_migrator() -> str:
    """Return the entries of requirements.lock, with their hashes."""
    entries = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text().rstrip())
    names = required_packages()
    needed = [each for each in entries if canonicalize_name(re.split("[= ]", each)[0]) in names]
    return "\n".join(needed) + "\n"


if __name__ == "__main__":
    (ROOT / "kubernetes/migrator/requirements.txt").write_text(lock_of_migrator())
