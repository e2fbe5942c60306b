"""Judgements in which one environment has whatever a test names."""

from datetime import date

from arqctl.evidence.build import build
from arqctl.evidence.model import Commit, Evidence
from arqctl.gate import Finding, Report, Waived
from arqctl.gate.judge import Judgement
from arqctl.gate.verdicts import Passed, Rule
from tests.arqctl.gate.reports import environment

DAY = date(2026, 11, 26)
COMMIT = Commit(id="0123456789abcdef0123456789abcdef01234567", changed=False)


def passed(rule: str, name: str = "main", *, stack: str = "dev") -> Passed:
    """A block, named for its construct, that passed a rule."""
    link = f"https://example.com/{rule}"
    return Passed(
        Rule(rule, f"The rule {rule}", "MEDIUM", link),
        stack,
        f"aws_db_instance.{name}",
        f"{stack}/{name}/Default",
    )


def finding(rule: str, name: str = "main", **changes: object) -> Finding:
    """What a rule found of the same block."""
    found = {
        "rule": rule,
        "severity": "MEDIUM",
        "address": f"aws_db_instance.{name}",
        "path": f"dev/{name}/Default",
        "message": f"The rule {rule} (looked at engine)",
        "stack": "dev",
    }
    return Finding.model_validate(found | changes)


def waived(found: Finding, *, undecided: bool = False, reason: str = "a sandbox") -> Waived:
    """The same, accepted."""
    return Waived(
        **found.model_dump(),
        owner="platform",
        reason=reason,
        ticket="ARQ-1",
        expires=date(2027, 1, 1),
        days_left=36,
        undecided=undecided,
    )


def evidence(*found: Passed, commit: Commit | None = COMMIT, **changes: object) -> Evidence:
    """The evidence of an environment in which these passed, and the rest is as named."""
    judgement = Judgement(Report(environments={"dev": environment(**changes)}), {"dev": found})
    return build(judgement, "dev", day=DAY, commit=commit)
