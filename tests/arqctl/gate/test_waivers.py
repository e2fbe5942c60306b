from datetime import date

import pytest

from arqctl.core.errors import InputError
from tests.arqctl.projects import HARMLESS, OPEN_DATABASE, Project


@pytest.fixture
def faulty(project: Project) -> Project:
    """A project whose `dev` breaks CKV_AWS_16 and more."""
    project.stack("dev", OPEN_DATABASE)
    return project


def rules(project: Project) -> set[str]:
    return {finding.rule for finding in project.evaluated().findings}


def test_a_waived_finding_is_shown_with_who_accepted_it(faulty: Project) -> None:
    assert "CKV_AWS_16" in rules(faulty)
    faulty.waive()
    environment = faulty.evaluated()
    assert "CKV_AWS_16" not in {finding.rule for finding in environment.findings}
    [waived] = environment.waived
    assert (waived.owner, waived.ticket, waived.days_left) == ("platform", "ARQ-1", 39)


def test_it_holds_for_one_environment_only(faulty: Project) -> None:
    faulty.stack("production", OPEN_DATABASE)
    faulty.waive()
    report = faulty.evaluate()
    standing = {name: {f.rule for f in each.findings} for name, each in report.environments.items()}
    assert "CKV_AWS_16" not in standing["dev"]
    assert "CKV_AWS_16" in standing["production"]


def test_it_holds_below_its_path_only(faulty: Project) -> None:
    faulty.waive(path="dev/other/*")
    assert {"CKV_AWS_16", "ARQ_WAIVER"} <= rules(faulty)


def test_one_waiver_accepts_several_findings(project: Project) -> None:
    database = OPEN_DATABASE["aws_db_instance"]["main"]
    project.stack("dev", {"aws_db_instance": {"a": database, "b": database}})
    project.waive()
    environment = project.evaluated()
    assert sorted(each.path for each in environment.waived) == ["dev/a/Default", "dev/b/Default"]
    assert environment.waivers == 1


def test_an_unknown_is_waived_like_a_finding(project: Project) -> None:
    project.stack("dev", {"aws_ebs_volume": {"main": {"encrypted": "${var.x}"}}})
    project.waive(rule="ARQ_UNKNOWN")
    environment = project.evaluated()
    assert environment.unknown == ()
    assert environment.waivers == 1
    assert [(each.rule, each.unknown) for each in environment.waived] == [("ARQ_UNKNOWN", True)]


def test_it_counts_on_its_last_day_and_not_after(faulty: Project) -> None:
    faulty.waive(expires=date(2026, 11, 23))
    assert faulty.evaluated().waived[0].days_left == 0
    (faulty.root / "policies/waivers.toml").unlink()
    faulty.waive(expires=date(2026, 11, 22))
    environment = faulty.evaluated()
    assert environment.waived == ()
    assert {"CKV_AWS_16", "ARQ_WAIVER"} <= {finding.rule for finding in environment.findings}
    assert "expired on 2026-11-22" in next(f.message for f in environment.findings if f.rule == "ARQ_WAIVER")


def test_an_unused_one_fails_by_name(project: Project) -> None:
    project.stack("dev", HARMLESS)
    project.waive()
    [finding] = [each for each in project.evaluated().findings if each.rule == "ARQ_WAIVER"]
    assert "CKV_AWS_16 on dev/* (platform, ARQ-1) matches no finding" in finding.message


def test_one_of_an_environment_that_is_not_judged_is_left_alone(project: Project) -> None:
    project.stack("dev", HARMLESS)
    project.stack("staging", HARMLESS)
    project.waive(environment="staging", path="staging/*")
    assert "ARQ_WAIVER" not in {finding.rule for finding in project.evaluated("dev").findings}


def test_one_of_an_environment_that_does_not_exist_is_refused(project: Project) -> None:
    project.stack("dev", HARMLESS)
    project.waive(environment="prod")
    with pytest.raises(InputError, match="environment 'prod' does not exist"):
        project.evaluate()


def test_everything_wrong_is_named_at_once(project: Project) -> None:
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
def test_a_malformed_file_is_refused(project: Project, text: str) -> None:
    project.stack("dev", HARMLESS)
    project.write("policies/waivers.toml", text)
    with pytest.raises(InputError, match=r"waivers\.toml"):
        project.evaluate()
