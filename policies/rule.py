"""A rule: one question about one kind of block, made a Checkov check by the `rule` decorator.

A rule is registered as a graph check, so Checkov reports it under the block's whole address
(`aws_db_instance.database`), with severity and guideline, wherever Checkov runs.
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

Judge: TypeAlias = Callable[[Block, Stack], Verdict]
Vertex: TypeAlias = "dict[str, object]"
Judged: TypeAlias = "tuple[list[Vertex], list[Vertex], list[Vertex]]"

EVERY_RESOURCE = ("*",)

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Law:
    """What stands written about a rule."""

    id: str
    name: str
    severity: Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"]
    on: tuple[str, ...]
    why: str
    link: str
    production_only: bool


class Rule(BaseGraphCheck):
    """A law with the function that judges it, as Checkov's graph registry runs it."""

    def __init__(self, law: Law, judge: Judge) -> None:
        super().__init__()
        self.law = law
        self.judge = judge
        self.id = law.id
        self.name = law.name
        self.category = "GENERAL_SECURITY"
        self.resource_types = list(law.on)
        self.severity = Severities[law.severity]
        self.guideline = law.link
        self.frameworks = ["Terraform"]

    def run(self, graph_connector: "PyDiGraph[tuple[int, Vertex], object]") -> Judged:
        """Judge every block of every Terraform JSON file in Checkov's graph."""
        judged: Judged = ([], [], [])
        shelf = {Verdict.PASS: judged[0], Verdict.FAIL: judged[1], Verdict.UNKNOWN: judged[2]}
        for path, vertices in _files(graph_connector).items():
            for address, verdict in self.verdicts(path):
                if verdict in shelf:
                    shelf[verdict].append(vertices.get(address) or _vertex(path, address))
        return judged

    def verdict(self, block: Block, stack: Stack) -> Verdict:
        """Judge one block; never raises. What a judge stumbles over is UNKNOWN, not passed."""
        try:
            if self.law.production_only and not is_production(block):
                return Verdict.NOT_CONCERNED
            if not isinstance(block.body, dict):
                return Verdict.UNKNOWN
            return self.judge(block, stack)
        except Exception:  # noqa: BLE001 - Checkov drops a check that raises, and dropped means passed
            _LOG.exception("%s stumbled over %s", self.id, block.address)
            return Verdict.UNKNOWN

    def verdicts(self, path: str) -> Iterator[tuple[str, Verdict]]:
        """Judge a file, block by block; one that can't be read is UNKNOWN as a whole."""
        try:
            stack = read(path)
        except (MalformedStackError, OSError) as error:
            _LOG.error("%s can't judge %s: %s", self.id, path, error)
            yield path, Verdict.UNKNOWN
            return
        for block in stack.blocks.values():
            verdict = self.verdict(block, stack) if self._concerns(block) else Verdict.NOT_CONCERNED
            yield block.address, verdict

    def _concerns(self, block: Block) -> bool:
        if self.law.on == EVERY_RESOURCE:
            return block.kind == "resource"
        return block.kind != "data" and block.type in self.law.on


def rule(
    *,
    id: str,
    severity: Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"],
    on: tuple[str, ...],
    why: str,
    link: str,
    production_only: bool = False,
) -> Callable[[Judge], Judge]:
    """Register the decorated function as a Checkov check; its docstring's first line is the rule's name.

    Args:
        id: `CKV_ARQ_n` for a rule on one block, `CKV2_ARQ_n` for one on its relations.
        severity: Checkov's severities.
        on: the resource types that it judges, `aws` for the provider, `s3` for the backend, or
            EVERY_RESOURCE.
        why: what happens to a team that breaks it.
        link: the page on which AWS or Terraform explains it.
        production_only: judge only blocks of production.
    """

    def register(judge: Judge) -> Judge:
        name = (judge.__doc__ or "").strip().split("\n", 1)[0].rstrip(".")
        law = Law(id, name, severity, on, why, link, production_only)
        registry = get_graph_checks_registry("terraform")
        # A file that is loaded again replaces its rule.
        registry.checks = [*(check for check in registry.checks if check.id != id), Rule(law, judge)]
        RunnerFilter.notify_external_check(id)
        return judge

    return register


def registered() -> list[Rule]:
    """Return every rule that has been loaded, by id."""
    checks = get_graph_checks_registry("terraform").checks
    return sorted((check for check in checks if isinstance(check, Rule)), key=lambda each: each.id)


def _files(graph: "PyDiGraph[tuple[int, Vertex], object]") -> dict[str, dict[str, Vertex]]:
    """Return the Terraform JSON files that a graph was built from, each with its vertices by address."""
    files: dict[str, dict[str, Vertex]] = {}
    for _, vertex in graph.nodes():
        path = str(vertex["file_path_"])
        if path.endswith(".tf.json"):
            vertices = files.setdefault(path, {})
            if vertex["block_type_"] == "resource":
                vertices[str(vertex["id_"])] = vertex
    return files


def _vertex(path: str, address: str) -> Vertex:
    """Stand in for a block that Checkov's graph leaves out, such as a provider."""
    return {"file_path_": path, "id_": address, "__startline__": 1, "__endline__": 1}
