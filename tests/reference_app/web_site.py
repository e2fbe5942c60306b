"""The site, built from `services/web` with the packages of `tests/node`."""

import shutil
from pathlib import Path

from tests.edge.vite_site import NODE_FOLDER, run_node

WEB = Path(__file__).parents[2] / "services/web"


def build_web(folder: Path) -> Path:
    """Build the site and return its folder."""
    source = folder / "source"
    shutil.copytree(WEB, source, ignore=shutil.ignore_patterns("node_modules", "dist"))
    (source / "node_modules").symlink_to(NODE_FOLDER / "node_modules")
    vite = NODE_FOLDER / "node_modules/vite/bin/vite.js"
    run_node(vite, "build", source, "--logLevel", "warn", timeout=120)
    return source / "dist"
