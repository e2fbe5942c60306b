"""Evaluates the stacks of an assembly against rules, waivers, snapshots and address lists."""

import glob
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path

from arqctl.core.assembly import Stack, read_assembly
from arqctl.core.errors import InputError, Problem
from arqctl.core.progress import ProgressCallback
from arqctl.core.settings import Settings
from arqctl.gate import addresses
from arqctl.gate.account_regions import wrong_regions
from arqctl.gate.budgets import distant_budgets
from arqctl.gate.report import (
    SEVERITIES,
    AppWarning,
    EnvironmentReport,
    Finding,
    Report,
    SnapshotState,
    WaivedFinding,
)
from arqctl.gate.rule_results import PassedCheck, Result
from arqctl.gate.stack_evaluation import Scan, StackEvaluation, evaluate_stack
from arqctl.gate.waivers import Waivers, load_waivers


@dataclass(frozen=True)
class Evaluation:
    """The report, and by environment the blocks that passed each rule, which the report only counts."""

    report: Report
    passed: Mapping[str, tuple[PassedCheck, ...]]


def evaluate(
    outdir: Path,
    *,
    settings: Settings,
    environments: Iterable[str] | None = None,
    today: date | None = None,
    on_progress: ProgressCallback = lambda _: None,
) -> Evaluation:
    """Evaluate all stacks of an assembly.

    Args:
        outdir: folder of the assembly, shaped like `cdktf.out`.
        settings: locations of the project's rules, waivers, snapshots and address lists.
        environments: environments to evaluate; all if None. A stack `NAME-something` belongs to the
            environment `NAME` if a stack `NAME` exists, and otherwise is an environment itself.
        today: date to compare the expiry of waivers with; the current date in UTC if None.
        on_progress: receives a line for each step.

    Raises:
        InputError: if the folder, an environment's name, the waivers, a rule file or a snapshot is invalid,
            or if Checkov is not installed. It lists all problems of the first invalid input.
    """
    stacks = read_assembly(outdir)
    selected = _select_environments(stacks, environments, outdir)
    waivers = load_waivers(settings.waivers, today or datetime.now(UTC).date())
    if environments is None:
        _require_known_environments(waivers, stacks, settings)
    scan = _scanner(settings)
    by_environment: dict[str, list[StackEvaluation]] = {name: [] for name in selected}
    for stack in stacks:
        if stack.environment in by_environment:
            on_progress(f"evaluating {stack.name}")
            by_environment[stack.environment].append(evaluate_stack(stack, scan, settings))
    reports = {
        name: _report(name, evaluated, _lost_in_missing_stacks(name, stacks, settings), waivers)
        for name, evaluated in by_environment.items()
    }
    passed = {
        name: tuple(chain.from_iterable(stack.passed for stack in evaluated))
        for name, evaluated in by_environment.items()
    }
    return Evaluation(Report(environments=reports), passed)


def _select_environments(
    stacks: tuple[Stack, ...], requested: Iterable[str] | None, outdir: Path
) -> list[str]:
    known = list(dict.fromkeys(stack.environment for stack in stacks))
    selected = known if requested is None else list(dict.fromkeys(requested))
    problems = [
        Problem(f"environment {name!r}", f"is not in {outdir}", f"Choose from {', '.join(known)}")
        for name in selected
        if name not in known
    ]
    if problems:
        raise InputError(problems)
    return selected


def _require_known_environments(waivers: Waivers, stacks: tuple[Stack, ...], settings: Settings) -> None:
    """Raise for waivers whose environment has neither a stack nor a snapshot, such as a misspelt one."""
    known = {stack.environment for stack in stacks} | {
        file.stem for file in settings.snapshots.glob("*.json")
    }
    problems = [
        Problem(
            f"{settings.waivers} waiver of {waiver}",
            f"environment {waiver.environment!r} does not exist",
            f"Choose from {', '.join(sorted(known))}",
        )
        for waiver in waivers.entries
        if waiver.environment not in known
    ]
    if problems:
        raise InputError(problems)


