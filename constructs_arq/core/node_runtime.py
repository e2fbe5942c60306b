"""Starts jsii's Node process with `runtime.cjs`: one process instead of two, and lazily loaded resources."""

import functools
import importlib
import importlib.resources
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from constructs_arq.core.environ import temporary_variables

RUNTIME = Path(__file__).with_name("runtime.cjs")
# The kernel's files, by the names under which jsii embeds them and the kernel finds them.
_KERNEL = "lib/program.js"
_KERNEL_WORKER = "lib/runtime-index-worker.js"
# The kernel's channel to its parent: as shipped, and without a process in between.
_CHANNEL, _DIRECT_CHANNEL = "readFD:3,writeFD:3", "readFD:0,writeFD:1"
# jsii starts its kernel with this option: provider packages find their peers beside the links to them.
_NODE_OPTION = "--preserve-symlinks"


def start() -> None:
    """Import cdktf, which makes jsii start Node, with the variables that select `runtime.cjs`.

    The variables are removed afterwards: child processes may have other bindings.
    """
    with temporary_variables(runtime_variables(os.environ)):
        importlib.import_module("cdktf")


def runtime_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that make jsii start `runtime.cjs`.

    Return none if the user has set `JSII_RUNTIME`, or jsii's kernel has an unknown form.
    """
    sources = _kernel_sources()
    if "JSII_RUNTIME" in environ or sources.get(_KERNEL, "").count(_CHANNEL) != 1:
        return {}
    folder = Path(_kernel_folder().name)
    (folder / "lib").mkdir(exist_ok=True)
    (folder / _KERNEL).write_text(sources[_KERNEL].replace(_CHANNEL, _DIRECT_CHANNEL), encoding="utf-8")
    (folder / _KERNEL_WORKER).write_text(sources[_KERNEL_WORKER], encoding="utf-8")
    return {
        "JSII_RUNTIME": str(RUNTIME),
        "ARQ_JSII_KERNEL": str(folder / _KERNEL),
        "NODE_OPTIONS": f"{environ.get('NODE_OPTIONS', '')} {_NODE_OPTION}".strip(),
    }


def _kernel_sources() -> dict[str, str]:
    embedded: dict[str, str] = importlib.import_module("jsii._embedded.jsii").EMBEDDED_FILES
    files = importlib.resources.files("jsii._embedded.jsii")
    return {
        name: files.joinpath(resource).read_text(encoding="utf-8")
        for resource, name in embedded.items()
        if name in (_KERNEL, _KERNEL_WORKER)
    }


@functools.cache
def _kernel_folder() -> tempfile.TemporaryDirectory[str]:
    """Return the folder of the kernel's files, which is removed when Python exits."""
    return tempfile.TemporaryDirectory(prefix="arq-jsii-")
