"""Collects the results of each rule for each block from the gate's evaluation."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from arqctl.evidence.model import STATES, EvaluatedBlock, RuleEvidence, State, WaivedBlock
from arqctl.gate.report import EVALUATED_ARGUMENTS, EnvironmentReport, Finding, WaivedFinding
from arqctl.gate.rule_results import PassedCheck
from arqctl.gate.unknown_values import RULE as UNKNOWN

_WORST_FIRST = STATES[:-1]
"""If a block has several results, the first of these states counts."""


class _Result(NamedTuple):
    """Result of one rule for one block."""

    rule: str
    name: str
    link: str | None
    state: State
    block: EvaluatedBlock


def evidence_by_rule(report: EnvironmentReport, passed: Iterable[PassedCheck]) -> dict[str, RuleEvidence]:
    """Return the evidence of each rule that evaluated a block, by rule id.

    A block with unknown values counts as unknown for each rule that passed it, as the rule may not have seen
    the value. It counts as waived if the unknown values are waived.
    """
    by_rule: dict[str, list[_Result]] = {}
    for result in (*_gate_results(report), *_passed_results(report, passed)):
        by_rule.setdefault(result.rule, []).append(result)
    return {rule: _rule_evidence(by_rule[rule]) for rule in sorted(by_rule)}


def _gate_results(report: EnvironmentReport) -> Iterator[_Result]:
    for finding in report.findings:
        yield _result(finding, "failed", _block(finding))
    for finding in report.unknown:
        yield _result(finding, "unknown", _block(finding))
    for waived in report.waived:
        yield _result(waived, "waived", _waived_block(_block(waived), waived))


def _result(finding: Finding, state: State, block: EvaluatedBlock) -> _Result:
    name = finding.message.partition(EVALUATED_ARGUMENTS)[0]
    return _Result(finding.rule, name, finding.link, state, block)


def _passed_results(report: EnvironmentReport, passed: Iterable[PassedCheck]) -> Iterator[_Result]:
    unknown = {(each.stack, each.address) for each in report.unknown if each.rule == UNKNOWN}
    waived = {(each.stack, each.address): each for each in report.waived if each.rule == UNKNOWN}
    for each in passed:
        block = EvaluatedBlock(stack=each.stack, address=each.address, path=each.path)
        key = (block.stack, block.address)
        state: State = "passed"
        if key in unknown:
            state = "unknown"
        elif key in waived:
            state, block = "waived", _waived_block(block, waived[key])
        yield _Result(each.rule.id, each.rule.name, each.rule.link, state, block)


def _block(finding: Finding) -> EvaluatedBlock:
    return EvaluatedBlock(stack=finding.stack, address=finding.address, path=finding.path)


def _waived_block(block: EvaluatedBlock, waived: WaivedFinding) -> WaivedBlock:
    return WaivedBlock(
        **block.model_dump(),
        owner=waived.owner,
        reason=waived.reason,
        ticket=waived.ticket,
        expires=waived.expires,
        unknown=waived.unknown,
    )


def _rule_evidence(results: list[_Result]) -> RuleEvidence:
    # A passed check has the rule's name; the message of a finding may have more than the name.
    best_named = min(results, key=lambda each: (each.state != "passed", each.name))
    blocks = _worst_per_block(results)
    lists = {state: tuple(each.block for each in blocks if each.state == state) for state in _WORST_FIRST}
    return RuleEvidence.model_validate({"name": best_named.name, "link": best_named.link, **lists})


def _worst_per_block(results: Iterable[_Result]) -> list[_Result]:
    """Return the worst result of each block, sorted by block."""
    worst: dict[tuple[str, str, str], _Result] = {}
    for each in sorted(results, key=lambda each: _WORST_FIRST.index(each.state), reverse=True):
        worst[each.block.stack, each.block.path, each.block.address] = each
    return [worst[block] for block in sorted(worst)]


def worst_state(rules: Sequence[RuleEvidence]) -> State:
    """Return the worst state of any block under the given rules."""
    return next(
        (state for state in _WORST_FIRST if any(getattr(rule, state) for rule in rules)), "no evidence"
    )
