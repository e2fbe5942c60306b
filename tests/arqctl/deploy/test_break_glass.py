"""Break-glass deployments print their reason, add it to the summary, and tag what they change."""

import json
from pathlib import Path

import pytest

from arqctl.core.assembly import read_assembly
from arqctl.core.errors import InputError
from arqctl.core.json_access import Body
from arqctl.core.terraform_cli import Run, Terraform
from arqctl.deploy.break_glass import parse_reason, write_tags
from arqctl.terraform.plan_file import SavedPlan
from arqctl.terraform.stacks import StackWorkdir
from tests.arqctl.projects import Project
from tests.arqctl.terraform.fake_terraform import FakeTerraform, changed
from tests.arqctl.terraform.local_project import LocalProject

REASON = "the ledger is down, ARQ-7"
ANNOUNCEMENT = f"BREAK GLASS, dev is deployed without a review: {REASON}"


def test_the_reason_is_printed_first_and_last_and_added_to_the_summary(
    local_project: LocalProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    local_project.write_stacks(dev="one")
    local_project.protect_environments("dev")
    code, stdout, _ = local_project.deploy("dev", "--break-glass", REASON)
    assert code == 0
    assert local_project.deployed_value("dev") == "one"
    lines = stdout.splitlines()
    assert [number for number, line in enumerate(lines) if line == ANNOUNCEMENT] == [2, len(lines) - 1]
    assert "no changed resource accepts tags" in stdout
    assert summary.read_text() == (
        f"before\n\n## Break glass: dev is deployed without a review\n\n    {REASON}\n\n"
    )


def test_the_reason_is_printed_last_when_terraform_fails(
    local_project: LocalProject, terraform: FakeTerraform
) -> None:
    local_project.write_stacks(dev="one")
    terraform.set_plan(code=1)
    code, stdout, _ = local_project.deploy("dev", "--break-glass", REASON)
    assert code == 4
    assert stdout.splitlines()[-1] == ANNOUNCEMENT


def test_an_unwritable_summary_does_not_stop_the_deployment(
    local_project: LocalProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    local_project.write_stacks(dev="one")
    code, stdout, stderr = local_project.deploy("dev", "--break-glass", REASON)
    assert (code, stdout.count(ANNOUNCEMENT)) == (0, 2)
    assert stderr == "GITHUB_STEP_SUMMARY cannot be written: Is a directory\n"
    assert local_project.deployed_value("dev") == "one"


def test_secrets_in_the_reason_are_redacted() -> None:
    assert parse_reason("ledger down, password=Rj4x9Qm2 ARQ-7") == "ledger down, password=(secret) ARQ-7"


def test_the_tag_is_planned_before_the_apply_and_its_file_is_deleted(
    local_project: LocalProject, terraform: FakeTerraform
) -> None:
    terraform.set_resource_changes(
        changed("terraform_data.main", "create", after={"tags": None, "tags_all": None})
    )
    local_project.write_stacks(dev="one")
    local_project.deploy("dev", "--break-glass", REASON)
    commands = [line.removeprefix("dev ") for line in terraform.commands]
    assert commands == ["init", "graph", "plan", "show", "graph", "plan", "show", "apply", "output"]
    assert local_project.leftover_files() == []


@pytest.mark.parametrize("reason", ["", "   ", "urgent", "a\n\t  b", "x" * 9])
def test_a_short_reason_is_rejected(reason: str, local_project: LocalProject) -> None:
    code, stdout, stderr = local_project.deploy("dev", "--break-glass", reason)
    assert (code, stdout) == (2, "")
    assert "--break-glass: must give the reason in at least 10 characters" in stderr


def test_the_reason_is_printed_on_one_line() -> None:
    assert parse_reason("the ledger\nis ::error::\x1b[31m down") == "the ledger is ::error:: [31m down"
    with pytest.raises(InputError):
        parse_reason("\x00" * 20)


def test_an_approval_and_break_glass_exclude_each_other(local_project: LocalProject) -> None:
    options = ("--approve", "0123456789abcdef0123456789abcdef", "--break-glass", REASON)
    code, _, stderr = local_project.deploy("dev", *options)
    assert code == 2
    assert "--approve and --break-glass: exclude each other" in stderr


def tag_overrides(project: Project, reason: str, *rows: object) -> dict[str, object]:
    """Return the resources of the override file for a plan with these rows."""
    resources = {
        "aws_vpc": {
            "new": {},
            "old": {"tags": {"Name": "old"}},
            "merged": {"tags": "${merge(local.a, {})}"},
        }
    }
    project.stack("dev", resources)
    file = project.outdir / "stacks/dev/cdk.tf.json"
    (stack,) = read_assembly(project.outdir)
    saved = SavedPlan(
        workdir=StackWorkdir(stack, Terraform(Path("terraform"), file.parent, {})),
        run=Run(),
        text=json.dumps({"format_version": "1.2", "resource_changes": rows}),
        digest="",
    )
    write_tags(saved, reason)
    override = file.with_name("break_glass_override.tf.json")
    resources_: dict[str, object] = json.loads(override.read_text())["resource"] if override.exists() else {}
    return resources_


def test_created_and_changed_resources_are_tagged_and_keep_their_tags(project: Project) -> None:
    after: Body = {"tags": None, "tags_all": {}}
    overrides = tag_overrides(
        project,
        REASON,
        changed("aws_vpc.new", "create", after={"tags": None}, after_unknown={"tags_all": True}),
        changed("aws_vpc.old[0]", "update", after=after),
        changed("aws_vpc.merged", "delete", "create", after=after),
    )
    value = "the ledger is down- ARQ-7"
    assert overrides == {
        "aws_vpc": {
            "new": {"tags": {"break-glass": value}},
            "old": {"tags": {"Name": "old", "break-glass": value}},
            "merged": {"tags": f'${{merge(merge(local.a, {{}}), {{"break-glass" = "{value}"}})}}'},
        }
    }


def test_no_other_resource_is_tagged(project: Project) -> None:
    after: Body = {"tags": None, "tags_all": {}}
    overrides = tag_overrides(
        project,
        REASON,
        changed("aws_vpc.new", "delete"),
        {**changed("aws_vpc.old", "no-op", after=after), "previous_address": "aws_vpc.older"},
        changed("aws_vpc.merged", "update", after={"no": "tags"}),
        changed("module.other.aws_vpc.new", "update", after=after),
    )
    assert overrides == {}


@pytest.mark.parametrize("reason", ['"${file("/etc/passwd")}" %{ if }', "ü" * 300, "a" * 300])
def test_every_reason_becomes_a_tag_value_that_aws_accepts(reason: str, project: Project) -> None:
    overrides = tag_overrides(project, reason, changed("aws_vpc.new", "create", after={"tags_all": {}}))
    value = json.loads(json.dumps(overrides))["aws_vpc"]["new"]["tags"]["break-glass"]
    assert len(value) <= 256
    assert not set('"${}%\\ü') & set(value)
