"""The report as SARIF 2.1.0, which code hosts show beside the change."""

import json
from collections.abc import Iterator
from hashlib import sha256

from arqctl.assembly import Json
from arqctl.gate.report import EnvironmentReport, Finding, Report, Severity, Waived

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: dict[Severity, str] = {
    "CRITICAL": "error",
    "HIGH": "error",
    "MEDIUM": "warning",
    "LOW": "note",
    "INFO": "note",
}
_SCORES: dict[Severity, str] = {
    "CRITICAL": "9.5",
    "HIGH": "8.0",
    "MEDIUM": "5.5",
    "LOW": "3.0",
    "INFO": "0.0",
}
"""Where code hosts draw the lines between severities, on the scale of CVSS."""


def render_sarif(report: Report) -> str:
    """Write the report. A finding's fingerprint is its rule, environment and construct path, and no line."""
    found = [
        (name, finding)
        for name, environment in report.environments.items()
        for finding in _all(name, environment)
    ]
    rules = {finding.rule: finding for _, finding in found}
    document: Json = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "arqctl",
                        "rules": [_rule(rules[id_]) for id_ in sorted(rules)],
                    }
                },
                "results": [_result(environment, finding) for environment, finding in found],
            }
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _all(name: str, environment: EnvironmentReport) -> Iterator[Finding]:
    yield from (*environment.findings, *environment.unknown, *environment.waived)
    if environment.snapshot == "missing":
        yield _of_snapshot(name, name, "has no committed snapshot")
    for change in environment.snapshot_changes:
        arguments = f": {', '.join(change.arguments)}" if change.arguments else ""
        yield _of_snapshot(change.address, change.stack, f"{change.change} against the snapshot{arguments}")


def _of_snapshot(address: str, stack: str, what: str) -> Finding:
    return Finding(
        rule="ARQ_SNAPSHOT",
        severity="HIGH",
        address=address,
        path=f"{stack}/{address}",
        message=f"{address} {what}",
        stack=stack,
    )


def _rule(finding: Finding) -> Json:
    rule: dict[str, Json] = {
        "id": finding.rule,
        "shortDescription": {"text": finding.rule},
        "defaultConfiguration": {"level": _LEVELS[finding.severity]},
        "properties": {"security-severity": _SCORES[finding.severity], "tags": ["security"]},
    }
    if finding.link:
        rule["helpUri"] = finding.link
    return rule


def _result(environment: str, finding: Finding) -> Json:
    result: dict[str, Json] = {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.path}: {finding.message}"},
        "locations": [_location(finding)],
        "partialFingerprints": {"arqctl/v1": _fingerprint(environment, finding)},
        "properties": {"environment": environment, "address": finding.address},
    }
    if isinstance(finding, Waived):
        note = f"{finding.reason} ({finding.owner}, {finding.ticket}, until {finding.expires})"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": note}]
    return result


def _location(finding: Finding) -> Json:
    logical: Json = [{"fullyQualifiedName": finding.path, "name": finding.address, "kind": "resource"}]
    file: Json = {"uri": finding.file or f"cdktf.out/stacks/{finding.stack}/cdk.tf.json"}
    physical: Json = {"artifactLocation": file, "region": {"startLine": 1}}
    return {"physicalLocation": physical, "logicalLocations": logical}


def _fingerprint(environment: str, finding: Finding) -> str:
    return sha256("\n".join((finding.rule, environment, finding.path)).encode()).hexdigest()
