"""Each block is in one list of a rule: that of its worst result."""

from arqctl.evidence.model import RuleEvidence, WaivedBlock
from arqctl.evidence.rules import evidence_by_rule, worst_state
from arqctl.gate.rule_results import PassedCheck
from tests.arqctl.evidence.evaluations import finding, passed, waived
from tests.arqctl.gate.reports import environment


def rule_evidence(rule: str, *found: PassedCheck, **changes: object) -> RuleEvidence:
    return evidence_by_rule(environment(**changes), found)[rule]


def paths_by_state(rule: RuleEvidence) -> dict[str, list[str]]:
    blocks_by_state = {
        "failed": rule.failed,
        "unknown": rule.unknown,
        "waived": rule.waived,
        "passed": rule.passed,
    }
    return {state: [block.path for block in each] for state, each in blocks_by_state.items() if each}


def test_blocks_are_listed_by_state() -> None:
    rule = rule_evidence(
        "A",
        passed("A", "good"),
        findings=(finding("A", "bad"),),
        unknown=(finding("A", "unclear"),),
        waived=(waived(finding("A", "accepted")),),
    )
    assert paths_by_state(rule) == {
        "failed": ["dev/bad/Default"],
        "unknown": ["dev/unclear/Default"],
        "waived": ["dev/accepted/Default"],
        "passed": ["dev/good/Default"],
    }


def test_a_rule_has_its_own_name_and_link() -> None:
    assert rule_evidence("A", passed("A", "good"), findings=(finding("A", "bad"),)).name == "The rule A"
    assert rule_evidence("A", findings=(finding("A", "bad"),)).name == "The rule A"
    named_finding = finding("A", "bad", message="A database is open")
    assert rule_evidence("A", passed("A", "good"), findings=(named_finding,)).name == "The rule A"
    assert rule_evidence("A", passed("A")).link == "https://example.com/A"


def test_a_passed_block_with_unknown_values_is_unknown_for_every_rule() -> None:
    unknown = (finding("ARQ_UNKNOWN"),)
    for rule in ("A", "B"):
        assert paths_by_state(rule_evidence(rule, passed("A"), passed("B"), unknown=unknown)) == {
            "unknown": ["dev/main/Default"]
        }
    assert paths_by_state(rule_evidence("A", passed("A", stack="dev-platform"), unknown=unknown)) == {
        "passed": ["dev-platform/main/Default"]
    }


def test_an_unknown_result_of_one_rule_does_not_affect_another() -> None:
    assert paths_by_state(rule_evidence("A", passed("A"), unknown=(finding("B"),))) == {
        "passed": ["dev/main/Default"]
    }


def test_a_passed_block_with_waived_unknown_values_is_waived() -> None:
    rule = rule_evidence("A", passed("A"), waived=(waived(finding("ARQ_UNKNOWN"), unknown=True),))
    [block] = rule.waived
    assert isinstance(block, WaivedBlock)
    assert (block.owner, block.reason, block.ticket, block.unknown) == (
        "platform",
        "a sandbox",
        "ARQ-1",
        True,
    )


def test_a_failed_block_is_not_listed_as_passed() -> None:
    assert paths_by_state(rule_evidence("A", passed("A"), findings=(finding("A"),))) == {
        "failed": ["dev/main/Default"]
    }


def test_findings_of_the_gate_itself_are_included() -> None:
    rules = evidence_by_rule(
        environment(findings=(finding("ARQ_ADDRESS"),), unknown=(finding("ARQ_UNKNOWN"),)), ()
    )
    assert list(rules) == ["ARQ_ADDRESS", "ARQ_UNKNOWN"]


def test_worst_state_of_several_rules() -> None:
    good = rule_evidence("A", passed("A"))
    accepted = rule_evidence("A", waived=(waived(finding("A")),))
    unclear = rule_evidence("A", unknown=(finding("A"),))
    bad = rule_evidence("A", findings=(finding("A"),))
    assert worst_state([]) == "no evidence"
    assert worst_state([good]) == "passed"
    assert worst_state([good, accepted]) == "waived"
    assert worst_state([accepted, unclear, good]) == "unknown"
    assert worst_state([unclear, bad]) == "failed"
