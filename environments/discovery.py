"""Finds the environments: each is a module of this package with one constant of its own name."""

import importlib
import pkgutil
import traceback
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import environments
from constructs_arq.core.config import collect_problems
from constructs_arq.core.errors import ConfigError, Problem
from constructs_arq.network.address_plan import overlapping
from environments.environment import Environment

# What a slip in a file of values raises when the file is imported.
_SLIPS = (SyntaxError, ImportError, NameError, TypeError, AttributeError, ValueError)


def discover() -> Sequence[Environment]:
    """Every environment, by name: module `x` in this folder, if it has an `Environment` called `X`.

    Raises:
        ConfigError: with the problems of all environments, and where two don't fit together.
    """
    found: list[Environment] = []
    problems: list[Problem] = []
    for name in sorted(module.name for module in pkgutil.iter_modules(environments.__path__)):
        file = f"environments/{name}.py"
        try:
            with collect_problems(file):
                value = _constant(name)
        except ConfigError as error:
            problems += [
                replace(problem, path=f"{file}: {problem.path}".removesuffix(": "))
                for problem in error.problems
            ]
        except _SLIPS as error:
            problems.append(_slip(file, error))
        else:
            found += [value] if isinstance(value, Environment) else []
    problems += misfits(found)
    if problems:
        raise ConfigError("environments", problems)
    return sorted(found, key=lambda env: env.name)


def misfits(found: Sequence[Environment]) -> list[Problem]:
    """Where environments that are each right don't fit together: shared names, accounts or ranges."""
    by_name = {env.name: env for env in found}
    twice = [name for name in by_name if sum(env.name == name for env in found) > 1]
    if twice:
        return [Problem(f"{name}: name", "must be of one environment", name, "Rename one.") for name in twice]
    overlaps = overlapping({env.name: env.network.cidr for env in found})
    problems = [
        Problem(
            f"{one}: network.cidr",
            f"must not overlap that of {other}",
            by_name[one].network.cidr,
            "Give one of them another range.",
        )
        for one, other in overlaps
    ]
    problems += [
        Problem(
            f"{one.name}: account_id",
            f"must not be that of {other.name}",
            one.account_id,
            "Give each environment an account of its own.",
        )
        for one, other in combinations(found, 2)
        if one.account_id == other.account_id
    ]
    return problems


def _constant(module: str) -> object:
    if module == "__main__":
        return None
    return getattr(importlib.import_module(f"environments.{module}"), module.upper(), None)


def _slip(file: str, error: Exception) -> Problem:
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(file)
    ]
    line = error.lineno if isinstance(error, SyntaxError) else (lines or [None])[-1]
    return Problem(f"{file}:{line}", f"{type(error).__name__}: {error}", "", "Mend the line, and run again.")
