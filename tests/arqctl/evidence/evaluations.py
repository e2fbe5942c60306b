"""Builds evaluations and evidence of one environment for tests."""

from datetime import date

from arqctl.evidence.build import build_evidence
from arqctl.evidence.model import Commit, Evidence
from arqctl.gate import Finding, Report, WaivedFinding
from arqctl.gate.evaluation import Evaluation
from arqctl.gate.rule_results import PassedCheck, Rule
from tests.arqctl.gate.reports import environment

DATE = date(2026, 11, 26)
COMMIT = Commit(id="0123456789abcdef0123456789abcdef01234567", uncommitted_changes=False)


def passed(rule: str, name: str = "main", *, stack: str = "dev") -> PassedCheck:
    """Return a passed check of a block, which is named after its construct."""
    link = f"https://example.com/{rule}"
    return PassedCheck(
        Rule(rule, f"The rule {rule}", "MEDIUM", link),
        stack,
        f"aws_db_instance.{name}",
        f"{stack}/{name}/Default",
    )


def finding(rule: str, name: str = "main", **changes: object) -> Finding:
    """Return a finding for the same block."""
    found = {
        "rule": rule,
        "severity": "MEDIUM",
        "address": f"aws_db_instance.{name}",
        "path": f"dev/{name}/Default",
        "message": f"The rule {rule} (evaluated engine)",
        "stack": "dev",
    }
    return Finding.model_validate(found | changes)


def waived(found: Finding, *, unknown: bool = False, reason: str = "a sandbox") -> WaivedFinding:
    """Return a waived finding."""
    return WaivedFinding(
        **found.model_dump(),
        owner="platform",
        reason=reason,
        ticket="ARQ-1",
        expires=date(2027, 1, 1),
        days_left=36,
        unknown=unknown,
    )


def evidence(*found: PassedCheck, commit: Commit | None = COMMIT, **changes: object) -> Evidence:
    """Build the evidence of an environment with these passed checks and these changes of its report."""
    evaluation = Evaluation(Report(environments={"dev": environment(**changes)}), {"dev": found})
    return build_evidence(evaluation, "dev", today=DATE, commit=commit)
