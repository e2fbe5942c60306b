"""The `rule` decorator, which registers a function as a Checkov check.

A rule is a graph check, so that Checkov reports the block's full address (`aws_db_instance.database`), the
severity and the guideline.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from checkov.common.bridgecrew.severities import Severities
from checkov.common.checks_infra.registry import get_graph_checks_registry
from checkov.common.graph.checks_infra.base_check import BaseGraphCheck
from checkov.runner_filter import RunnerFilter
from rustworkx import PyDiGraph

from policies.environment import is_production
from policies.stack import Block, MalformedStackError, Stack, read
from policies.verdict import Verdict

RuleFunction: TypeAlias = Callable[[Block, Stack], Verdict]
Vertex: TypeAlias = "dict[str, object]"
CheckResults: TypeAlias = "tuple[list[Vertex], list[Vertex], list[Vertex]]"

EVERY_RESOURCE = ("*",)
EVERY_DATA_SOURCE = ("data.*",)

# A registry of Checkov may be replaced after the rules are loaded.
_TYPES_WITH_RULES: set[str] = set()

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class RuleMetadata:
    """Static properties of a rule, as reports show them."""

    id: str
    name: str
    severity: Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"]
    on: tuple[str, ...]
    why: str
    link: str
    production_only: bool


class Rule(BaseGraphCheck):
    """A policy rule as a Checkov graph check."""

    def __init__(self, metadata: RuleMetadata, evaluate: RuleFunction) -> None:
        super().__init__()
        self.metadata = metadata
        self.evaluate = evaluate
        self.id = metadata.id
        self.name = metadata.name
        self.category = "GENERAL_SECURITY"
        self.resource_types = list(metadata.on)
        self.severity = Severities[metadata.severity]
        self.guideline = metadata.link
        self.frameworks = ["Terraform"]

    def run(self, graph_connector: "PyDiGraph[tuple[int, Vertex], object]") -> CheckResults:
        """Evaluate all blocks of all Terraform JSON files in Checkov's graph."""
        results: CheckResults = ([], [], [])
        by_verdict = {Verdict.PASS: results[0], Verdict.FAIL: results[1], Verdict.UNKNOWN: results[2]}
        for path, vertices in _terraform_json_files(graph_connector).items():
            for address, verdict in self.verdicts(path):
                if verdict in by_verdict:
                    by_verdict[verdict].append(vertices.get(address) or _vertex(path, address))
        return results

    def verdict(self, block: Block, stack: Stack) -> Verdict:
        """Evaluate one block. An error in the rule's function makes the verdict UNKNOWN."""
        try:
            if self.metadata.production_only and not is_production(block):
                return Verdict.NOT_APPLICABLE
            if not isinstance(block.body, dict):
                return Verdict.UNKNOWN
            return self.evaluate(block, stack)
        except Exception:  # noqa: BLE001 - Checkov drops a check that raises, so the block would pass
            _LOG.exception("%s raised an error on %s", self.id, block.address)
            return Verdict.UNKNOWN

    def verdicts(self, path: str) -> Iterator[tuple[str, Verdict]]:
        """Yield the address and verdict of each block in a file. An unreadable file is one UNKNOWN."""
        try:
            stack = read(path)
        except (MalformedStackError, OSError) as error:
            _LOG.error("%s can't evaluate %s: %s", self.id, path, error)
            yield path, Verdict.UNKNOWN
            return
        for block in stack.blocks.values():
            verdict = self.verdict(block, stack) if self._applies_to(block) else Verdict.NOT_APPLICABLE
            yield block.address, verdict

    def _applies_to(self, block: Block) -> bool:
        if self.metadata.on == EVERY_RESOURCE:
            return block.kind == "resource"
        if self.metadata.on == EVERY_DATA_SOURCE:
            return block.kind == "data"
        return block.kind != "data" and block.type in self.metadata.on


def rule(
    *,
    id: str,
    severity: Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"],
    on: tuple[str, ...],
    why: str,
    link: str,
    production_only: bool = False,
) -> Callable[[RuleFunction], RuleFunction]:
    """Register the decorated function as a Checkov check named after the first line of its docstring.

    Args:
        id: `CKV_ARQ_n` for a rule that reads one block, `CKV2_ARQ_n` for one that also reads related blocks.
        severity: a severity of Checkov.
        on: the resource types to evaluate, `aws` for the provider, `s3` for the backend, EVERY_RESOURCE
            or EVERY_DATA_SOURCE.
        why: the consequence of a violation.
        link: the documentation of AWS or Terraform.
        production_only: whether the rule applies only to production.
    """

    def register(evaluate: RuleFunction) -> RuleFunction:
        name = (evaluate.__doc__ or "").strip().split("\n", 1)[0].rstrip(".")
        metadata = RuleMetadata(id, name, severity, on, why, link, production_only)
        registry = get_graph_checks_registry("terraform")
        # A file that is loaded twice replaces its own rule.
        registry.checks = [*(check for check in registry.checks if check.id != id), Rule(metadata, evaluate)]
        _TYPES_WITH_RULES.update(on)
        RunnerFilter.notify_external_check(id)
        return evaluate

    return register


def has_rule(type_: str) -> bool:
    """Return whether a loaded rule names a type of resources."""
    return type_ in _TYPES_WITH_RULES


def registered_rules() -> list[Rule]:
    """Return all loaded rules, sorted by id."""
    checks = get_graph_checks_registry("terraform").checks
    return sorted((check for check in checks if isinstance(check, Rule)), key=lambda each: each.id)


def _terraform_json_files(graph: "PyDiGraph[tuple[int, Vertex], object]") -> dict[str, dict[str, Vertex]]:
    """Return the vertices by address for each Terraform JSON file in the graph."""
    files: dict[str, dict[str, Vertex]] = {}
    for _, vertex in graph.nodes():
        path = str(vertex["file_path_"])
        if path.endswith(".tf.json"):
            vertices = files.setdefault(path, {})
            if vertex["block_type_"] == "resource":
                vertices[str(vertex["id_"])] = vertex
    return files


def _vertex(path: str, address: str) -> Vertex:
    """Return a vertex for a block that is missing in Checkov's graph, such as a provider."""
    return {"file_path_": path, "id_": address, "__startline__": 1, "__endline__": 1}
