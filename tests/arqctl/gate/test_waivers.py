"""Waivers accept findings of one environment until they expire."""

from datetime import date

import pytest

from arqctl.core.errors import InputError
from tests.arqctl.projects import HARMLESS, OPEN_DATABASE, Project


@pytest.fixture
def failing(project: Project) -> Project:
    """Return a project whose `dev` has findings, among them CKV_AWS_16."""
    project.stack("dev", OPEN_DATABASE)
    return project


def rules(project: Project) -> set[str]:
    return {finding.rule for finding in project.evaluated().findings}


def test_a_waived_finding_has_owner_ticket_and_days_left(failing: Project) -> None:
    assert "CKV_AWS_16" in rules(failing)
    failing.waive()
    environment = failing.evaluated()
    assert "CKV_AWS_16" not in {finding.rule for finding in environment.findings}
    [waived] = environment.waived
    assert (waived.owner, waived.ticket, waived.days_left) == ("platform", "ARQ-1", 39)


def test_a_waiver_covers_one_environment_only(failing: Project) -> None:
    failing.stack("production", OPEN_DATABASE)
    failing.waive()
    report = failing.evaluate()
    remaining = {name: {f.rule for f in each.findings} for name, each in report.environments.items()}
    assert "CKV_AWS_16" not in remaining["dev"]
    assert "CKV_AWS_16" in remaining["production"]


def test_a_waiver_covers_its_path_only(failing: Project) -> None:
    failing.waive(path="dev/other/*")
    assert {"CKV_AWS_16", "ARQ_WAIVER"} <= rules(failing)


def test_a_waiver_covers_several_findings(project: Project) -> None:
    database = OPEN_DATABASE["aws_db_instance"]["main"]
    project.stack("dev", {"aws_db_instance": {"a": database, "b": database}})
    project.waive()
    environment = project.evaluated()
    assert sorted(each.path for each in environment.waived) == ["dev/a/Default", "dev/b/Default"]
    assert environment.waivers == 1


def test_an_unknown_value_can_be_waived(project: Project) -> None:
    project.stack("dev", {"aws_ebs_volume": {"main": {"encrypted": "${var.x}"}}})
    project.waive(rule="ARQ_UNKNOWN")
    environment = project.evaluated()
    assert environment.unknown == ()
    assert environment.waivers == 1
    assert [(each.rule, each.unknown) for each in environment.waived] == [("ARQ_UNKNOWN", True)]


def test_a_waiver_is_valid_on_its_last_day_and_not_after(failing: Project) -> None:
    failing.waive(expires=date(2026, 11, 23))
    assert failing.evaluated().waived[0].days_left == 0
    (failing.root / "policies/waivers.toml").unlink()
    failing.waive(expires=date(2026, 11, 22))
    environment = failing.evaluated()
    assert environment.waived == ()
    assert {"CKV_AWS_16", "ARQ_WAIVER"} <= {finding.rule for finding in environment.findings}
    assert "expired on 2026-11-22" in next(f.message for f in environment.findings if f.rule == "ARQ_WAIVER")


def test_an_unused_waiver_is_a_finding(project: Project) -> None:
    project.stack("dev", HARMLESS)
    project.waive()
    [finding] = [each for each in project.evaluated().findings if each.rule == "ARQ_WAIVER"]
    assert "CKV_AWS_16 on dev/* (platform, ARQ-1) matches no finding" in finding.message


def test_waivers_of_other_environments_are_ignored(project: Project) -> None:
    project.stack("dev", HARMLESS)
    project.stack("staging", HARMLESS)
    project.waive(environment="staging", path="staging/*")
    assert "ARQ_WAIVER" not in {finding.rule for finding in project.evaluated("dev").findings}


def test_a_waiver_of_an_unknown_environment_is_invalid_input(project: Project) -> None:
    project.stack("dev", HARMLESS)
    project.waive(environment="prod")
    with pytest.raises(InputError, match="environment 'prod' does not exist"):
        project.evaluate()


def test_all_invalid_entries_are_reported_at_once(project: Project) -> None:
    project.stack("dev", HARMLESS)
    project.waive(owner=None)
    project.waive(reason="  ")
    project.waive(expires=date(2027, 11, 25))
    project.waive(expires="soon")
    project.waive(until="2027")
    project.waive(rule="ARQ_ADDRESS")
    with pytest.raises(InputError) as raised:
        project.evaluate()
    message = str(raised.value)
    for place in (
        "waiver 1 owner",
        "waiver 2 reason",
        "waiver 3 (CKV_AWS_16) expires",
        "waiver 4 expires",
        "waiver 5 until",
        "waiver 6 rule",
    ):
        assert place in message
    assert "more than 366 days away" in message


@pytest.mark.parametrize("text", ["[[waiver]", "[waiver]\nrule = 'x'", "[[waivers]]"])
def test_a_malformed_file_is_invalid_input(project: Project, text: str) -> None:
    project.stack("dev", HARMLESS)
    project.write("policies/waivers.toml", text)
    with pytest.raises(InputError, match=r"waivers\.toml"):
        project.evaluate()
