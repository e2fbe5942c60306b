"""Loads the policy rules: Checkov's built-in rules for AWS and Kubernetes, and the project's own.

Checkov's loader logs and skips a rule file that fails to import, and keeps only the first of two rules with
the same id. Here both are errors, because a missing rule would pass silently.
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
    "checkov.terraform.checks.resource.kubernetes",
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
    """All loaded rules. `own` holds the ids of the project's rules."""

    python: tuple[BaseCheck, ...]
    graph: tuple[BaseGraphCheck, ...]
    own: frozenset[str]

    def for_block(self, kind: str, type_: str) -> tuple[BaseCheck, ...]:
        """Return the Python rules for blocks of this kind and type."""
        built_in = _built_in_for(kind, type_)
        return built_in + tuple(
            check for check in self.python if check.block_type == kind and _applies_to(check, type_)
        )


def load_rules(policies: Path, root: Path) -> Rules:
    """Load all built-in rules and those in `policies`, or in its `rules` folder if it has one.

    Files whose name begins with an underscore are helpers. Rule files may import from `root`.

    Raises:
        InputError: for each rule file that fails to load, defines no rule, or reuses an id.
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
        except Exception as error:  # noqa: BLE001 - a rule file may raise anything
            what = f"fails to load: {type(error).__name__}: {error}"
            problems.append(Problem(str(file), what, "Correct the rule"))
            continue
        if not loaded:
            fix = "Define one, or begin the name of a helper file with an underscore"
            problems.append(Problem(str(file), "defines no Checkov rule", fix))
        for check in loaded:
            if check.id in taken:
                what = f"defines {check.id}, which {taken[check.id]} defines too"
                problems.append(Problem(str(file), what, "Choose another id"))
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
    """Return Checkov's graph rules for AWS, from a separate registry without other projects' rules."""
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


def _applies_to(check: BaseCheck, type_: str) -> bool:
    return any(fnmatchcase(type_, pattern) for pattern in check.supported_entities)


def _load(file: Path, root: Path) -> "list[BaseCheck | BaseGraphCheck]":
    return _load_python(file, root) if file.suffix == ".py" else [_load_yaml(file)]


def _load_python(file: Path, root: Path) -> list[BaseCheck | BaseGraphCheck]:
    """Run a rule file and return the Python checks and graph checks that it registered."""
    name = f"arqctl_rules_{abs(hash(file))}_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is not a Python module")
    module = importlib.util.module_from_spec(spec)
    registered = BaseCheckRegistry.get_all_registered_checks()
    already = len(registered)
    with _importable(root), _registered_graph_checks() as graph:
        spec.loader.exec_module(module)
    return [*registered[already:], *graph]


@contextmanager
def _registered_graph_checks() -> Iterator[list[BaseGraphCheck]]:
    """Collect the checks added to Checkov's global graph registry, then restore the registry."""
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
    """Parse one YAML rule with Checkov's parser, because its registry reads folders only."""
    raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    parser = GraphCheckParser()
    if not isinstance(raw, dict) or not parser.validate_check_config(file_path=str(file), raw_check=raw):
        raise ValueError("it is not a valid Checkov YAML rule")
    return parser.parse_raw_check(raw, resources_types=None, check_path=str(file))


@contextmanager
def _importable(root: Path) -> Iterator[None]:
    sys.path.insert(0, str(root))
    try:
        yield
    finally:
        sys.path.remove(str(root))
