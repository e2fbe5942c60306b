"""One stack under Checkov's rules, in process: each verdict with its full address.

This drives Checkov's registries and graph instead of its runner, because the runner parses JSON as YAML
(slow), drops the resource's type from the address, and swallows a rule that raises.
"""

import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any, ParamSpec, TypeAlias, TypeVar

import checkov.version
from checkov.common.checks.base_check import BaseCheck
from checkov.common.checks_infra.solvers.attribute_solvers import base_attribute_solver
from checkov.common.checks_infra.solvers.resource_solvers import base_resource_solver
from checkov.common.graph.checks_infra.base_check import BaseGraphCheck
from checkov.common.graph.db_connectors.rustworkx.rustworkx_db_connector import RustworkxConnector
from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.utils.base_cloudsplaining_iam_scanner import (
    BaseTerraformCloudsplainingIAMScanner as PolicyScanner,
)
from checkov.terraform.graph_manager import TerraformGraphManager
from checkov.terraform_json.parser import prepare_definition

from arqctl.core.assembly import Stack
from arqctl.core.json_access import Json
from arqctl.gate.report import SEVERITIES, Severity
from arqctl.gate.rules import Rules
from arqctl.gate.verdicts import UNSEEN, BlindError, Result, Rule, RuleVerdict

_DEFAULT_SEVERITY: Severity = "MEDIUM"
"""Checkov's built-in rules carry no severity offline; inventing one a rule would only look like knowledge."""

_SOURCE = "https://github.com/bridgecrewio/checkov/blob/{version}/{path}"
_RESULTS = {CheckResult.PASSED: Result.PASSED, CheckResult.FAILED: Result.FAILED}
_LINES = {"__startline__": 1, "__endline__": 1}

_SIGHT = Rule(
    id="ARQ_UNKNOWN",
    name=UNSEEN,
    severity="HIGH",
    link=None,
    own=True,
)

P = ParamSpec("P")
T = TypeVar("T")
Definition: TypeAlias = dict[str, list[dict[str, dict[str, Any]]]]


def scan(stack: Stack, rules: Rules) -> tuple[RuleVerdict, ...]:
    """Judge every block of a stack by every rule that concerns it.

    Raises:
        BlindError: when Checkov can't read the stack at all. A block that it drops is UNKNOWN.
    """
    # Keyed by file and address, it would answer for an earlier synthesis of the same stack.
    PolicyScanner.policy_document_cache.clear()
    with _quiet():
        try:
            definition: Definition = prepare_definition(_with_lines(stack.document))
            connector = RustworkxConnector()
            manager = TerraformGraphManager(db_connector=connector, source="Terraform")
            local = manager.build_graph_from_definitions({str(stack.file): definition})
            graph = manager.save_graph(local)
        except Exception as error:
            raise BlindError(f"Checkov can't read it: {type(error).__name__}: {error}") from error
        seen = {_address(vertex.block_type, vertex.id.partition("[")[0]) for vertex in local.vertices}
        unseen = sorted(stack.blocks.keys() - seen)
        return (
            *(RuleVerdict(_SIGHT, Result.UNKNOWN, address) for address in unseen),
            *_by_python_rules(definition, rules),
            *_by_graph_rules(graph, rules),
        )


def _by_python_rules(definition: Definition, rules: Rules) -> Iterator[RuleVerdict]:
    for kind, type_, address, body in _entities(definition):
        decoded = _decoded(body)
        readings = (body,) if decoded == body else (body, decoded)
        for check in rules.for_block(kind, type_):
            rule = describe(check, own=check.id in rules.own)
            yield min((_ask(check, rule, type_, address, each) for each in readings), key=_gravity)


def _ask(check: BaseCheck, rule: Rule, type_: str, address: str, body: dict[str, Any]) -> RuleVerdict:
    """What one rule says of one block."""
    try:
        outcome = check.run("", body, address, type_, {})
    except Exception as error:  # noqa: BLE001 - whatever a rule raises, it has not decided
        return RuleVerdict(rule, Result.UNKNOWN, address, error=f"{type(error).__name__}: {error}")
    result = outcome["result"]
    verdict = result[0] if isinstance(result, tuple) else result
    keys = _paths(outcome.get("evaluated_keys", []))
    return RuleVerdict(rule, _RESULTS.get(verdict, Result.UNKNOWN), address, keys)


def _gravity(verdict: RuleVerdict) -> int:
    """Of two readings of a block, one that fails counts more than one that passes, and any decision most."""
    if verdict.result is Result.UNKNOWN:
        return 3 if verdict.error else 2
    return 0 if verdict.result is Result.FAILED else 1


def _decoded(value: Any) -> Any:  # noqa: ANN401 - Checkov's own shape, at any depth
    """Decode JSON documents in strings: some rules see nothing in a policy that is written as one."""
    if isinstance(value, dict):
        return {key: _decoded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_decoded(item) for item in value]
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        with suppress(ValueError):
            return json.loads(value)
    return value


