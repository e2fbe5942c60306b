"""Checks the cache of packages that jsii, the bridge to Node, needs to start."""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from arqctl.doctor.check import Check, Status


def check_jsii_cache() -> Check:
    """Check that jsii's cache is writable, and by default only by its owner; else jsii does not start."""
    name, configured = "jsii's package cache", os.environ.get("JSII_RUNTIME_PACKAGE_CACHE_ROOT", "")
    if os.environ.get("JSII_RUNTIME_PACKAGE_CACHE", "enabled").lower() != "enabled":
        return Check(
            name, Status.WARN, "disabled, so every start is slow", "unset JSII_RUNTIME_PACKAGE_CACHE"
        )
    root = Path(configured) if configured else _default_jsii_cache()
    nearest = next(folder for folder in _with_parents(root) if folder.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        return Check(
            name,
            Status.MISSING,
            f"{nearest} is not a writable folder",
            "export JSII_RUNTIME_PACKAGE_CACHE_ROOT=/path/to/writable/folder",
        )
    shared = None if configured else next(filter(_writable_by_others, _with_parents(nearest)), None)
    if shared:
        return Check(name, Status.MISSING, f"{shared} is writable by other users", f"chmod go-w {shared}")
    return Check(name, Status.OK, str(root))


def _default_jsii_cache() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches/com.amazonaws.jsii/package-cache"
    return Path.home() / ".cache/aws/jsii/package-cache"


def _with_parents(path: Path) -> Iterator[Path]:
    real = path.resolve()
    yield real
    yield from real.parents


def _writable_by_others(folder: Path) -> bool:
    mode = folder.stat().st_mode
    return bool(mode & (stat.S_IWGRP | stat.S_IWOTH)) and not mode & stat.S_ISVTX
