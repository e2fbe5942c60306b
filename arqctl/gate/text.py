"""The gate's page for a person: what is dangerous first, then why, then the table, then the verdict."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from arqctl.core.console import page
from arqctl.gate.report import (
    SEVERITIES,
    Change,
    EnvironmentReport,
    Finding,
    Report,
    Severity,
    Waived,
    Warned,
)

_STYLES: dict[Severity, str] = {
    "CRITICAL": "bold red",
    "HIGH": "red",
    "MEDIUM": "yellow",
    "LOW": "cyan",
    "INFO": "dim",
}
_SIGNS = {"added": "+", "removed": "-", "changed": "~"}


def render_text(report: Report, *, width: int = 80, color: bool = False) -> str:
    """Write the page. It says the same without colour, and fits the width but for long addresses."""
    return page(_parts(report), width=width, color=color)


def _parts(report: Report) -> Iterator[RenderableType]:
    environments = report.environments
    yield from _section("Findings", [f for each in environments.values() for f in each.findings])
    yield from _section(
        "Unknown: can't be decided, so not allowed",
        [f for each in environments.values() for f in each.unknown],
    )
    yield from _snapshots(environments)
    yield from _warnings([warned for each in environments.values() for warned in each.warnings])
    yield from _waivers([waived for each in environments.values() for waived in each.waived])
    yield _overview(environments)
    yield Text()
    yield _verdict(report)


def _section(title: str, findings: list[Finding]) -> Iterator[RenderableType]:
    """Group findings by rule, the most severe rule first, and say of a group only once what is common."""
    if not findings:
        return
    yield Text(f"{title} ({len(findings):,})", style="bold")
    ordered = sorted(findings, key=lambda each: (SEVERITIES.index(each.severity), each.rule, each.path))
    for (severity, rule), group in groupby(ordered, key=lambda each: (each.severity, each.rule)):
        yield Text()
        yield from _group(severity, rule, list(group))
    yield Text()


def _group(severity: Severity, rule: str, findings: list[Finding]) -> Iterator[RenderableType]:
    common = findings[0].message if len({each.message for each in findings}) == 1 else ""
    yield Text.assemble((f"{severity:<8}", _STYLES[severity]), " ", (rule, "bold"))
    if common:
        yield _indented(common, 9)
    if findings[0].link:
        yield _indented(findings[0].link, 9, style="dim", fold=False)
    for finding in findings:
        yield _indented(finding.path, 9, style="bold", fold=False)
        if finding.address and finding.address != finding.path:
            yield _indented(finding.address, 11, fold=False)
        if not common:
            yield _indented(finding.message, 11)


def _snapshots(environments: dict[str, EnvironmentReport]) -> Iterator[RenderableType]:
    for name, environment in environments.items():
        changes = environment.snapshot_changes
        if environment.snapshot == "missing":
            yield Text(f"Snapshot of {name}: missing", style="bold")
            yield Text()
        if changes:
            yield Text(f"Snapshot of {name} differs ({len(changes):,} addresses)", style="bold")
            yield from (_change(change) for change in changes)
            yield Text()


def _change(change: Change) -> RenderableType:
    arguments = f": {', '.join(change.arguments)}" if change.arguments else ""
    return _indented(f"{_SIGNS[change.change]} {change.address}{arguments}", 2)


def _waivers(waived: list[Waived]) -> Iterator[RenderableType]:
    """One entry a waiver, with what it accepts; the ones that end soonest first."""
    if not waived:
        return
    yield Text(f"Waived ({len(waived):,})", style="bold")
    yield Text()

    def waiver(each: Waived) -> tuple[int, str, str, str, str]:
        return each.days_left, each.rule, each.owner, each.ticket, each.reason

    for (days, rule, owner, ticket, reason), group in groupby(sorted(waived, key=waiver), key=waiver):
        yield _indented(f"{rule}: {days} days left, {owner}, {ticket}", 2, style="bold")
        yield _indented(reason, 4)
        for path in sorted({each.path for each in group}):
            yield _indented(path, 4, style="dim", fold=False)
    yield Text()


def _warnings(warned: list[Warned]) -> Iterator[RenderableType]:
    """What the app warned of: nothing stops for it today."""
    if not warned:
        return
    yield Text(f"Warnings ({len(warned):,})", style="bold")
    yield Text()
    for each in warned:
        yield _indented(each.path, 2, style="bold", fold=False)
        yield _indented(each.message, 4)
    yield Text()


def _overview(environments: dict[str, EnvironmentReport]) -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("environment", no_wrap=True, overflow="fold")
    for heading in ("resources", "passed", "findings", "unknown", "waived"):
        table.add_column(heading, justify="right")
    table.add_column("snapshot")
    table.add_column("addresses")
    for name, each in environments.items():
        table.add_row(
            name,
            f"{each.resources:,}",
            f"{each.passed:,}",
            _count(len(each.findings)),
            _count(len(each.unknown)),
            f"{len(each.waived):,}",
            Text(each.snapshot, style="" if each.snapshot == "match" else "red"),
            Text(each.addresses, style="" if each.addresses == "kept" else "red"),
        )
    return table


def _count(number: int) -> Text:
    return Text(f"{number:,}", style="red" if number else "")


def _verdict(report: Report) -> RenderableType:
    if report.verdict == "pass":
        rules = max((each.rules for each in report.environments.values()), default=0)
        return Group(
            Text(f"PASS: nothing stops a deployment (up to {rules:,} rules an environment).", "bold green")
        )
    return Group(Text(f"VIOLATED: {' '.join(_advice(report.environments.values()))}", style="bold red"))


def _advice(environments: Iterable[EnvironmentReport]) -> Iterator[str]:
    judged = list(environments)
    findings = sum(len(each.findings) for each in judged)
    unknown = sum(len(each.unknown) for each in judged)
    if findings:
        yield f"mend {_number(findings, 'finding')}, or waive with a reason what must stand."
    if unknown:
        yield f"Make {_number(unknown, 'unknown value')} literal, or waive."
    if any(each.snapshot != "match" for each in judged):
        yield "If the changes are meant, accept the snapshots (`arqctl accept`)."


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _indented(text: str, indent: int, *, style: str = "", fold: bool = True) -> RenderableType:
    """A paragraph, indented; addresses and links are kept whole, so that they can be copied."""
    if not fold:
        return Text(" " * indent + text, style=style)
    return Padding(Text(text, style=style), (0, 0, 0, indent))
