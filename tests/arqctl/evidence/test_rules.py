"""Each block stands in one list of a rule: the worst that is true of it."""

from arqctl.evidence.model import Accepted, RuleEvidence
from arqctl.evidence.rules import evidence_by_rule, worst_state
from arqctl.gate.verdicts import Passed
from tests.arqctl.evidence.judgements import finding, passed, waived
from tests.arqctl.gate.reports import environment


def of(rule: str, *found: Passed, **changes: object) -> RuleEvidence:
    return evidence_by_rule(environment(**changes), found)[rule]


def lists(rule: RuleEvidence) -> dict[str, list[str]]:
    places = {
        "failed": rule.failed,
        "undecided": rule.undecided,
        "waived": rule.waived,
        "passed": rule.passed,
    }
    return {state: [place.path for place in each] for state, each in places.items() if each}


def test_blocks_are_told_apart_by_what_a_rule_said() -> None:
    rule = of(
        "A",
        passed("A", "good"),
        findings=(finding("A", "bad"),),
        unknown=(finding("A", "unclear"),),
        waived=(waived(finding("A", "accepted")),),
    )
    assert lists(rule) == {
        "failed": ["dev/bad/Default"],
        "undecided": ["dev/unclear/Default"],
        "waived": ["dev/accepted/Default"],
        "passed": ["dev/good/Default"],
    }


def test_a_rule_is_named_as_it_names_itself() -> None:
    assert of("A", passed("A", "good"), findings=(finding("A", "bad"),)).name == "The rule A"
    assert of("A", findings=(finding("A", "bad"),)).name == "The rule A"
    said = finding("A", "bad", message="A database is open")
    assert of("A", passed("A", "good"), findings=(said,)).name == "The rule A"
    assert of("A", passed("A")).link == "https://example.com/A"


def test_what_passed_with_something_undecided_is_undecided_for_every_rule() -> None:
    unknown = (finding("ARQ_UNKNOWN"),)
    for rule in ("A", "B"):
        assert lists(of(rule, passed("A"), passed("B"), unknown=unknown)) == {
            "undecided": ["dev/main/Default"]
        }
    assert lists(of("A", passed("A", stack="dev-platform"), unknown=unknown)) == {
        "passed": ["dev-platform/main/Default"]
    }


def test_what_one_rule_cannot_decide_is_another_one_s_to_pass() -> None:
    assert lists(of("A", passed("A"), unknown=(finding("B"),))) == {"passed": ["dev/main/Default"]}


def test_and_waived_where_that_is_accepted() -> None:
    rule = of("A", passed("A"), waived=(waived(finding("ARQ_UNKNOWN"), undecided=True),))
    [place] = rule.waived
    assert isinstance(place, Accepted)
    assert (place.owner, place.reason, place.ticket, place.undecided) == (
        "platform",
        "a sandbox",
        "ARQ-1",
        True,
    )


def test_a_block_that_failed_once_has_not_passed() -> None:
    assert lists(of("A", passed("A"), findings=(finding("A"),))) == {"failed": ["dev/main/Default"]}


def test_nothing_is_hidden_what_the_gate_itself_found_is_there_too() -> None:
    rules = evidence_by_rule(
        environment(findings=(finding("ARQ_ADDRESS"),), unknown=(finding("ARQ_UNKNOWN"),)), ()
    )
    assert list(rules) == ["ARQ_ADDRESS", "ARQ_UNKNOWN"]


def test_the_worst_of_some_rules_counts() -> None:
    good = of("A", passed("A"))
    accepted = of("A", waived=(waived(finding("A")),))
    unclear = of("A", unknown=(finding("A"),))
    bad = of("A", findings=(finding("A"),))
    assert worst_state([]) == "no evidence"
    assert worst_state([good]) == "passed"
    assert worst_state([good, accepted]) == "waived"
    assert worst_state([accepted, unclear, good]) == "undecided"
    assert worst_state([unclear, bad]) == "failed"
