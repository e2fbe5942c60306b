"""Runs Checkov's rules on one stack, in process, and returns results with full addresses.

It uses Checkov's registries and graph instead of its runner, because the runner parses JSON as YAML (slow),
drops the resource type from the address, and hides exceptions of rules.
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
from arqctl.gate.rule_results import NOT_IN_GRAPH, Result, Rule, RuleResult, ScanError
from arqctl.gate.rules import Rules

_DEFAULT_SEVERITY: Severity = "MEDIUM"
"""The severity of all built-in rules: Checkov publishes their severities online only."""

_SOURCE = "https://github.com/bridgecrewio/checkov/blob/{version}/{path}"
_RESULTS = {CheckResult.PASSED: Result.PASSED, CheckResult.FAILED: Result.FAILED}
_LINES = {"__startline__": 1, "__endline__": 1}
# Blocks that change addresses in the state, not resources. Checkov can't read lists of them.
_STATE_BLOCKS = {"import", "moved", "removed"}

_OMITTED_BLOCK = Rule(
    id="ARQ_UNKNOWN",
    name=NOT_IN_GRAPH,
    severity="HIGH",
    link=None,
    own=True,
)

P = ParamSpec("P")
T = TypeVar("T")
Definition: TypeAlias = dict[str, list[dict[str, dict[str, Any]]]]


def scan(stack: Stack, rules: Rules) -> tuple[RuleResult, ...]:
    """Evaluate every block of a stack with every rule for it.

    Raises:
        ScanError: if Checkov cannot read the stack. A block that its graph omits is UNKNOWN.
    """
    # The cache is keyed by file and address, so it would return results of an earlier synthesis.
    PolicyScanner.policy_document_cache.clear()
    with _quiet():
        try:
            blocks = {kind: each for kind, each in stack.document.items() if kind not in _STATE_BLOCKS}
            definition: Definition = prepare_definition(_with_line_numbers(blocks))
            connector = RustworkxConnector()
            manager = TerraformGraphManager(db_connector=connector, source="Terraform")
            local = manager.build_graph_from_definitions({str(stack.file): definition})
            graph = manager.save_graph(local)
        except Exception as error:
            raise ScanError(f"Checkov cannot read it: {type(error).__name__}: {error}") from error
        in_graph = {_address(vertex.block_type, vertex.id.partition("[")[0]) for vertex in local.vertices}
        omitted = sorted(stack.blocks.keys() - in_graph)
        return (
            *(RuleResult(_OMITTED_BLOCK, Result.UNKNOWN, address) for address in omitted),
            *_run_python_rules(definition, rules),
            *_run_graph_rules(graph, rules),
        )


def _run_python_rules(definition: Definition, rules: Rules) -> Iterator[RuleResult]:
    for kind, type_, address, body in _python_rule_blocks(definition):
        decoded = _decode_json(body)
        variants = (body,) if decoded == body else (body, decoded)
        for check in rules.for_block(kind, type_):
            rule = to_rule(check, own=check.id in rules.own)
            yield min((_run_check(check, rule, type_, address, each) for each in variants), key=_rank)


def _run_check(check: BaseCheck, rule: Rule, type_: str, address: str, body: dict[str, Any]) -> RuleResult:
    try:
        outcome = check.run("", body, address, type_, {})
    except Exception as error:  # noqa: BLE001 - a rule that raises has no result
        return RuleResult(rule, Result.UNKNOWN, address, error=f"{type(error).__name__}: {error}")
    result = outcome["result"]
    outcome_result = result[0] if isinstance(result, tuple) else result
    keys = _paths(outcome.get("evaluated_keys", []))
    return RuleResult(rule, _RESULTS.get(outcome_result, Result.UNKNOWN), address, keys)


def _rank(result: RuleResult) -> int:
    """Rank results of the same block: a failure first, then a pass, then unknown, then an error."""
    if result.result is Result.UNKNOWN:
        return 3 if result.error else 2
    return 0 if result.result is Result.FAILED else 1


def _decode_json(value: Any) -> Any:  # noqa: ANN401 - Checkov's own shape, at any depth
    """Decode JSON documents in strings, because some rules don't parse policies in strings."""
    if isinstance(value, dict):
        return {key: _decode_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_decode_json(item) for item in value]
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        with suppress(ValueError):
            return json.loads(value)
    return value


