"""Renders the report as SARIF 2.1.0 for GitHub code scanning and similar tools."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from arqctl.core.json_access import Json
from arqctl.core.synthesis import project_folder
from arqctl.gate.paths import repository_uri
from arqctl.gate.report import (
    EVALUATED_ARGUMENTS,
    EnvironmentReport,
    Finding,
    Report,
    Severity,
    SourceLocation,
    WaivedFinding,
)

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
"""CVSS scores that GitHub maps to these severities."""

_SNAPSHOT = "ARQ_SNAPSHOT"
_TITLES = {
    "ARQ_ADDRESS": "Stateful resources keep their addresses and are on the address list",
    "ARQ_BUDGET": "Budgets are within 20 % of the estimated cost",
    "ARQ_REGIONS": "Account stacks cover the regions of their environment, and block VPCs without networks",
    "ARQ_STACK": "Stacks are valid Terraform JSON",
    "ARQ_UNKNOWN": "Security arguments are literals or plain references",
    "ARQ_WAIVER": "Waivers are unexpired and match a finding",
    _SNAPSHOT: "Stacks match their committed snapshots",
}
"""Titles of the gate's built-in rules; other rules carry theirs in each finding."""

# GitHub reads only the second name. Without it, GitHub would track alerts by line.
_FINGERPRINTS = ("arqctl/v1", "primaryLocationLineHash")


def render_sarif(report: Report) -> str:
    """Return the report as SARIF. A finding's fingerprint hashes its rule, environment and construct path.

    A counter distinguishes findings of one rule on one construct. Files are relative to the root of the
    repository.
    """
    found = [
        (name, environment, finding)
        for name, environment in report.environments.items()
        for finding in _findings(name, environment)
    ]
    rules = {finding.rule: finding for _, _, finding in reversed(found)}
    driver: Json = {
        "name": "arqctl",
        "version": version("arqctl"),
        "rules": [_rule(rules[id_]) for id_ in sorted(rules)],
    }
    indices = {id_: index for index, id_ in enumerate(sorted(rules))}
    fingerprints = _fingerprints((name, finding) for name, _, finding in found)
    results: list[Json] = [
        {
            **_result(name, environment, finding),
            "ruleIndex": indices[finding.rule],
            "partialFingerprints": fingerprint,
        }
        for (name, environment, finding), fingerprint in zip(found, fingerprints, strict=True)
    ]
    run: Json = {"tool": {"driver": driver}, "automationDetails": {"id": "arqctl-gate/"}, "results": results}
    document: Json = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2) + "\n"


def _findings(name: str, environment: EnvironmentReport) -> Iterator[Finding]:
    yield from (*environment.findings, *environment.unknown, *environment.waived)
    if environment.snapshot == "missing":
        yield _snapshot_finding(name, name, name, "has no committed snapshot")
    for change in environment.snapshot_changes:
        arguments = f": {', '.join(change.arguments)}" if change.arguments else ""
        path = f"{change.stack}/{change.address}"
        message = f"{change.change} against the snapshot{arguments}"
        yield _snapshot_finding(change.address, path, change.stack, message)


def _snapshot_finding(address: str, path: str, stack: str, what: str) -> Finding:
    return Finding(
        rule=_SNAPSHOT,
        severity="HIGH",
        address=address,
        path=path,
        message=f"{address} {what}",
        stack=stack,
    )


def _rule(finding: Finding) -> Json:
    title = _TITLES.get(finding.rule, finding.message.partition(EVALUATED_ARGUMENTS)[0])
    rule: dict[str, Json] = {
        "id": finding.rule,
        "shortDescription": {"text": title},
        "help": {"text": " ".join(filter(None, [f"{title}.", finding.link]))},
        "defaultConfiguration": {"level": _LEVELS[finding.severity]},
        "properties": {"security-severity": _SCORES[finding.severity], "tags": ["security"]},
    }
    if finding.link:
        rule["helpUri"] = finding.link
    return rule


def _result(name: str, environment: EnvironmentReport, finding: Finding) -> dict[str, Json]:
    sources = environment.sources.get(finding.path, ())
    result: dict[str, Json] = {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.path}: {finding.message}"},
        "locations": [
            {
                "physicalLocation": _location(finding, sources),
                "logicalLocations": [
                    {"fullyQualifiedName": finding.path, "name": finding.address, "kind": "resource"}
                ],
            }
        ],
        "properties": {"environment": name, "address": finding.address},
    }
    if not finding.file and sources[1:]:
        result["relatedLocations"] = [
            {
                "id": number,
                "physicalLocation": _source_location(source),
                "message": {"text": "created in the library here"},
            }
            for number, source in enumerate(sources[1:], start=1)
        ]
    if isinstance(finding, WaivedFinding):
        note = f"{finding.reason} ({finding.owner}, {finding.ticket}, until {finding.expires})"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": note}]
    return result


def _location(finding: Finding, sources: tuple[SourceLocation, ...]) -> Json:
    """Return the file to edit: a list, else the Python source, else the synthesized stack."""
    if finding.file:
        return {
            "artifactLocation": {"uri": repository_uri(Path.cwd() / finding.file)},
            "region": {"startLine": 1},
        }
    if sources:
        return _source_location(sources[0])
    synthesized = f"cdktf.out/stacks/{finding.stack}/cdk.tf.json"
    return _source_location(SourceLocation(file=synthesized, line=1))


def _source_location(source: SourceLocation) -> Json:
    file: Json = {"uri": repository_uri(project_folder() / source.file)}
    return {"artifactLocation": file, "region": {"startLine": source.line}}


def _fingerprints(found: Iterable[tuple[str, Finding]]) -> Iterator[Json]:
    counts: Counter[str] = Counter()
    for name, finding in found:
        digest = sha256("\n".join((finding.rule, name, finding.path)).encode()).hexdigest()
        counts[digest] += 1
        yield dict.fromkeys(_FINGERPRINTS, f"{digest}:{counts[digest]}")
