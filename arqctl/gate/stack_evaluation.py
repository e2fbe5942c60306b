"""Evaluates one stack against rules, its snapshot and its address list, before waivers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from arqctl.core.assembly import Stack
from arqctl.core.settings import Settings
from arqctl.gate import addresses, snapshot
from arqctl.gate.report import EVALUATED_ARGUMENTS, Finding, SourceLocation
from arqctl.gate.rule_results import PassedCheck, Result, RuleResult, ScanError
from arqctl.gate.sources import read_sources, source_of
from arqctl.gate.unknown_values import find_unknown_values

UNREADABLE = "ARQ_STACK"

Scan = Callable[[Stack], tuple[RuleResult, ...]]


@dataclass(frozen=True)
class StackEvaluation:
    """The results of one stack, before waivers."""

    stack: Stack
    results: tuple[RuleResult, ...]
    findings: tuple[Finding, ...]
    unknown: tuple[Finding, ...]
    lost_addresses: tuple[Finding, ...]
    unlisted_addresses: tuple[Finding, ...]
    comparison: snapshot.Comparison

    @property
    def passed(self) -> Iterator[PassedCheck]:
        """The blocks that passed a rule."""
        for each in self.results:
            if each.result is Result.PASSED:
                path = self.stack.path_of(each.address)
                yield PassedCheck(each.rule, self.stack.name, each.address, path)

    @property
    def sources(self) -> Iterator[tuple[str, tuple[SourceLocation, ...]]]:
        """The source locations of all findings, by the keys of the report."""
        name, sources = self.stack.name, read_sources(self.stack)
        found = (*self.findings, *self.unknown, *self.lost_addresses, *self.unlisted_addresses)
        paths = {finding.path: finding.path for finding in found}
        for change in self.comparison.changes:
            paths[f"{name}/{change.address}"] = self.stack.path_of(change.address)
        if self.comparison.state == "missing":
            paths[name] = name
        for key, path in sorted(paths.items()):
            if lines := source_of(path, sources):
                yield key, lines


def evaluate_stack(stack: Stack, scan: Scan, settings: Settings) -> StackEvaluation:
    """Evaluate one stack. A stack that cannot be read yields a finding, not an error."""
    fault = stack.fault
    results: tuple[RuleResult, ...] = ()
    if not fault:
        try:
            results = scan(stack)
        except ScanError as error:
            fault = str(error)
    if fault:
        unreadable = _unreadable(stack, fault)
        return StackEvaluation(stack, (), (unreadable,), (), (), (), snapshot.Comparison("differs"))
    return StackEvaluation(
        stack=stack,
        results=results,
        findings=tuple(_finding(stack, each) for each in results if each.result is Result.FAILED),
        unknown=tuple(find_unknown_values(stack, results)),
        lost_addresses=addresses.lost_addresses(stack, settings.addresses),
        unlisted_addresses=addresses.unlisted_addresses(stack, settings.addresses),
        comparison=snapshot.compare(stack, settings.snapshots),
    )


def _finding(stack: Stack, result: RuleResult) -> Finding:
    arguments = sorted({".".join(key) for key in result.keys})
    return Finding(
        rule=result.rule.id,
        severity=result.rule.severity,
        address=result.address,
        path=stack.path_of(result.address),
        message=result.rule.name + (f"{EVALUATED_ARGUMENTS}{', '.join(arguments)})" if arguments else ""),
        stack=stack.name,
        link=result.rule.link,
    )


def _unreadable(stack: Stack, fault: str) -> Finding:
    return Finding(
        rule=UNREADABLE,
        severity="CRITICAL",
        address=stack.name,
        path=stack.name,
        message=f"{stack.file.name} of this stack cannot be evaluated: {fault}",
        stack=stack.name,
    )
