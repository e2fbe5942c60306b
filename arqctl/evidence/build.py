"""Builds the evidence of one environment from the gate's evaluation."""

from collections.abc import Iterator, Mapping
from datetime import date
from importlib.metadata import version
from pathlib import Path

from arqctl.core.errors import InputError
from arqctl.core.git import GitError, git
from arqctl.evidence.framework import Framework, frameworks
from arqctl.evidence.model import (
    Commit,
    ControlEvidence,
    Evidence,
    FrameworkEvidence,
    RuleEvidence,
)
from arqctl.evidence.rules import evidence_by_rule, worst_state
from arqctl.gate.evaluation import Evaluation
from arqctl.gate.report import EnvironmentReport, Finding
from arqctl.gate.rule_results import NOT_IN_GRAPH
from arqctl.gate.stack_evaluation import UNREADABLE
from arqctl.gate.unknown_values import RULE as UNKNOWN

_TOOLS = ("arqctl", "checkov")


def build_evidence(
    evaluation: Evaluation, environment: str, *, today: date, commit: Commit | None
) -> Evidence:
    """Build the evidence of an evaluated environment."""
    report = evaluation.report.environments[environment]
    rules = evidence_by_rule(report, evaluation.passed[environment])
    not_evaluated = tuple(_not_evaluated(report))
    return Evidence(
        environment=environment,
        date=today,
        commit=commit,
        versions={tool: version(tool) for tool in _TOOLS},
        stacks=report.stacks,
        resources=report.resources,
        not_evaluated=not_evaluated,
        frameworks={
            name: _framework_evidence(framework, rules, is_complete=not not_evaluated)
            for name, framework in frameworks().items()
        },
        rules=rules,
    )


def head_commit(project: Path) -> Commit | None:
    """Return a project's Git commit; None outside of a repository or without Git."""
    try:
        head = git(project, "rev-parse", "--verify", "HEAD")
        return Commit(id=head, uncommitted_changes=git(project, "status", "--porcelain") != "")
    except (GitError, InputError):
        return None


def _not_evaluated(report: EnvironmentReport) -> Iterator[Finding]:
    """Yield findings about stacks, modules and blocks that rules couldn't evaluate."""
    for finding in report.findings:
        if finding.rule == UNREADABLE:
            yield finding
    for finding in report.unknown:
        is_module = finding.address.startswith("module.")
        if finding.rule == UNKNOWN and (is_module or finding.message.startswith(NOT_IN_GRAPH)):
            yield finding


def _framework_evidence(
    framework: Framework, rules: Mapping[str, RuleEvidence], *, is_complete: bool
) -> FrameworkEvidence:
    controls = {}
    for id_, control in framework.controls.items():
        state = worst_state([rules[rule] for rule in control.rules if rule in rules])
        controls[id_] = ControlEvidence(
            title=control.title,
            state=state if is_complete or state == "failed" else "unknown",
            rules=dict(control.rules),
        )
    return FrameworkEvidence(
        name=framework.name,
        version=framework.version,
        source=framework.source,
        basis=framework.basis,
        controls=controls,
        unmapped_rules=tuple(rule for rule in rules if rule not in framework.rules),
    )
