"""The rules in force: Checkov's built-ins for AWS, and the project's own, loaded by path.

Checkov's loader logs and drops a rule file that doesn't import, and keeps only the first of two rules with
one id. Here either is an error: a rule that vanishes is a rule that passes.
"""

import importlib
import importlib.util
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import yaml
from checkov.common.checks.base_check import BaseCheck
from checkov.common.checks.base_check_registry import BaseCheckRegistry
from checkov.common.checks_infra.checks_parser import GraphCheckParser
from checkov.common.checks_infra.registry import Registry, get_graph_checks_registry
from checkov.common.graph.checks_infra.base_check import BaseGraphCheck
from checkov.terraform.checks.data.registry import data_registry
from checkov.terraform.checks.module.registry import module_registry
from checkov.terraform.checks.provider.registry import provider_registry
from checkov.terraform.checks.resource.registry import resource_registry

from arqctl.core.errors import InputError, Problem

_BUILT_IN = (
    "checkov.terraform.checks.resource.aws",
    "checkov.terraform.checks.data.aws",
    "checkov.terraform.checks.provider.aws",
    "checkov.terraform.checks.module.generic",
)
_REGISTRIES: Mapping[str, BaseCheckRegistry] = {
    "resource": resource_registry,
    "data": data_registry,
    "provider": provider_registry,
    "module": module_registry,
}


@dataclass(frozen=True)
class Rules:
    """What a stack is judged by. `own` holds the ids of the project's rules."""

    python: tuple[BaseCheck, ...]
    graph: tuple[BaseGraphCheck, ...]
    own: frozenset[str]

    def for_block(self, kind: str, type_: str) -> tuple[BaseCheck, ...]:
        """The Python rules that judge blocks of this kind and type."""
        built_in = _built_in_for(kind, type_)
        return built_in + tuple(
            check for check in self.python if check.block_type == kind and _concerns(check, type_)
        )


def load_rules(policies: Path, root: Path) -> Rules:
    """Load every built-in rule and those below `policies` (its `rules` folder where it has one).

    Files whose name begins with an underscore are helpers of rules. Rule files may import from `root`.

    Raises:
        InputError: for a rule file that doesn't load, holds no rule, or takes an id that is taken.
    """
    _load_built_in()
    folder = policies / "rules" if (policies / "rules").is_dir() else policies
    python: list[BaseCheck] = []
    graph: list[BaseGraphCheck] = []
    problems: list[Problem] = []
    taken = {check.id: Path("Checkov") for check in _built_in_graph()}
    taken |= {check.id: Path("Checkov") for check in _built_in_python()}
    for file in _rule_files(folder):
        try:
            loaded = _load(file, root)
        except Exception as error:  # noqa: BLE001 - a rule file may raise anything; all of it is the user's to mend
            what = f"doesn't load: {type(error).__name__}: {error}"
            problems.append(Problem(str(file), what, "Correct the rule"))
            continue
        if not loaded:
            fix = "Define one, or begin a helper's name with an underscore"
            problems.append(Problem(str(file), "defines no Checkov rule", fix))
        for check in loaded:
            if check.id in taken:
                what = f"defines {check.id}, which {taken[check.id]} has already"
                problems.append(Problem(str(file), what, "Give it an id of its own"))
            taken[check.id] = file
            if isinstance(check, BaseGraphCheck):
                graph.append(check)
            else:
                python.append(check)
    if problems:
        raise InputError(problems)
    own = frozenset([*(check.id for check in python), *(check.id for check in graph)])
    return Rules(tuple(python), (*_built_in_graph(), *graph), own)


def _rule_files(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if file.suffix in {".py", ".yaml", ".yml"} and not file.name.startswith("_"):
            yield file


@cache
def _load_built_in() -> None:
    for name in _BUILT_IN:
        package = importlib.import_module(name)
        for module in package.__all__:
            importlib.import_module(f"{name}.{module}")


@cache
def _built_in_graph() -> tuple[BaseGraphCheck, ...]:
    """Checkov's graph rules for AWS, in a registry of our own so that no other project's rules are in it."""
    folder = Path(get_graph_checks_registry("terraform").checks_dir) / "aws"
    registry = Registry(checks_dir=str(folder), parser=GraphCheckParser())
    registry.load_checks()
    return tuple(registry.checks)


def _built_in_python() -> Iterator[BaseCheck]:
    return (check for check in BaseCheckRegistry.get_all_registered_checks() if _is_built_in(check))


@cache
def _built_in_for(kind: str, type_: str) -> tuple[BaseCheck, ...]:
    return tuple(check for check in _REGISTRIES[kind].get_checks(type_) if _is_built_in(check))


def _is_built_in(check: BaseCheck) -> bool:
    return type(check).__module__.startswith("checkov.")


def _concerns(check: BaseCheck, type_: str) -> bool:
    return any(fnmatchcase(type_, pattern) for pattern in check.supported_entities)


def _load(file: Path, root: Path) -> "list[BaseCheck | BaseGraphCheck]":
    return _load_python(file, root) if file.suffix == ".py" else [_load_yaml(file)]


def _load_python(file: Path, root: Path) -> list[BaseCheck | BaseGraphCheck]:
    """Run a rule file and return what it registered, be it a Python check or a graph check."""
    name = f"arqctl_rules_{abs(hash(file))}_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no Python module")
    module = importlib.util.module_from_spec(spec)
    registered = BaseCheckRegistry.get_all_registered_checks()
    already = len(registered)
    with _importable(root), _registered_graph_checks() as graph:
        spec.loader.exec_module(module)
    return [*registered[already:], *graph]


@contextmanager
def _registered_graph_checks() -> Iterator[list[BaseGraphCheck]]:
    """Collect what is put into Checkov's one graph registry meanwhile, and leave that as it was."""
    registry = get_graph_checks_registry("terraform")
    before = list(registry.checks)
    added: list[BaseGraphCheck] = []
    try:
        yield added
    finally:
        known = {id(check) for check in before}
        added += [check for check in registry.checks if id(check) not in known]
        registry.checks = before


def _load_yaml(file: Path) -> BaseGraphCheck:
    """Parse one YAML rule; Checkov's registry reads folders only, so the file's own parser is asked."""
    raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    parser = GraphCheckParser()
    if not isinstance(raw, dict) or not parser.validate_check_config(file_path=str(file), raw_check=raw):
        raise ValueError("it is not shaped like a Checkov YAML rule")
    return parser.parse_raw_check(raw, resources_types=None, check_path=str(file))


@contextmanager
def _importable(root: Path) -> Iterator[None]:
    sys.path.insert(0, str(root))
    try:
        yield
    finally:
        sys.path.remove(str(root))
