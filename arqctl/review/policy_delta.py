"""Compares the gate's report of one stack with the report of the base."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from arqctl.core.errors import InputError, Problem
from arqctl.gate import addresses
from arqctl.gate.report import EnvironmentReport, Finding, Report, SnapshotChange, WaivedFinding
from arqctl.plan.redact.redact import redact
from arqctl.review.model import PolicyDelta

_F = TypeVar("_F", bound=Finding)
_R = TypeVar("_R", Finding, WaivedFinding, SnapshotChange)
_Key = Callable[[Finding], tuple[str, ...]]

_NAMED = 3
"""Addresses that a line names; the others are counted."""


def policy_delta(report: Report, base: Report | None, stack: str) -> PolicyDelta:
    """Return the findings of a stack, or the new ones when the base's report is given.

    A finding exists in the base when the base has one of the same rule, environment and construct path. Each
    finding of the base matches one of ours; a second one is new. A result that was unknown and is a finding
    now is new, and so is the reverse. A waived finding isn't fixed. A finding of no stack, such as an expired
    waiver, belongs to the environment's own stack. `passed` is the number for the whole environment.

    Raises:
        InputError: when the report has no such stack.
    """
    name = _environment_of(report, stack)
    head = _narrow(report.environments[name], name, stack)
    base_environment = base.environments.get(name) if base else None
    before = _narrow(base_environment, name, stack) if base_environment else None
    new = _unmatched(head.findings, before.findings if before else ())
    unknown = _unmatched(head.unknown, before.unknown if before else ())
    known = (*before.findings, *before.unknown) if before else ()
    return PolicyDelta(
        passed=head.passed,
        new=tuple(map(_redact, new)),
        unknown=tuple(map(_redact, unknown)),
        existing=len(head.findings) + len(head.unknown) - len(new) - len(unknown),
        fixed=len(_unmatched(known, (*head.findings, *head.unknown, *head.waived))),
        waived=tuple(
            waived.model_copy(update={"reason": redact(waived.reason)})
            for waived in map(_redact, head.waived)
        ),
        lost_addresses=tuple(each.address for each in head.findings if each.rule == addresses.RULE),
        snapshot_updates=tuple(_snapshot_updates(report.environments[name], name, stack)),
        is_compared=base is not None,
    )


def _redact(finding: _F) -> _F:
    return finding.model_copy(update={"message": redact(finding.message)})


def _environment_of(report: Report, stack: str) -> str:
    for name, environment in report.environments.items():
        if stack in environment.stacks:
            return name
    known = sorted(each for environment in report.environments.values() for each in environment.stacks)
    fix = f"Plan only evaluated stacks: {', '.join(known) or 'none'}"
    raise InputError([Problem(f"stack {stack!r}", "has a plan, and the gate didn't evaluate it", fix)])


def _narrow(environment: EnvironmentReport, name: str, stack: str) -> EnvironmentReport:
    """Return one stack's part of an environment's report, without addresses that only need listing."""
    findings = _of_stack(environment.findings, environment, name, stack)
    return environment.model_copy(
        update={
            "findings": tuple(each for each in findings if not _is_unlisted(each)),
            "unknown": _of_stack(environment.unknown, environment, name, stack),
            "waived": _of_stack(environment.waived, environment, name, stack),
        }
    )


def _of_stack(rows: Iterable[_R], environment: EnvironmentReport, name: str, stack: str) -> tuple[_R, ...]:
    return tuple(row for row in rows if (row.stack if row.stack in environment.stacks else name) == stack)


def _unmatched(found: Sequence[Finding], known: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings without a counterpart in `known`. Identical findings match each other first."""
    found, known = list(found), list(known)
    for key in (_full_key, _location_key):
        found, known = list(_without_partners(found, known, key)), list(_without_partners(known, found, key))
    return tuple(found)


def _without_partners(ours: Iterable[Finding], theirs: Iterable[Finding], key: _Key) -> Iterator[Finding]:
    partners = Counter(map(key, theirs))
    for each in ours:
        if partners[key(each)]:
            partners[key(each)] -= 1
        else:
            yield each


def _full_key(finding: Finding) -> tuple[str, ...]:
    return finding.rule, finding.path, finding.address, finding.message


def _location_key(finding: Finding) -> tuple[str, ...]:
    return finding.rule, finding.path


def _snapshot_updates(environment: EnvironmentReport, name: str, stack: str) -> Iterator[str]:
    changes = _of_stack(environment.snapshot_changes, environment, name, stack)
    changed = [change.address for change in changes]
    if changed:
        count = "1 address differs" if len(changed) == 1 else f"{len(changed):,} addresses differ"
        yield f"{count} from the committed snapshot: {_first(changed)}"
    if environment.snapshot == "missing" and stack == name:
        stacks = environment.stacks
        yield f"{stack if len(stacks) == 1 else f'a stack of {name}'} has no committed snapshot"
    for finding in _of_stack(environment.findings, environment, name, stack):
        if _is_unlisted(finding):
            yield f"stateful resources are missing from the address list, such as {finding.address}"


def _is_unlisted(finding: Finding) -> bool:
    """Whether a stateful resource is missing from the address list; a lost one is CRITICAL."""
    return finding.rule == addresses.RULE and finding.severity != "CRITICAL"


def _first(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
