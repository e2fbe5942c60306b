"""Markdown evidence links controls, rules and resources, and escapes untrusted text."""

import re

from hypothesis import given
from hypothesis import strategies as st

from arqctl.evidence.markdown import render_markdown
from tests.arqctl.evidence.evaluations import COMMIT, evidence, finding, passed, waived

FULL = render_markdown(
    evidence(
        passed("CKV_AWS_16", "good"),
        findings=(finding("CKV_AWS_16", "bad"), finding("ARQ_STACK", message="It can't be read")),
        waived=(waived(finding("CKV_AWS_17")),),
    )
)


def test_a_control_links_to_its_rules_and_their_resources() -> None:
    row, rule = FULL[FULL.index("| **2.3.1**") :].splitlines()[:2]
    assert row.startswith("| **2.3.1** RDS instances are encrypted at rest | **failed** |")
    assert rule == "| | | [CKV_AWS_16](#ckv_aws_16) | The rule checks this setting. | 1 | 0 | 0 | 1 |"
    below = FULL[FULL.index("### CKV_AWS_16") :]
    assert below.index("Failed: 1") < below.index("dev/bad/Default") < below.index("Passed: 1")
    assert below.index("Passed: 1") < below.index("dev/good/Default")


def test_the_page_has_date_commit_and_scope() -> None:
    assert "| date | 2026-11-26 |" in FULL
    assert f"| commit | {COMMIT.id} |" in FULL
    assert "not a certificate" in FULL


def test_uncommitted_changes_are_mentioned() -> None:
    changed = COMMIT.model_copy(update={"uncommitted_changes": True})
    assert f"{COMMIT.id}, with uncommitted changes" in render_markdown(evidence(commit=changed))
    assert "| commit | none |" in render_markdown(evidence(commit=None))


def test_unevaluated_blocks_come_first() -> None:
    assert FULL.index("## Not evaluated") < FULL.index("## CIS")
    assert "It can't be read" in FULL
    assert "## Not evaluated" not in render_markdown(evidence())


def test_a_waived_finding_shows_owner_ticket_expiry_and_reason() -> None:
    below = FULL[FULL.index("### CKV_AWS_17") :]
    assert "waived by platform, ARQ-1, until 2027-01-01: a sandbox" in below


def test_the_order_of_results_does_not_matter() -> None:
    blocks = [passed(rule, name) for rule in ("CKV_AWS_16", "CKV_AWS_17") for name in ("a", "b")]
    forward, backward = evidence(*blocks), evidence(*reversed(blocks))
    assert render_markdown(forward) == render_markdown(backward)
    assert forward.to_json() == backward.to_json()


def test_rules_without_a_mapping_are_counted() -> None:
    assert FULL.count("Rules without a mapping: ") == 4


@given(text=st.text(st.characters(), min_size=1))
def test_text_of_stacks_and_waivers_is_escaped(text: str) -> None:
    finding_with_text = finding("CKV_AWS_17", path=f"dev/{text}", address=f"aws_x.{text}", message=text)
    page = render_markdown(evidence(waived=(waived(finding_with_text, reason=text),)))
    page.encode()
    assert not re.search(r"<(?!/?(details|summary|code)>|https://)", page)
    assert page.count("\n### ") == render_markdown(evidence(waived=(waived(finding("CKV_AWS_17")),))).count(
        "\n### "
    )
