"""What of the gate's report concerns one stack, and what of that is new since the base."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from arqctl.core.errors import InputError, Problem
from arqctl.gate import addresses
from arqctl.gate.report import EnvironmentReport, Finding, Report
from arqctl.plan.redact.redact import hide
from arqctl.review.model import Judged

_F = TypeVar("_F", bound=Finding)
_Key = Callable[[Finding], tuple[str, ...]]

_NAMED = 3


def judged(report: Report, base: Report | None, stack: str) -> Judged:
    """What the gate says of a stack: all of it, or what is new where there is the base's report.

    The base knows a finding when it has one of the same rule, environment and construct path. It knows as
    many as it has: one more is new. What was undecided and now is a finding is new, and so is the reverse;
    what a waiver accepts isn't fixed. What belongs to no stack of the environment, such as a waiver that
    expired, is told on the environment's own stack. `passed` is the whole environment's, as the gate counts.

    Raises:
        InputError: when the gate judged no such stack.
    """
    name = _environment(report, stack)
    now = _narrowed(report.environments[name], name, stack)
    before = base.environments.get(name) if base else None
    then = _narrowed(before, name, stack) if before else None
    new = _new(now.findings, then.findings if then else ())
    undecided = _new(now.unknown, then.unknown if then else ())
    known = (*then.findings, *then.unknown) if then else ()
    return Judged(
        passed=now.passed,
        new=tuple(map(_masked, new)),
        undecided=tuple(map(_masked, undecided)),
        standing=len(now.findings) + len(now.unknown) - len(new) - len(undecided),
        fixed=len(_new(known, (*now.findings, *now.unknown, *now.waived))),
        waived=tuple(
            each.model_copy(update={"reason": hide(each.reason)}) for each in map(_masked, now.waived)
        ),
        breaks=tuple(_breaks(now, name, stack)),
        is_compared=base is not None,
    )


def _masked(finding: _F) -> _F:
    """The finding, without the secrets that its message may quote."""
    return finding.model_copy(update={"message": hide(finding.message)})


def _environment(report: Report, stack: str) -> str:
    for name, environment in report.environments.items():
        if stack in environment.stacks:
            return name
    known = sorted(each for environment in report.environments.values() for each in environment.stacks)
    fix = f"Plan what is judged: {', '.join(known) or 'nothing'}"
    raise InputError([Problem(f"stack {stack!r}", "was planned, and the gate didn't judge it", fix)])


def _narrowed(environment: EnvironmentReport, name: str, stack: str) -> EnvironmentReport:
    """What of an environment is told on one of its stacks."""

    def is_told_here(where: str) -> bool:
        return (where if where in environment.stacks else name) == stack

    return environment.model_copy(
        update={
            "findings": tuple(each for each in environment.findings if is_told_here(each.stack)),
            "unknown": tuple(each for each in environment.unknown if is_told_here(each.stack)),
            "waived": tuple(each for each in environment.waived if is_told_here(each.stack)),
            "snapshot_changes": tuple(
                each for each in environment.snapshot_changes if is_told_here(each.stack)
            ),
        }
    )


def _new(found: Sequence[Finding], known: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings that have no known one to go with. Those that are alike in all go together first."""
    found, known = list(found), list(known)
    for key in (_in_full, _by_place):
        found, known = list(_single(found, known, key)), list(_single(known, found, key))
    return tuple(found)


def _single(these: Iterable[Finding], those: Iterable[Finding], key: _Key) -> Iterator[Finding]:
    """Those of the first that find no partner among the second."""
    partners = Counter(map(key, those))
    for each in these:
        if partners[key(each)]:
            partners[key(each)] -= 1
        else:
            yield each


def _in_full(finding: Finding) -> tuple[str, ...]:
    return finding.rule, finding.path, finding.address, finding.message


def _by_place(finding: Finding) -> tuple[str, ...]:
    return finding.rule, finding.path


def _breaks(environment: EnvironmentReport, name: str, stack: str) -> Iterator[str]:
    """What of the snapshot and the address contract doesn't hold, on the stack that it concerns."""
    changed = [change.address for change in environment.snapshot_changes]
    if changed:
        count = "1 address differs" if len(changed) == 1 else f"{len(changed):,} addresses differ"
        yield f"{count} from the committed snapshot: {_first(changed)}"
    if environment.snapshot == "missing" and stack == name:
        stacks = environment.stacks
        yield f"{stack if len(stacks) == 1 else f'a stack of {name}'} has no committed snapshot"
    if environment.addresses == "broken":
        lost = [each.address for each in environment.findings if _is_lost(each)]
        if lost:
            yield f"what holds state is gone, and stands on the list of addresses: {_first(lost)}"


def _is_lost(finding: Finding) -> bool:
    """Whether the contract is broken there: what is only missing on the list is less severe."""
    return finding.rule == addresses.RULE and finding.severity == "CRITICAL"


def _first(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
