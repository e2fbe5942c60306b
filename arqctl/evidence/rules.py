"""What each rule said of each block, from the gate's report and what passed."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from arqctl.evidence.model import STATES, Accepted, Place, RuleEvidence, State
from arqctl.gate.report import LOOKED_AT, EnvironmentReport, Finding, Waived
from arqctl.gate.undecided import RULE as UNKNOWN
from arqctl.gate.verdicts import Passed

_ORDER = STATES[:-1]
"""Where several are said of one block, the first counts."""


class _Said(NamedTuple):
    """One word of one rule on one block."""

    rule: str
    name: str
    link: str | None
    state: State
    place: Place


def evidence_by_rule(report: EnvironmentReport, passed: Iterable[Passed]) -> dict[str, RuleEvidence]:
    """The rules that had something to judge, by id.

    A block of which something can't be decided counts as undecided for each rule that passed it, and as
    waived where that is accepted: the rule may not have seen what it passed.
    """
    by_rule: dict[str, list[_Said]] = {}
    for said in (*_found(report), *_passed(report, passed)):
        by_rule.setdefault(said.rule, []).append(said)
    return {rule: _of_rule(by_rule[rule]) for rule in sorted(by_rule)}


def _found(report: EnvironmentReport) -> Iterator[_Said]:
    for finding in report.findings:
        yield _said(finding, "failed", _place(finding))
    for finding in report.unknown:
        yield _said(finding, "undecided", _place(finding))
    for waived in report.waived:
        yield _said(waived, "waived", _accepted(_place(waived), waived))


def _said(finding: Finding, state: State, place: Place) -> _Said:
    return _Said(finding.rule, finding.message.partition(LOOKED_AT)[0], finding.link, state, place)


def _passed(report: EnvironmentReport, passed: Iterable[Passed]) -> Iterator[_Said]:
    standing = {(each.stack, each.address) for each in report.unknown if each.rule == UNKNOWN}
    accepted = {(each.stack, each.address): each for each in report.waived if each.rule == UNKNOWN}
    for each in passed:
        place = Place(stack=each.stack, address=each.address, path=each.path)
        block = (place.stack, place.address)
        state: State = "passed"
        if block in standing:
            state = "undecided"
        elif block in accepted:
            state, place = "waived", _accepted(place, accepted[block])
        yield _Said(each.rule.id, each.rule.name, each.rule.link, state, place)


def _place(finding: Finding) -> Place:
    return Place(stack=finding.stack, address=finding.address, path=finding.path)


def _accepted(place: Place, waived: Waived) -> Accepted:
    return Accepted(
        **place.model_dump(),
        owner=waived.owner,
        reason=waived.reason,
        ticket=waived.ticket,
        expires=waived.expires,
        undecided=waived.undecided,
    )


def _of_rule(said: list[_Said]) -> RuleEvidence:
    # A rule that passed something is named best there: a finding may say more than the name.
    named = min(said, key=lambda each: (each.state != "passed", each.name))
    blocks = _blocks(said)
    lists = {state: tuple(each.place for each in blocks if each.state == state) for state in _ORDER}
    return RuleEvidence.model_validate({"name": named.name, "link": named.link, **lists})


def _blocks(said: Iterable[_Said]) -> list[_Said]:
    """The one word that counts of each block, in the order of these."""
    worst: dict[tuple[str, str, str], _Said] = {}
    for each in sorted(said, key=lambda each: _ORDER.index(each.state), reverse=True):
        worst[each.place.stack, each.place.path, each.place.address] = each
    return [worst[block] for block in sorted(worst)]


def worst_state(rules: Sequence[RuleEvidence]) -> State:
    """The worst that any of some rules said of any block."""
    return next((state for state in _ORDER if any(getattr(rule, state) for rule in rules)), "no evidence")
