"""List the vulnerabilities of running images: `kubectl get vulnerabilityreports -A -o json | python …`.

Trivy Operator writes one report for each container, with high and critical vulnerabilities that have a fix.
https://aquasecurity.github.io/trivy-operator/v0.32.0/docs/crds/vulnerability-report/
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

_ACCEPTED = Path(__file__).parents[1] / "services/ignored-vulnerabilities.yaml"
_CRITICAL, _HIGH = "CRITICAL", "HIGH"
_COLUMNS = "| severity | image | vulnerability | package | installed | fixed |\n|---|---|---|---|---|---|\n"

Json = dict[str, Any]


@dataclass(frozen=True, order=True)
class Finding:
    """A vulnerability of a package in an image."""

    severity: str
    image: str
    vulnerability: str
    package: str
    installed: str
    fixed: str

    def __str__(self) -> str:
        """Return the row of the table."""
        cells = (self.severity, self.image, self.vulnerability, self.package, self.installed, self.fixed)
        return f"| {' | '.join(each.replace('|', ' ') for each in cells)} |\n"


def main() -> int:
    """Print a table of findings. Return 1 for a critical finding that is not accepted, or without reports."""
    reports: list[Json] = json.load(sys.stdin)["items"]
    if not reports:
        sys.stderr.write("There are no reports: look at the pods in the namespace trivy-operator\n")
        return 1
    found = sorted({each for report in reports for each in list_findings(report)})
    accepted = accepted_vulnerabilities(datetime.now(UTC).date())
    open_ones = [each for each in found if each.vulnerability not in accepted]
    critical = sum(each.severity == _CRITICAL for each in open_ones)
    sys.stdout.write(
        f"{len(reports)} containers: {critical} critical and {len(open_ones) - critical} high "
        f"vulnerabilities, and {len(found) - len(open_ones)} accepted\n"
    )
    if open_ones:
        sys.stdout.write(f"\n{_COLUMNS}{''.join(map(str, open_ones))}")
    return int(critical > 0)


def list_findings(report: Json) -> Iterator[Finding]:
    """Yield the high and critical findings of a report."""
    content = report["report"]
    image = _image(content)
    for each in content["vulnerabilities"] or ():
        if each["severity"] in {_CRITICAL, _HIGH}:
            yield Finding(
                severity=each["severity"],
                image=image,
                vulnerability=each["vulnerabilityID"],
                package=each["resource"],
                installed=each["installedVersion"],
                fixed=each["fixedVersion"] or "none",
            )


def accepted_vulnerabilities(today: date) -> set[str]:
    """Return the ids of vulnerabilities that the project accepts today, as Trivy does before a push."""
    entries = yaml.safe_load(_ACCEPTED.read_text(encoding="utf-8"))["vulnerabilities"] or ()
    return {entry["id"] for entry in entries if entry["expired_at"] > today}


def _image(content: Json) -> str:
    registry = content.get("registry", {}).get("server", "")
    artifact = content["artifact"]
    tag, digest = artifact.get("tag", ""), artifact.get("digest", "")
    name = "/".join(filter(None, (registry, artifact["repository"])))
    return f"{name}:{tag}" if tag else f"{name}@{digest}"


if __name__ == "__main__":
    sys.exit(main())