def _run_graph_rules(graph: object, rules: Rules) -> Iterator[RuleResult]:
    for check in rules.graph:
        rule = to_rule(check, own=check.id in rules.own)
        errors: list[tuple[str, str]] = []
        try:
            with _raising_solvers(errors):
                outcome = check.run(graph)
        except Exception as error:  # noqa: BLE001 - a rule that raises has no result
            yield RuleResult(rule, Result.UNKNOWN, "", error=f"{type(error).__name__}: {error}")
            continue
        for address, message in errors:
            yield RuleResult(rule, Result.UNKNOWN, address, error=message)
        for result, vertices in zip((Result.PASSED, Result.FAILED, Result.UNKNOWN), outcome, strict=True):
            for address in sorted({_vertex_address(vertex) for vertex in vertices}):
                type_ = address.removeprefix("data.").split(".")[0]
                yield RuleResult(rule, result, address, _graph_keys(check, type_))


def _python_rule_blocks(definition: Definition) -> Iterator[tuple[str, str, str, dict[str, object]]]:
    """Yield kind, type, address and arguments of every block that Python rules evaluate."""
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
def to_rule(check: BaseCheck | BaseGraphCheck, *, own: bool) -> Rule:
    """Return a Checkov check as a `Rule`."""
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
    """Return the URL of a built-in rule's source, because Checkov has no documentation links offline."""
    if isinstance(check, BaseGraphCheck):
        path = "checkov/" + check.check_path.rpartition("/checkov/")[2]
    else:
        path = type(check).__module__.replace(".", "/") + ".py"
    return _SOURCE.format(version=checkov.version.version, path=path)


def _graph_keys(check: BaseGraphCheck, type_: str) -> tuple[tuple[str, ...], ...]:
    """Return the arguments that a graph rule evaluates on blocks of one type."""
    if check.sub_checks:
        return tuple(key for each in check.sub_checks for key in _graph_keys(each, type_))
    applies = not check.resource_types or type_ in check.resource_types
    return _paths([check.attribute]) if check.attribute and applies else ()


def _paths(keys: object) -> tuple[tuple[str, ...], ...]:
    """Convert Checkov's `a/[0]/b` and `a.b.*.c` to paths of names without indices."""
    found = (str(key).replace(".", "/").split("/") for key in (keys if isinstance(keys, list) else []))
    paths = (tuple(part for part in parts if _is_name(part)) for parts in found)
    return tuple(path for path in paths if path)


def _is_name(part: str) -> bool:
    return bool(part) and not part.strip("[]").isdigit() and part != "resource_type"


def _vertex_address(vertex: dict[str, object]) -> str:
    """Return the address of a vertex; the instances of `for_each` share one address."""
    return _address(str(vertex.get("block_type_", "")), str(vertex.get("id_", "")).partition("[")[0])


def _address(kind: str, id_: str) -> str:
    return f"data.{id_}" if kind == "data" and not id_.startswith("data.") else id_


def _with_line_numbers(value: Json) -> Any:  # noqa: ANN401 - Checkov takes any shape here
    """Add the line numbers that Checkov's own loader adds to every object and that some rules expect."""
    if isinstance(value, dict):
        return {key: _with_line_numbers(item) for key, item in value.items()} | _LINES
    if isinstance(value, list):
        return [_with_line_numbers(item) for item in value]
    return value


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence Checkov's log: rules and their errors are in the results."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


@contextmanager
def _raising_solvers(errors: list[tuple[str, str]]) -> Iterator[None]:
    """Run Checkov's graph solvers inline and record their exceptions, which their thread pools would drop."""

    class Inline:
        def submit(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> "Future[T | None]":
            future: Future[T | None] = Future()
            try:
                future.set_result(function(*args, **kwargs))
            except Exception as error:  # noqa: BLE001 - a rule that raises has no result
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
