"""The text page: order, length, width and colors."""

from arqctl.gate import Report, render_text
from arqctl.gate.report import AppWarning
from arqctl.gate.text import render_waivers
from tests.arqctl.gate.reports import CHANGES, CLEAN, FULL, PUBLIC, UNKNOWN, WAIVED, environment


def test_the_page_lists_the_most_severe_findings_first_and_each_rule_once() -> None:
    page = render_text(FULL)
    assert page.index("CRITICAL") < page.index("LOW") < page.index("Unknown") < page.index("Snapshot of dev")
    assert page.count("Ensure RDS isn't public") == 1
    for text in (
        "aws_db_instance.replica",
        "dev/replica/Default",
        "https://example.com/rds",
        "encrypted is `var.x`",
    ):
        assert text in page
    assert "~ aws_vpc.main: cidr_block" in page
    assert "- aws_subnet.a" in page
    assert "CKV_AWS_157" not in page


def test_the_page_counts_waivers_and_the_waivers_page_lists_them() -> None:
    page = " ".join(render_text(FULL).split())
    assert "1 waiver for 1 finding; the next expires in 39 days: `arqctl gate --waivers` lists them" in page
    listed = render_waivers(FULL)
    assert "CKV_AWS_157: 39 days left, platform, ARQ-1" in listed
    assert WAIVED.reason in " ".join(listed.split())
    assert WAIVED.path in listed
    assert render_waivers(CLEAN).strip() == ""


def test_the_page_is_short_and_the_complete_page_lists_everything() -> None:
    numbers = [f"n{number:02}" for number in range(12)]
    changed = environment(
        findings=[PUBLIC.model_copy(update={"path": f"dev/finding-{each}"}) for each in numbers],
        unknown=[UNKNOWN.model_copy(update={"path": f"dev/unknown-{each}"}) for each in numbers],
        snapshot="differs",
        snapshot_changes=[CHANGES[0].model_copy(update={"address": f"aws_vpc.{each}"}) for each in numbers],
        warnings=[AppWarning(path=f"dev/warning-{each}", message="ends soon") for each in numbers],
    )
    report = Report(environments={"dev": changed})
    page, complete = render_text(report), render_text(report, complete=True)
    for each in ("dev/finding-", "dev/unknown-", "aws_vpc.", "dev/warning-"):
        assert [number for number in numbers if f"{each}{number}" in page] == numbers[:5]
        assert [number for number in numbers if f"{each}{number}" in complete] == numbers
    assert page.count("… and 7 more: `arqctl gate --output FILE` writes all") == 4
    assert "more:" not in complete


def test_the_page_groups_warnings_by_message() -> None:
    warnings = [AppWarning(path="dev/a", message=f"message {number}") for number in range(7)]
    report = Report(environments={"dev": environment(warnings=[*warnings, warnings[0]])})
    page = render_text(report)
    assert page.count("message 0") == page.count("message 4") == 1
    assert "message 5" not in page
    assert "… and 2 more" in page


def test_the_last_line_is_the_verdict_with_the_fix() -> None:
    last = render_text(FULL, width=500).rstrip().split("\n")[-1]
    assert last.startswith("FAIL: Fix 3 findings")
    assert "arqctl snapshot update" in last
    assert render_text(CLEAN).rstrip().split("\n")[-1].startswith("PASS")


def test_the_page_fits_80_columns_except_for_addresses_and_links() -> None:
    lines = render_text(FULL).split("\n")
    assert all(len(line) <= 80 for line in lines if "https://" not in line and "aws_" not in line)
    heading = next(line for line in lines if "environment" in line)
    assert heading.split() == [
        "environment", "resources", "passed", "findings", "unknown", "waived", "snapshot", "addresses",
    ]  # fmt: skip


def test_color_is_optional() -> None:
    plain, colored = render_text(FULL), render_text(FULL, color=True)
    assert "\x1b[" not in plain
    assert "\x1b[" in colored


def test_text_of_a_stack_is_not_interpreted_as_markup() -> None:
    unusual = PUBLIC.model_copy(update={"path": "dev/[red]x[/]", "message": "[bold]"})
    page = render_text(Report(environments={"dev": environment(findings=(unusual,))}))
    assert "dev/[red]x[/]" in page
    assert "[bold]" in page
