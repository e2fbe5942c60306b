"""From the gate's judgement to the evidence of one environment."""

from collections.abc import Iterator, Mapping
from datetime import date
from importlib.metadata import version

from arqctl.evidence.framework import Framework, frameworks
from arqctl.evidence.model import (
    Commit,
    ControlEvidence,
    Evidence,
    FrameworkEvidence,
    RuleEvidence,
)
from arqctl.evidence.rules import evidence_by_rule, worst_state
from arqctl.gate.judge import Judgement
from arqctl.gate.judged_stack import UNREADABLE
from arqctl.gate.report import EnvironmentReport, Finding
from arqctl.gate.undecided import RULE as UNKNOWN
from arqctl.gate.verdicts import UNSEEN

_TOOLS = {"arqctl": "arqctl", "checkov": "checkov"}


def build(judgement: Judgement, environment: str, *, day: date, commit: Commit | None) -> Evidence:
    """The evidence of an environment that was judged, with the day, the commit and the tools behind it."""
    report = judgement.report.environments[environment]
    rules = evidence_by_rule(report, judgement.passed[environment])
    blind = tuple(_blind(report))
    return Evidence(
        environment=environment,
        date=day,
        commit=commit,
        versions={tool: version(package) for tool, package in _TOOLS.items()},
        stacks=report.stacks,
        resources=report.resources,
        blind=blind,
        frameworks={
            name: _framework(framework, rules, is_blind=bool(blind))
            for name, framework in frameworks().items()
        },
        rules=rules,
    )


def _blind(report: EnvironmentReport) -> Iterator[Finding]:
    """What rules that should have judged it never saw: a stack, what a module makes, a block."""
    for finding in report.findings:
        if finding.rule == UNREADABLE:
            yield finding
    for finding in report.unknown:
        is_module = finding.address.startswith("module.")
        if finding.rule == UNKNOWN and (is_module or finding.message.startswith(UNSEEN)):
            yield finding


def _framework(
    framework: Framework, rules: Mapping[str, RuleEvidence], *, is_blind: bool
) -> FrameworkEvidence:
    controls = {}
    for id_, control in framework.controls.items():
        state = worst_state([rules[rule] for rule in control.rules if rule in rules])
        controls[id_] = ControlEvidence(
            title=control.title,
            state="undecided" if is_blind and state != "failed" else state,
            rules=dict(control.rules),
        )
    return FrameworkEvidence(
        name=framework.name,
        version=framework.version,
        source=framework.source,
        basis=framework.basis,
        controls=controls,
        unmapped=tuple(rule for rule in rules if rule not in framework.rules),
    )
