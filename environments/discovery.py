"""Finds all environments: modules of this package that define a constant of the same name in capitals."""

import importlib
import pkgutil
import traceback
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import environments
from constructs_arq.core.config import collect_problems
from constructs_arq.core.errors import ConfigError, Problem
from constructs_arq.network.address_plan import find_overlaps
from environments.environment import Environment
from environments.paging_config import PagingConfig

# Errors that a mistake in a module of values raises on import.
_IMPORT_ERRORS = (SyntaxError, ImportError, NameError, TypeError, AttributeError, ValueError)


def discover_environments() -> Sequence[Environment]:
    """Return all environments, sorted by name.

    An environment is the constant `X` of type `Environment` in the module `x` of this package.

    Raises:
        ConfigError: with all problems of all environments, and all conflicts between two environments.
    """
    found: list[Environment] = []
    problems: list[Problem] = []
    for name in sorted(module.name for module in pkgutil.iter_modules(environments.__path__)):
        file = f"environments/{name}.py"
        try:
            with collect_problems(file):
                value = _environment_constant(name)
        except ConfigError as error:
            problems += [
                replace(problem, path=f"{file}: {problem.path}".removesuffix(": "))
                for problem in error.problems
            ]
        except _IMPORT_ERRORS as error:
            problems.append(_import_problem(file, error))
        else:
            found += [value] if isinstance(value, Environment) else []
    problems += conflicts(found)
    if problems:
        raise ConfigError("environments", problems)
    return sorted(found, key=lambda env: env.name)


def discover_paging() -> PagingConfig | None:
    """Return the values of the paging stack, or None if there are none.

    Call it after `discover_environments`, which reports the problems in them.
    """
    value = _environment_constant("paging")
    return value if isinstance(value, PagingConfig) else None


def conflicts(found: Sequence[Environment]) -> list[Problem]:
    """Return a problem for each name, account or address range that two environments share."""
    by_name = {env.name: env for env in found}
    duplicates = [name for name in by_name if sum(env.name == name for env in found) > 1]
    if duplicates:
        return [
            Problem(f"{name}: name", "must be unique", name, "Rename one of the environments.")
            for name in duplicates
        ]
    overlaps = find_overlaps({env.name: env.network.cidr for env in found})
    problems = [
        Problem(
            f"{one}: network.cidr",
            f"must not overlap that of {other}",
            by_name[one].network.cidr,
            "Use another range for one of them.",
        )
        for one, other in overlaps
    ]
    problems += [
        Problem(
            f"{one.name}: account_id",
            f"must not be that of {other.name}",
            one.account_id,
            "Use a separate account for each environment.",
        )
        for one, other in combinations(found, 2)
        if one.account_id == other.account_id
    ]
    return problems


def _environment_constant(module: str) -> object:
    if module == "__main__":
        return None
    return getattr(importlib.import_module(f"environments.{module}"), module.upper(), None)


def _import_problem(file: str, error: Exception) -> Problem:
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(file)
    ]
    line = error.lineno if isinstance(error, SyntaxError) else (lines or [None])[-1]
    return Problem(
        f"{file}:{line}",
        f"{type(error).__name__}: {error}",
        "",
        "Correct the line, and run the command again.",
    )
