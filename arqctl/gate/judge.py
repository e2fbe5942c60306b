"""The judgement: every stack under rules, waivers, snapshot and address contract."""

import glob
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path

from arqctl.core.assembly import Stack, read_assembly
from arqctl.core.errors import InputError, Problem
from arqctl.core.settings import Settings
from arqctl.gate import addresses
from arqctl.gate.judged_stack import JudgedStack, Scan, judge_stack
from arqctl.gate.report import (
    SEVERITIES,
    EnvironmentReport,
    Finding,
    Report,
    SnapshotState,
    Waived,
    Warned,
)
from arqctl.gate.verdicts import Passed, Result
from arqctl.gate.waivers import Waivers, load_waivers


@dataclass(frozen=True)
class Judgement:
    """The report, and what it only counts: by environment, each block that passed a rule."""

    report: Report
    passed: Mapping[str, tuple[Passed, ...]]


def judge(
    outdir: Path,
    *,
    settings: Settings,
    environments: Iterable[str] | None = None,
    today: date | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Report:
    """Judge what a CDKTF app synthesized.

    Args:
        outdir: the folder that it was synthesized to, shaped like `cdktf.out`.
        settings: where the project's rules, waivers, snapshots and addresses are.
        environments: the environments to judge; all of them when None. A stack `NAME-something` belongs to
            the environment `NAME` where a stack `NAME` exists, and otherwise is an environment itself.
        today: the day on which waivers are held against their expiry; the current day in UTC when None.
        progress: told what is being done, for a person who waits.

    Raises:
        InputError: when the folder, an environment's name, the waivers, a rule file or a snapshot is
            malformed, or Checkov isn't installed; with every problem of that kind.
    """
    return judge_in_full(
        outdir, settings=settings, environments=environments, today=today, progress=progress
    ).report


def judge_in_full(
    outdir: Path,
    *,
    settings: Settings,
    environments: Iterable[str] | None = None,
    today: date | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Judgement:
    """Judge as `judge` does, and say also of each block which rules it passed.

    Raises:
        InputError: as `judge` does.
    """
    stacks = read_assembly(outdir)
    chosen = _choose(stacks, environments, outdir)
    waivers = load_waivers(settings.waivers, today or datetime.now(UTC).date())
    if environments is None:
        _refuse_unknown(waivers, stacks, settings)
    scan = _scanner(settings)
    by_environment: dict[str, list[JudgedStack]] = {name: [] for name in chosen}
    for stack in stacks:
        if stack.environment in by_environment:
            progress(f"judging {stack.name}")
            by_environment[stack.environment].append(judge_stack(stack, scan, settings))
    gone = {name: _gone(name, stacks, settings) for name in chosen}
    reports = {name: _report(name, each, gone[name], waivers) for name, each in by_environment.items()}
    passed = {
        name: tuple(chain.from_iterable(stack.passed for stack in each))
        for name, each in by_environment.items()
    }
    return Judgement(Report(environments=reports), passed)


def _choose(stacks: tuple[Stack, ...], wanted: Iterable[str] | None, outdir: Path) -> list[str]:
    known = list(dict.fromkeys(stack.environment for stack in stacks))
    chosen = known if wanted is None else list(dict.fromkeys(wanted))
    problems = [
        Problem(f"environment {name!r}", f"is not in {outdir}", f"There are {', '.join(known)}")
        for name in chosen
        if name not in known
    ]
    if problems:
        raise InputError(problems)
    return chosen


def _refuse_unknown(waivers: Waivers, stacks: tuple[Stack, ...], settings: Settings) -> None:
    """Refuse waivers of environments that no stack and no snapshot has: a misspelt name accepts nothing."""
    known = {stack.environment for stack in stacks} | {
        file.stem for file in settings.snapshots.glob("*.json")
    }
    problems = [
        Problem(
            f"{settings.waivers} waiver of {waiver}",
            f"environment {waiver.environment!r} does not exist",
            f"There are {', '.join(sorted(known))}",
        )
        for waiver in waivers.entries
        if waiver.environment not in known
    ]
    if problems:
        raise InputError(problems)


def _scanner(settings: Settings) -> Scan:
    """Load Checkov and the rules."""
    try:
        from arqctl.gate.rules import load_rules  # noqa: PLC0415 - both import Checkov, which takes a second
        from arqctl.gate.scan import scan  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "checkov":
            raise
        fix = "Run `pip install 'arqctl[gate]'`"
        raise InputError(
            [Problem("Checkov", "is not installed, and the gate judges with it", fix)]
        ) from error
    rules = load_rules(settings.policies, settings.root)
    return lambda stack: scan(stack, rules)


def _gone(environment: str, stacks: tuple[Stack, ...], settings: Settings) -> tuple[Finding, ...]:
    """What holds state in a stack of an environment that has a list of addresses, but isn't synthesized."""
    present = {stack.name for stack in stacks}
    lists = sorted(settings.addresses.glob(f"{glob.escape(environment)}-*.txt"))
    absent = [Stack(file.stem, environment, file, "{}", {}) for file in lists if file.stem not in present]
    return tuple(finding for stack in absent for finding in addresses.lost(stack, settings.addresses))


def _report(
    name: str, judged: list[JudgedStack], gone: tuple[Finding, ...], waivers: Waivers
) -> EnvironmentReport:
    failed = [f for each in judged for f in each.findings]
    undecided = [f for each in judged for f in each.unknown]
    findings, waived = _sieve(name, failed, waivers, undecided=False)
    unknown, waived_unknown = _sieve(name, undecided, waivers, undecided=True)
    lost = [*gone, *(f for each in judged for f in each.lost)]
    unlisted = [f for each in judged for f in each.unlisted]
    lapsed = waivers.lapsed(name, [*failed, *undecided])
    verdicts = [verdict for each in judged for verdict in each.verdicts]
    return EnvironmentReport(
        stacks=tuple(each.stack.name for each in judged),
        resources=sum(len(each.stack.resources) for each in judged),
        passed=sum(verdict.result is Result.PASSED for verdict in verdicts),
        rules=len({verdict.rule.id for verdict in verdicts}),
        findings=tuple(sorted([*lost, *findings, *unlisted, *lapsed], key=_by_danger)),
        unknown=tuple(unknown),
        waived=(*waived, *waived_unknown),
        snapshot=_worst([each.comparison.state for each in judged]),
        snapshot_changes=tuple(change for each in judged for change in each.comparison.changes),
        addresses="broken" if lost else "kept",
        warnings=tuple(
            Warned(path=each.path, message=each.message)
            for stack in judged
            for each in stack.stack.annotations
            if each.level == "warn"
        ),
        sources={path: lines for each in judged for path, lines in each.sources},
    )


def _sieve(
    environment: str, found: list[Finding], waivers: Waivers, *, undecided: bool
) -> tuple[list[Finding], list[Waived]]:
    """Part what stands from what a waiver accepts."""
    standing: list[Finding] = []
    waived: list[Waived] = []
    for finding in sorted(dict.fromkeys(found), key=_by_danger):
        waiver = waivers.accepting(environment, finding)
        if waiver is None:
            standing.append(finding)
        else:
            waived.append(waivers.waived(finding, waiver, undecided=undecided))
    return standing, waived


def _by_danger(finding: Finding) -> tuple[int, str, str, str]:
    return SEVERITIES.index(finding.severity), finding.rule, finding.path, finding.message


def _worst(states: list[SnapshotState]) -> SnapshotState:
    order: tuple[SnapshotState, ...] = ("missing", "differs", "match")
    return min(states, key=order.index)
