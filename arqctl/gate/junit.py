"""Renders the report as JUnit XML: one suite per environment, one failing case per finding.

The output conforms to the schema that Jenkins publishes.
"""

from xml.etree import ElementTree as ET

from arqctl.gate.report import EnvironmentReport, Finding, Report


def render_junit(report: Report) -> str:
    """Return the report as XML. Waived findings are skipped cases; the snapshot is a case of its own."""
    root = ET.Element("testsuites", name="arqctl gate")
    for name, environment in report.environments.items():
        _add_suite(root, name, environment)
    for total in ("tests", "failures"):
        root.set(total, str(sum(int(suite.get(total, "0")) for suite in root)))
    root.set("errors", "0")
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _add_suite(root: ET.Element, name: str, environment: EnvironmentReport) -> None:
    suite = ET.SubElement(root, "testsuite", name=name, errors="0")
    failures = 0
    for finding in (*environment.findings, *environment.unknown):
        case = _add_case(suite, name, finding)
        _add_failure(case, finding.severity, finding.message, _details(finding, environment))
        failures += 1
    for waived in environment.waived:
        note = f"{waived.reason} ({waived.owner}, {waived.ticket}, until {waived.expires})"
        ET.SubElement(_add_case(suite, name, waived), "skipped", message=note)
    snapshot = ET.SubElement(suite, "testcase", classname=f"{name}.snapshot", name="snapshot matches")
    if environment.snapshot != "match":
        changes = "\n".join(
            f"{c.change}: {c.address} {', '.join(c.arguments)}" for c in environment.snapshot_changes
        )
        _add_failure(snapshot, "HIGH", f"snapshot: {environment.snapshot}", changes)
        failures += 1
    ET.SubElement(
        suite, "testcase", classname=f"{name}.rules", name=f"{environment.passed} rule results passed"
    )
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(failures))
    suite.set("skipped", str(len(environment.waived)))


def _add_case(suite: ET.Element, environment: str, finding: Finding) -> ET.Element:
    name = f"{finding.path} {finding.address}".strip()
    return ET.SubElement(suite, "testcase", classname=f"{environment}.{finding.rule}", name=name)


def _add_failure(case: ET.Element, severity: str, message: str, details: str) -> None:
    failure = ET.SubElement(case, "failure", message=message, type=severity)
    failure.text = details


def _details(finding: Finding, environment: EnvironmentReport) -> str:
    lines = [f"{source.file}:{source.line}" for source in environment.sources.get(finding.path, ())]
    return "\n".join(filter(None, [finding.address, finding.path, *lines, finding.link]))
