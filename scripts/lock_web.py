"""Writes the lock file of the site: its packages in the lock file of the tests, with their hashes.

`make lock` runs it. So the tests build the site with the same packages as its image.
"""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SITE = ROOT / "services/web"

Packages = dict[str, dict[str, Any]]


def lock_of_site() -> str:
    """Return the content of the lock file."""
    manifest = json.loads((SITE / "package.json").read_text())
    lock = json.loads((ROOT / "tests/node/package-lock.json").read_text())
    own = {key: manifest[key] for key in ("name", "license", "devDependencies")}
    packages = {"": own, **_needed(lock["packages"], list(manifest["devDependencies"]))}
    content = {**lock, "name": manifest["name"], "packages": packages}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _needed(packages: Packages, names: list[str]) -> Packages:
    """Return the packages that `names` need, directly and indirectly, in the order of the lock file."""
    waiting = [f"node_modules/{name}" for name in names]
    found: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            package = packages[path]
            kinds = ("dependencies", "optionalDependencies", "peerDependencies")
            children = [name for kind in kinds for name in package.get(kind, {})]
            waiting += [each for name in children if (each := _resolve(packages, path, name))]
    return {path: package for path, package in packages.items() if path in found}


def _resolve(packages: Packages, path: str, name: str) -> str | None:
    """Return the nearest folder with the package, as Node does. Optional peers can be missing."""
    while path:
        if (inner := f"{path}/node_modules/{name}") in packages:
            return inner
        path = path.rpartition("/node_modules/")[0]
    top = f"node_modules/{name}"
    return top if top in packages else None


if __name__ == "__main__":
    (SITE / "package-lock.json").write_text(lock_of_site())
