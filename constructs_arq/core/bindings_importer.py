"""Imports the CDKTF bindings faster: provider submodules on first use, and no type checks in Python.

The root package of a prebuilt provider imports all of its submodules: 2,200 for AWS. Here the root package
imports a submodule when it is first accessed.

Each call into the bindings resolves type hints and checks every argument against them. mypy has checked them
before, and Node checks them again. So the bindings' modules get a copy of `typing` whose `get_type_hints`
accepts every value.
"""

import importlib
import sys
import types
import typing
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader

_PACKAGES = ("constructs", "cdktf")
_PROVIDER_PREFIX = "cdktf_cdktf_provider_"


class BindingsFinder:
    """A finder for `sys.meta_path` that finds the bindings' modules only."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec that Python's own finder returns, with a loader of this module."""
        package = name.partition(".")[0]
        is_provider = package.startswith(_PROVIDER_PREFIX)
        if package not in _PACKAGES and not is_provider:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and type(spec.loader) is SourceFileLoader:
            loader = _LazyRootLoader if is_provider and name == package else _UncheckedLoader
            spec.loader = loader(spec.loader.name, spec.loader.path)
        return spec


class _UncheckedLoader(SourceFileLoader):
    def exec_module(self, module: types.ModuleType) -> None:
        super().exec_module(module)
        if "typing" in vars(module):
            vars(module)["typing"] = _UNCHECKED_TYPING


class _LazyRootLoader(SourceFileLoader):
    def exec_module(self, module: types.ModuleType) -> None:
        def import_submodule(name: str) -> object:
            submodule = f"{module.__name__}.{name}"
            try:
                return importlib.import_module(submodule)
            except ModuleNotFoundError as error:
                if error.name != submodule:
                    raise
                raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}") from None

        vars(module)["__getattr__"] = import_submodule


class _AnyTypeHints(dict[str, object]):
    def __missing__(self, name: str) -> object:
        return typing.Any


def _unchecked_typing() -> types.ModuleType:
    module = types.ModuleType(typing.__name__, typing.__doc__)
    hints = _AnyTypeHints()

    # The bindings call it only to check argument types.
    def get_type_hints(_checked: object) -> dict[str, object]:
        return hints

    vars(module).update(vars(typing), get_type_hints=get_type_hints)
    return module


_UNCHECKED_TYPING = _unchecked_typing()


def install() -> None:
    """Use the finder for the bindings' modules that are imported from now on."""
    if BindingsFinder not in sys.meta_path:
        sys.meta_path.insert(0, BindingsFinder)
