"""Writes the locked packages of the Python images: those that they need of requirements.lock.

`make lock` runs it.
"""

import importlib.metadata
import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# Of Debian 12, which the last stage of the images has.
_PYTHON = {"python_full_version": "3.11.2", "python_version": "3.11", "sys_platform": "linux"}
ROOT = Path(__file__).parents[1]
# The folder of each Dockerfile, with the project that it runs and the project's extras.
IMAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "services/api": ("services/api", ()),
    "services/backup": ("services/backup", ()),
    "services/migrator": ("arqctl", ("database",)),
}


def required_packages(folder: str) -> set[str]:
    """Return what the project of an image needs, directly and indirectly."""
    source, extras = IMAGES[folder]
    project = tomllib.loads((ROOT / source / "pyproject.toml").read_text())["project"]
    lines = [*project["dependencies"]]
    for extra in extras:
        lines += project["optional-dependencies"][extra]
    waiting = [Requirement(line) for line in lines]
    found: set[str] = set()
    while waiting:
        parent = waiting.pop()
        found.add(canonicalize_name(parent.name))
        children = [Requirement(line) for line in _requirements(parent.name)]
        waiting += [child for child in children if _is_needed(child, parent)]
    return found


def _requirements(name: str) -> list[str]:
    try:
        return importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:
        return []  # A package that only an older Python needs, and that has no requirements.


def _is_needed(child: Requirement, parent: Requirement) -> bool:
    environments = [{**_PYTHON, "extra": extra} for extra in ("", *parent.extras)]
    return child.marker is None or any(child.marker.evaluate(each) for each in environments)


def lock_of_image(folder: str) -> str:
    """Return the entries of requirements.lock, with their hashes and without conditions."""
    entries = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text().rstrip())
    names = required_packages(folder)
    needed = [each for each in entries if canonicalize_name(re.split("[= ]", each)[0]) in names]
    # The Python that installs them in the first stage has another patch version.
    return "\n".join(re.sub(" ; [^\\\\\n]*", " ", each, count=1) for each in needed) + "\n"


if __name__ == "__main__":
    for image in IMAGES:
        (ROOT / image / "requirements.txt").write_text(lock_of_image(image))
