"""Renders the report as text: findings by severity, snapshot changes, a table, the verdict."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from arqctl.core.console import render_page
from arqctl.gate.report import (
    SEVERITIES,
    AppWarning,
    EnvironmentReport,
    Finding,
    Report,
    Severity,
    SnapshotChange,
    WaivedFinding,
)

_STYLES: dict[Severity, str] = {
    "CRITICAL": "bold red",
    "HIGH": "red",
    "MEDIUM": "yellow",
    "LOW": "cyan",
    "INFO": "dim",
}
_SIGNS = {"added": "+", "removed": "-", "changed": "~"}
_SUMMARY_LENGTH = 5


def render_text(report: Report, *, width: int = 80, color: bool = False, complete: bool = False) -> str:
    """Return the page. It doesn't rely on color; only long addresses exceed the width.

    Unless it is `complete`, it has the first five constructs of a rule, changes of a snapshot and warnings.
    """
    return render_page(_parts(report, complete=complete), width=width, color=color)


def _parts(report: Report, *, complete: bool) -> Iterator[RenderableType]:
    environments = report.environments
    limit = None if complete else _SUMMARY_LENGTH
    yield from _section("Findings", [f for each in environments.values() for f in each.findings], limit)
    yield from _section(
        "Unknown values, which block",
        [f for each in environments.values() for f in each.unknown],
        limit,
    )
    yield from _snapshots(environments, limit)
    yield from _warnings([warning for each in environments.values() for warning in each.warnings], limit)
    yield _overview(environments)
    yield Text()
    yield from _waiver_summary(report)
    yield _verdict(report)


def render_waivers(report: Report, *, width: int = 80, color: bool = False) -> str:
    """Return the page of all waivers with the construct paths that they cover; the first to expire first."""
    return render_page(_waivers(report), width=width, color=color)


def _waived(report: Report) -> list[WaivedFinding]:
    return [waived for each in report.environments.values() for waived in each.waived]


def _waiver_count(report: Report) -> str:
    waivers = sum(each.waivers for each in report.environments.values())
    return f"{_number(waivers, 'waiver')} for {_number(len(_waived(report)), 'finding')}"


def _waiver_summary(report: Report) -> Iterator[RenderableType]:
    if waived := _waived(report):
        days = min(each.days_left for each in waived)
        yield Text(f"{_waiver_count(report)}; the next expires in {_number(days, 'day')}:")
        yield Text("`arqctl gate --waivers` lists them")


def _section(title: str, findings: list[Finding], limit: int | None) -> Iterator[RenderableType]:
    """Yield findings grouped by rule, the most severe first; a group shows a common message once."""
    if not findings:
        return
    yield Text(f"{title} ({len(findings):,})", style="bold")
    ordered = sorted(findings, key=lambda each: (SEVERITIES.index(each.severity), each.rule, each.path))
    for (severity, rule), group in groupby(ordered, key=lambda each: (each.severity, each.rule)):
        yield Text()
        yield from _group(severity, rule, list(group), limit)
    yield Text()


def _group(
    severity: Severity, rule: str, findings: list[Finding], limit: int | None
) -> Iterator[RenderableType]:
    common = findings[0].message if len({each.message for each in findings}) == 1 else ""
    yield Text.assemble((f"{severity:<8}", _STYLES[severity]), " ", (rule, "bold"))
    if common:
        yield _indented(common, 9)
    if findings[0].link:
        yield _indented(findings[0].link, 9, style="dim", fold=False)
    for finding in findings[:limit]:
        yield _indented(finding.path, 9, style="bold", fold=False)
        if finding.address and finding.address != finding.path:
            yield _indented(finding.address, 11, fold=False)
        if not common:
            yield _indented(finding.message, 11)
    yield from _omitted(findings, limit, 9)


def _snapshots(environments: dict[str, EnvironmentReport], limit: int | None) -> Iterator[RenderableType]:
    for name, environment in environments.items():
        changes = environment.snapshot_changes
        if environment.snapshot == "missing":
            yield Text(f"Snapshot of {name}: missing", style="bold")
            yield Text()
        if changes:
            addresses = f"{len(changes):,} address{'' if len(changes) == 1 else 'es'}"
            yield Text(f"Snapshot of {name} differs ({addresses})", style="bold")
            yield from (_change(change) for change in changes[:limit])
            yield from _omitted(changes, limit, 2)
            yield Text()


def _change(change: SnapshotChange) -> RenderableType:
    arguments = f": {', '.join(change.arguments)}" if change.arguments else ""
    return _indented(f"{_SIGNS[change.change]} {change.address}{arguments}", 2)


def _waivers(report: Report) -> Iterator[RenderableType]:
    """Yield an entry for the waivers of each rule and reason, with the construct paths that they cover."""
    waived = _waived(report)
    if not waived:
        return
    yield Text(_waiver_count(report), style="bold")
    yield Text()
    ordered = sorted(waived, key=_waiver_key)
    for (days, rule, owner, ticket, reason), group in groupby(ordered, key=_waiver_key):
        yield _indented(f"{rule}: {_number(days, 'day')} left, {owner}, {ticket}", 2, style="bold")
        yield _indented(reason, 4)
        for path in sorted({each.path for each in group}):
            yield _indented(path, 4, style="dim", fold=False)
    yield Text()


def _waiver_key(waived: WaivedFinding) -> tuple[int, str, str, str, str]:
    return waived.days_left, waived.rule, waived.owner, waived.ticket, waived.reason


def _warnings(warnings: list[AppWarning], limit: int | None) -> Iterator[RenderableType]:
    """Yield the app's warnings, which don't block a deployment, each message once with its constructs."""
    if not warnings:
        return
    yield Text(f"Warnings ({len(warnings):,})", style="bold")
    yield Text()
    paths: dict[str, list[str]] = {}
    for warning in warnings:
        paths.setdefault(warning.message, []).append(warning.path)
    for message in list(paths)[:limit]:
        yield _indented(message, 2, style="bold")
        yield from (_indented(path, 4, fold=False) for path in paths[message][:limit])
        yield from _omitted(paths[message], limit, 4)
    yield from _omitted(list(paths), limit, 2)
    yield Text()


def _omitted(items: Sequence[object], limit: int | None, indent: int) -> Iterator[RenderableType]:
    if limit is not None and len(items) > limit:
        line = f"… and {len(items) - limit:,} more: `arqctl gate --output FILE` writes all"
        yield _indented(line, indent, style="dim")


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
            Text(each.addresses, style="" if each.addresses == "match" else "red"),
        )
    return table


def _count(number: int) -> Text:
    return Text(f"{number:,}", style="red" if number else "")


def _verdict(report: Report) -> RenderableType:
    if report.verdict == "pass":
        rules = max((each.rules for each in report.environments.values()), default=0)
        return Group(
            Text(f"PASS: nothing blocks a deployment (up to {rules:,} rules per environment).", "bold green")
        )
    return Group(Text(f"FAIL: {' '.join(_advice(report.environments.values()))}", style="bold red"))


def _advice(environments: Iterable[EnvironmentReport]) -> Iterator[str]:
    evaluated = list(environments)
    findings = sum(len(each.findings) for each in evaluated)
    unknown = sum(len(each.unknown) for each in evaluated)
    if findings:
        yield f"Fix {_number(findings, 'finding')}, or add a waiver with a reason."
    if unknown:
        yield f"Replace {_number(unknown, 'unknown value')} by literals, or add a waiver."
    if any(each.snapshot != "match" for each in evaluated):
        yield "If the changes are intended, run `arqctl snapshot update`."


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _indented(text: str, indent: int, *, style: str = "", fold: bool = True) -> RenderableType:
    """Return an indented paragraph. Without `fold` it stays on one line, for copying addresses and links."""
    if not fold:
        return Text(" " * indent + text, style=style)
    return Padding(Text(text, style=style), (0, 0, 0, indent))
