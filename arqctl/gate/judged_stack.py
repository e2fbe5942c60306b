"""One stack, judged under the rules, the snapshot and the address contract; no waiver counts yet."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from arqctl.core.assembly import Stack
from arqctl.core.settings import Settings
from arqctl.gate import addresses, snapshot
from arqctl.gate.report import LOOKED_AT, Finding, Source
from arqctl.gate.sources import behind, read_sources
from arqctl.gate.undecided import find_undecided
from arqctl.gate.verdicts import BlindError, Passed, Result, RuleVerdict

UNREADABLE = "ARQ_STACK"

Scan = Callable[[Stack], tuple[RuleVerdict, ...]]


@dataclass(frozen=True)
class JudgedStack:
    """What was found in one stack, before waivers."""

    stack: Stack
    verdicts: tuple[RuleVerdict, ...]
    findings: tuple[Finding, ...]
    unknown: tuple[Finding, ...]
    lost: tuple[Finding, ...]
    unlisted: tuple[Finding, ...]
    comparison: snapshot.Comparison

    @property
    def passed(self) -> Iterator[Passed]:
        """Each block that passed a rule."""
        for verdict in self.verdicts:
            if verdict.result is Result.PASSED:
                path = self.stack.path_of(verdict.address)
                yield Passed(verdict.rule, self.stack.name, verdict.address, path)

    @property
    def sources(self) -> Iterator[tuple[str, tuple[Source, ...]]]:
        """The lines behind what was found, by the keys that the report has."""
        name, told = self.stack.name, read_sources(self.stack)
        found = (*self.findings, *self.unknown, *self.lost, *self.unlisted)
        paths = {finding.path: finding.path for finding in found}
        for change in self.comparison.changes:
            paths[f"{name}/{change.address}"] = self.stack.path_of(change.address)
        if self.comparison.state == "missing":
            paths[name] = name
        for key, path in sorted(paths.items()):
            if lines := behind(path, told):
                yield key, lines


def judge_stack(stack: Stack, scan: Scan, settings: Settings) -> JudgedStack:
    """Judge one stack. One that can't be read is a finding, not an error."""
    fault = stack.fault
    verdicts: tuple[RuleVerdict, ...] = ()
    if not fault:
        try:
            verdicts = scan(stack)
        except BlindError as error:
            fault = str(error)
    if fault:
        unreadable = _unreadable(stack, fault)
        return JudgedStack(stack, (), (unreadable,), (), (), (), snapshot.Comparison("differs"))
    return JudgedStack(
        stack=stack,
        verdicts=verdicts,
        findings=tuple(_finding(stack, each) for each in verdicts if each.result is Result.FAILED),
        unknown=tuple(find_undecided(stack, verdicts)),
        lost=addresses.lost(stack, settings.addresses),
        unlisted=addresses.unlisted(stack, settings.addresses),
        comparison=snapshot.compare(stack, settings.snapshots),
    )


def _finding(stack: Stack, verdict: RuleVerdict) -> Finding:
    looked_at = sorted({".".join(key) for key in verdict.keys})
    return Finding(
        rule=verdict.rule.id,
        severity=verdict.rule.severity,
        address=verdict.address,
        path=stack.path_of(verdict.address),
        message=verdict.rule.name + (f"{LOOKED_AT}{', '.join(looked_at)})" if looked_at else ""),
        stack=stack.name,
        link=verdict.rule.link,
    )


def _unreadable(stack: Stack, fault: str) -> Finding:
    return Finding(
        rule=UNREADABLE,
        severity="CRITICAL",
        address=stack.name,
        path=stack.name,
        message=f"{stack.file.name} of this stack could not be judged: {fault}",
        stack=stack.name,
    )