def _by_graph_rules(graph: object, rules: Rules) -> Iterator[RuleVerdict]:
    for check in rules.graph:
        rule = describe(check, own=check.id in rules.own)
        errors: list[tuple[str, str]] = []
        try:
            with _raising_solvers(errors):
                outcome = check.run(graph)
        except Exception as error:  # noqa: BLE001 - whatever a rule raises, it has not decided
            yield RuleVerdict(rule, Result.UNKNOWN, "", error=f"{type(error).__name__}: {error}")
            continue
        for address, message in errors:
            yield RuleVerdict(rule, Result.UNKNOWN, address, error=message)
        for result, vertices in zip((Result.PASSED, Result.FAILED, Result.UNKNOWN), outcome, strict=True):
            for address in sorted({_vertex_address(vertex) for vertex in vertices}):
                type_ = address.removeprefix("data.").split(".")[0]
                yield RuleVerdict(rule, result, address, _graph_keys(check, type_))


def _entities(definition: Definition) -> Iterator[tuple[str, str, str, dict[str, object]]]:
    """Yield kind, type, address and arguments of everything that Python rules may judge."""
    for kind in ("resource", "data"):
        for entity in definition.get(kind, []):
            for type_, named in entity.items():
                for name, body in named.items():
                    yield kind, type_, _address(kind, f"{type_}.{name}"), body
    for kind in ("provider", "module"):
        for entity in definition.get(kind, []):
            for name, body in entity.items():
                alias = "".join(f".{each}" for each in body.get("alias", ()))
                yield kind, "module" if kind == "module" else name, f"{kind}.{name}{alias}", body


@cache
def describe(check: BaseCheck | BaseGraphCheck, *, own: bool) -> Rule:
    """Put what Checkov knows about a rule into our words."""
    name = getattr(check.severity, "name", check.severity)
    severity = next((each for each in SEVERITIES if each == str(name).upper()), _DEFAULT_SEVERITY)
    categories = getattr(check, "categories", ())
    return Rule(
        id=check.id,
        name=check.name,
        severity=severity,
        link=check.guideline or (None if own else _source(check)),
        own=own,
        looks_for_secrets=CheckCategories.SECRETS in categories,
        reads_policies=isinstance(check, PolicyScanner),
    )


def _source(check: BaseCheck | BaseGraphCheck) -> str:
    """Where a built-in rule is written: offline, Checkov knows no page that explains it."""
    if isinstance(check, BaseGraphCheck):
        path = "checkov/" + check.check_path.rpartition("/checkov/")[2]
    else:
        path = type(check).__module__.replace(".", "/") + ".py"
    return _SOURCE.format(version=checkov.version.version, path=path)


def _graph_keys(check: BaseGraphCheck, type_: str) -> tuple[tuple[str, ...], ...]:
    """The arguments that a graph rule looks at on blocks of one type."""
    if check.sub_checks:
        return tuple(key for each in check.sub_checks for key in _graph_keys(each, type_))
    concerns = not check.resource_types or type_ in check.resource_types
    return _paths([check.attribute]) if check.attribute and concerns else ()


def _paths(keys: object) -> tuple[tuple[str, ...], ...]:
    """Checkov's `a/[0]/b` and `a.b.*.c` as names without indices."""
    found = (str(key).replace(".", "/").split("/") for key in (keys if isinstance(keys, list) else []))
    paths = (tuple(part for part in parts if _is_name(part)) for parts in found)
    return tuple(path for path in paths if path)


def _is_name(part: str) -> bool:
    return bool(part) and not part.strip("[]").isdigit() and part != "resource_type"


def _vertex_address(vertex: dict[str, object]) -> str:
    """A block of `for_each` has a vertex for each of its instances, and one address."""
    return _address(str(vertex.get("block_type_", "")), str(vertex.get("id_", "")).partition("[")[0])


def _address(kind: str, id_: str) -> str:
    return f"data.{id_}" if kind == "data" and not id_.startswith("data.") else id_


def _with_lines(value: Json) -> Any:  # noqa: ANN401 - Checkov takes any shape here
    """Add the line marks that Checkov's own loader leaves on every object, and some rules expect."""
    if isinstance(value, dict):
        return {key: _with_lines(item) for key, item in value.items()} | _LINES
    if isinstance(value, list):
        return [_with_lines(item) for item in value]
    return value


@contextmanager
def _quiet() -> Iterator[None]:
    """Checkov logs each rule it runs, and what rules raise; both are in the verdicts."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


@contextmanager
def _raising_solvers(errors: list[tuple[str, str]]) -> Iterator[None]:
    """Run Checkov's graph solvers inline and note what they raise: their thread pools drop exceptions."""

    class Inline:
        def submit(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> "Future[T | None]":
            future: Future[T | None] = Future()
            try:
                future.set_result(function(*args, **kwargs))
            except Exception as error:  # noqa: BLE001 - whatever a rule raises, it has not decided
                address = _vertex_address(args[0]) if args and isinstance(args[0], dict) else ""
                errors.append((address, f"{type(error).__name__}: {error}"))
                future.set_result(None)
            return future

    modules: tuple[Any, ...] = (base_attribute_solver, base_resource_solver)
    for module in modules:
        module.ThreadPoolExecutor = Inline
    try:
        yield
    finally:
        for module in modules:
            module.ThreadPoolExecutor = ThreadPoolExecutor
