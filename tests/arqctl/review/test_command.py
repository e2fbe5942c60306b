"""The command as a person and a workflow use it: what it prints and writes, and what it ends with."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from arqctl.core.assembly import read_assembly
from arqctl.gate.addresses import renew
from arqctl.gate.snapshot import snapshot_text
from arqctl.review.document import from_json
from tests.arqctl import command_line
from tests.arqctl.projects import HARMLESS, OPEN_DATABASE, Project, make_app
from tests.arqctl.review.repository import Repository

PLAN = {"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": []}
CREATED = {
    "address": "aws_placement_group.spread",
    "mode": "managed",
    "type": "aws_placement_group",
    "name": "spread",
    "change": {"actions": ["create"], "before": None, "after": {"name": "spread", "strategy": "spread"}},
}
LOST = {
    "address": "aws_kms_key.main",
    "mode": "managed",
    "type": "aws_kms_key",
    "name": "main",
    "change": {"actions": ["delete"], "before": {"id": "k"}, "after": None},
}

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(name="run")
def _run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, project: Project) -> Run:
    for name in [name for name in os.environ if name.startswith(("GITHUB_", "CI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(project.root)

    def run(*arguments: str) -> tuple[int, str, str]:
        return command_line.run(capsys, "review", *arguments)

    return run


def prepare(project: Project, *rows: object, resources: object = HARMLESS) -> None:
    """A project of one environment that its gate accepts but for its findings, and a plan of it."""
    project.stack("dev", resources)  # type: ignore[arg-type]  # a test's own blocks
    settings = project.settings
    settings.snapshots.mkdir(parents=True)
    for stack in read_assembly(project.outdir):
        (settings.snapshots / f"{stack.name}.json").write_text(snapshot_text(stack.text))
        renew(stack, settings.addresses)
    make_app(project)
    project.write("plans/dev.json", json.dumps({**PLAN, "resource_changes": rows}))


@pytest.mark.parametrize(
    ("rows", "resources", "code"),
    [
        ((), HARMLESS, 0),
        ((CREATED,), HARMLESS, 2),
        ((CREATED, LOST), HARMLESS, 3),
        ((CREATED, LOST), OPEN_DATABASE, 4),
    ],
)
def test_it_ends_with_the_worst_that_holds(
    run: Run, project: Project, rows: tuple[object, ...], resources: object, code: int
) -> None:
    prepare(project, *rows, resources=resources)
    ended, said, complained = run("--plans", "plans")
    assert (ended, complained) == (code, "")
    assert ("aws_kms_key.main" in said) == (LOST in rows)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--plans", "nowhere"), "nowhere: holds no plan"),
        (("prod", "--plans", "plans"), "prod: is no environment of this project. Known are dev"),
        (("--base", "main", "--plans", "plans"), "git finds no repository here"),
        (("--bogus",), "No such option"),
        (("--plans", "plans", "--format", "pdf"), "Invalid value"),
        (("--plans", "plans", "--post"), "neither GITHUB_REPOSITORY nor CI_API_V4_URL is set"),
    ],
)
def test_a_review_that_cannot_be_made_is_never_taken_for_changes(
    run: Run, project: Project, arguments: tuple[str, ...], says: str
) -> None:
    prepare(project, CREATED)
    code, _, complained = run(*arguments)
    assert code == 1
    assert says in " ".join(complained.split())
    assert "Traceback" not in complained


def test_a_plan_of_no_stack_is_refused_with_every_other_problem(run: Run, project: Project) -> None:
    prepare(project, CREATED)
    project.write("plans/prod.json", "{}")
    (project.root / "plans/old.json").write_bytes(b"\xff")
    code, _, complained = run("--plans", "plans")
    assert code == 1
    assert "prod.json: is the plan of no stack under review: dev" in complained
    assert "old.json" in complained


def test_it_is_written_in_three_forms_and_kept_in_a_folder(run: Run, project: Project) -> None:
    prepare(project, CREATED, LOST)
    _, told, _ = run("--plans", "plans", "--format", "json", "--output", "out")
    review = from_json(told, where="standard output")
    assert [danger.address for danger in review.stacks[0].dangers] == ["aws_kms_key.main"]
    assert review.stacks[0].cost is not None
    assert (project.root / "out/review.json").read_text() == told
    _, markdown, _ = run("--plans", "plans", "--format", "md")
    assert markdown.startswith("<!--")
    assert "aws\\_kms\\_key" in markdown or "aws_kms_key" in markdown
    assert "aws_kms_key" in (project.root / "out/report.md").read_text().replace("\\", "")


def test_the_same_input_gives_the_same_output(run: Run, project: Project) -> None:
    prepare(project, CREATED, LOST)
    assert run("--plans", "plans", "--format", "md") == run("--plans", "plans", "--format", "md")


def test_the_full_report_is_added_to_the_steps_summary(
    run: Run, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(project, CREATED)
    summary = project.write("summary.md", "before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    run("--plans", "plans")
    assert summary.read_text().startswith("before\n")
    assert "placement" in summary.read_text()


def test_the_page_of_a_run_is_named(run: Run, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(project, CREATED)
    for name, value in {"SERVER_URL": "https://github.com", "REPOSITORY": "a/b", "RUN_ID": "7"}.items():
        monkeypatch.setenv(f"GITHUB_{name}", value)
    _, told, _ = run("--plans", "plans", "--format", "json")
    assert json.loads(told)["run_url"] == "https://github.com/a/b/actions/runs/7"


def test_findings_are_compared_with_the_base(run: Run, project: Project) -> None:
    prepare(project, CREATED, resources=OPEN_DATABASE)
    repository = Repository(Path(project.root))
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--message", "base")
    code, told, complained = run("--plans", "plans", "--base", "HEAD", "--format", "json")
    judged = json.loads(told)["stacks"][0]["judged"]
    assert (code, complained) == (4, "")
    assert judged["is_compared"] is True
    assert judged["new"] == []
    assert judged["standing"] > 0


def test_what_is_deleted_keeps_the_path_that_the_base_knows(run: Run, project: Project) -> None:
    gone = {**CREATED, "change": {"actions": ["delete"], "before": {"name": "spread"}, "after": None}}
    prepare(project, gone)
    repository = Repository(project.root)
    repository.commit()
    stack = project.root / "prepared/stacks/dev/cdk.tf.json"
    document = json.loads(stack.read_text())
    del document["resource"]
    stack.write_text(json.dumps(document))
    _, told, _ = run("--plans", "plans", "--base", "HEAD", "--format", "json")
    assert [each["path"] for each in json.loads(told)["stacks"][0]["changes"]] == ["spread/Default"]
