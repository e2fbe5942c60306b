"""The evidence as Markdown: control, rule, resource, and nothing that a stack says means anything."""

import re

from hypothesis import given
from hypothesis import strategies as st

from arqctl.evidence.markdown import render_markdown
from tests.arqctl.evidence.judgements import COMMIT, evidence, finding, passed, waived

FULL = render_markdown(
    evidence(
        passed("CKV_AWS_16", "good"),
        findings=(finding("CKV_AWS_16", "bad"), finding("ARQ_STACK", message="It can't be read")),
        waived=(waived(finding("CKV_AWS_17")),),
    )
)


def test_a_control_leads_to_its_rules_and_they_to_their_resources() -> None:
    row, rule = FULL[FULL.index("| **2.3.1**") :].splitlines()[:2]
    assert row.startswith("| **2.3.1** RDS instances are encrypted at rest | **failed** |")
    assert rule == "| | | [CKV_AWS_16](#ckv_aws_16) | It reads that setting. | 1 | 0 | 0 | 1 |"
    below = FULL[FULL.index("### CKV_AWS_16") :]
    assert below.index("Failed: 1") < below.index("dev/bad/Default") < below.index("Passed: 1")
    assert below.index("Passed: 1") < below.index("dev/good/Default")


def test_it_says_what_it_was_made_from_and_what_it_is_not() -> None:
    assert "| date | 2026-11-26 |" in FULL
    assert f"| commit | {COMMIT.id} |" in FULL
    assert "no certificate" in FULL


def test_files_that_differ_from_the_commit_are_told() -> None:
    changed = COMMIT.model_copy(update={"changed": True})
    assert f"{COMMIT.id}, and files that differ from it" in render_markdown(evidence(commit=changed))
    assert "| commit | none |" in render_markdown(evidence(commit=None))


def test_what_no_rule_could_see_comes_first() -> None:
    assert FULL.index("What no rule could see") < FULL.index("## CIS")
    assert "It can't be read" in FULL
    assert "What no rule could see" not in render_markdown(evidence())


def test_a_waived_finding_has_who_accepted_it_why_and_until_when() -> None:
    below = FULL[FULL.index("### CKV_AWS_17") :]
    assert "accepted by platform, ARQ-1, until 2027-01-01: a sandbox" in below


def test_rules_without_a_mapping_are_counted() -> None:
    assert FULL.count("Rules without a mapping here: ") == 4


@given(text=st.text(st.characters(), min_size=1))
def test_whatever_a_stack_or_a_waiver_says_means_nothing(text: str) -> None:
    odd = finding("CKV_AWS_17", path=f"dev/{text}", address=f"aws_x.{text}", message=text)
    page = render_markdown(evidence(waived=(waived(odd, reason=text),)))
    page.encode()
    assert not re.search(r"<(?!/?(details|summary|code)>|https://)", page)
    assert page.count("\n### ") == render_markdown(evidence(waived=(waived(finding("CKV_AWS_17")),))).count(
        "\n### "
    )