def _scanner(settings: Settings) -> Scan:
    """Load Checkov and the rules, and return the function that scans a stack."""
    try:
        from arqctl.gate.rules import load_rules  # noqa: PLC0415 - both import Checkov, which takes a second
        from arqctl.gate.scan import scan  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "checkov":
            raise
        fix = "Run `pip install 'arqctl[gate]'`"
        raise InputError([Problem("Checkov", "is not installed; the gate needs it", fix)]) from error
    rules = load_rules(settings.policies, settings.root)
    return lambda stack: scan(stack, rules)


def _lost_in_missing_stacks(
    environment: str, stacks: tuple[Stack, ...], settings: Settings
) -> tuple[Finding, ...]:
    """Return the findings for stacks that have an address list but are no longer synthesized."""
    present = {stack.name for stack in stacks}
    lists = sorted(settings.addresses.glob(f"{glob.escape(environment)}-*.txt"))
    missing = [Stack(file.stem, environment, file, "{}", {}) for file in lists if file.stem not in present]
    return tuple(
        finding for stack in missing for finding in addresses.lost_addresses(stack, settings.addresses)
    )


def _report(
    name: str,
    evaluated: list[StackEvaluation],
    lost_in_missing_stacks: tuple[Finding, ...],
    waivers: Waivers,
) -> EnvironmentReport:
    failed = [finding for each in evaluated for finding in each.findings]
    failed += distant_budgets(each.stack for each in evaluated)
    failed += wrong_regions(each.stack for each in evaluated)
    all_unknown = [finding for each in evaluated for finding in each.unknown]
    findings, waived = _apply_waivers(name, failed, waivers, is_unknown=False)
    unknown, waived_unknown = _apply_waivers(name, all_unknown, waivers, is_unknown=True)
    used = {waivers.waiver_for(name, finding) for finding in (*failed, *all_unknown)} - {None}
    lost = [*lost_in_missing_stacks, *(finding for each in evaluated for finding in each.lost_addresses)]
    unlisted = [finding for each in evaluated for finding in each.unlisted_addresses]
    invalid_waivers = waivers.invalid_waivers(name, [*failed, *all_unknown])
    results = [result for each in evaluated for result in each.results]
    return EnvironmentReport(
        stacks=tuple(each.stack.name for each in evaluated),
        resources=sum(len(each.stack.resources) for each in evaluated),
        passed=sum(each.result is Result.PASSED for each in results),
        rules=len({each.rule.id for each in results}),
        findings=tuple(sorted([*lost, *findings, *unlisted, *invalid_waivers], key=_by_severity)),
        unknown=tuple(unknown),
        waivers=len(used),
        waived=(*waived, *waived_unknown),
        snapshot=_worst_state([each.comparison.state for each in evaluated]),
        snapshot_changes=tuple(change for each in evaluated for change in each.comparison.changes),
        addresses="lost" if lost else "match",
        warnings=tuple(
            AppWarning(path=annotation.path, message=annotation.message)
            for each in evaluated
            for annotation in each.stack.annotations
            if annotation.level == "warn"
        ),
        sources={path: lines for each in evaluated for path, lines in each.sources},
    )


def _apply_waivers(
    environment: str, found: list[Finding], waivers: Waivers, *, is_unknown: bool
) -> tuple[list[Finding], list[WaivedFinding]]:
    """Split findings into those without a waiver and the waived ones."""
    remaining: list[Finding] = []
    waived: list[WaivedFinding] = []
    for finding in sorted(dict.fromkeys(found), key=_by_severity):
        waiver = waivers.waiver_for(environment, finding)
        if waiver is None:
            remaining.append(finding)
        else:
            waived.append(waivers.waived(finding, waiver, is_unknown=is_unknown))
    return remaining, waived


def _by_severity(finding: Finding) -> tuple[int, str, str, str]:
    return SEVERITIES.index(finding.severity), finding.rule, finding.path, finding.message


def _worst_state(states: list[SnapshotState]) -> SnapshotState:
    order: tuple[SnapshotState, ...] = ("missing", "differs", "match")
    return min(states, key=order.index)
