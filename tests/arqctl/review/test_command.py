"""Output, files and exit codes of `arqctl review`."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from arqctl.core.assembly import read_assembly
from arqctl.gate.addresses import update_addresses
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
    """Write a project with one environment, its snapshot, and a plan."""
    project.stack("dev", resources)  # type: ignore[arg-type]  # a test's own blocks
    settings = project.settings
    settings.snapshots.mkdir(parents=True)
    for stack in read_assembly(project.outdir):
        (settings.snapshots / f"{stack.name}.json").write_text(snapshot_text(stack.text))
        update_addresses(stack, settings.addresses)
    make_app(project)
    project.write("plans/dev.json", json.dumps({**PLAN, "resource_changes": rows}))


@pytest.mark.parametrize(
    ("rows", "resources", "code"),
    [
        ((), HARMLESS, 0),
        ((CREATED,), HARMLESS, 2),
        ((CREATED, LOST), HARMLESS, 3),
        ((CREATED, LOST), {**HARMLESS, **OPEN_DATABASE}, 4),
    ],
)
def test_the_exit_code_is_the_most_severe_verdict(
    run: Run, project: Project, rows: tuple[object, ...], resources: object, code: int
) -> None:
    prepare(project, *rows, resources=resources)
    ended, output, errors = run("--plans", "plans")
    assert (ended, errors) == (code, "")
    assert ("aws_kms_key.main" in output) == (LOST in rows)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--plans", "nowhere"), "nowhere: holds no plan"),
        (("prod", "--plans", "plans"), "prod: is not an environment of this project. Choose from dev"),
        (("--base", "main", "--plans", "plans"), "git finds no repository here"),
        (("--bogus",), "No such option"),
        (("--plans", "plans", "--format", "pdf"), "Invalid value"),
        (("--plans", "plans", "--post"), "neither GITHUB_REPOSITORY nor CI_API_V4_URL is set"),
    ],
)
def test_an_error_has_exit_code_1_and_never_2(
    run: Run, project: Project, arguments: tuple[str, ...], message: str
) -> None:
    prepare(project, CREATED)
    code, _, errors = run(*arguments)
    assert code == 1
    assert message in " ".join(errors.split())
    assert "Traceback" not in errors


def test_every_invalid_plan_file_is_named(run: Run, project: Project) -> None:
    prepare(project, CREATED)
    project.write("plans/prod.json", "{}")
    (project.root / "plans/old.json").write_bytes(b"\xff")
    code, _, errors = run("--plans", "plans")
    assert code == 1
    assert "prod.json: belongs to no reviewed stack (dev)" in errors
    assert "old.json" in errors


@pytest.mark.parametrize("mark", [{"complete": False}, {"errored": True}])
@pytest.mark.parametrize("rows", [(), (CREATED, LOST)])
def test_a_partial_plan_has_a_review_and_exit_code_1(
    run: Run, project: Project, mark: dict[str, bool], rows: tuple[object, ...]
) -> None:
    prepare(project)
    project.write("plans/dev.json", json.dumps({**PLAN, **mark, "resource_changes": rows}))
    code, output, errors = run("--plans", "plans", "--format", "json")
    assert (code, errors) == (1, "")
    assert json.loads(output)["verdict"] == "partial"


def test_every_stack_that_is_planned_with_its_environment_needs_a_plan(run: Run, project: Project) -> None:
    for name in ("dev-bootstrap", "dev-platform", "prod", "staging"):
        project.stack(name)
    manifest = project.outdir / "manifest.json"
    document = json.loads(manifest.read_text())
    document["stacks"]["dev-platform"]["dependencies"] = ["dev"]
    manifest.write_text(json.dumps(document))
    prepare(project)
    code, _, errors = run("--plans", "plans")
    text = " ".join(errors.split())
    assert code == 1
    for name, environment in {"dev-platform": "dev", "prod": "prod", "staging": "staging"}.items():
        make = f"Make it with `arqctl plan {environment} --out-dir plans`"
        fix = f"{make}, or name the environments that have plans"
        assert f"plans/{name}.json: is missing. {fix}" in text
    assert "bootstrap" not in text
    project.write("plans/dev-platform.json", json.dumps(PLAN))
    assert run("dev", "--plans", "plans")[0] == 0
    project.write("plans/dev-bootstrap.json", json.dumps({**PLAN, "resource_changes": [CREATED]}))
    assert run("dev", "--plans", "plans")[0] == 2


def test_a_separate_stack_has_a_review_of_its_own(run: Run, project: Project) -> None:
    project.stack("dev-platform")
    manifest = project.outdir / "manifest.json"
    document = json.loads(manifest.read_text())
    document["stacks"]["dev-platform"]["dependencies"] = ["dev"]
    manifest.write_text(json.dumps(document))
    prepare(project)
    (project.root / "pyproject.toml").write_text('[tool.arqctl]\nseparate = ["{environment}-platform"]\n')
    assert run("dev", "--plans", "plans")[0] == 0
    (project.root / "plans/dev.json").rename(project.root / "plans/dev-platform.json")
    code, output, _ = run("dev-platform", "--plans", "plans", "--format", "json")
    assert (code, [stack["stack"] for stack in json.loads(output)["stacks"]]) == (0, ["dev-platform"])
    assert run("dev", "--plans", "plans")[0] == 1


def change(address: str, *actions: str, **more: object) -> dict[str, object]:
    return {"address": address, "mode": "managed", "change": {"actions": actions}, **more}


@pytest.mark.parametrize("actions", [("create",), ("update",), ("no-op",), ("delete", "create")])
def test_a_plan_of_another_stack_is_rejected(run: Run, project: Project, actions: tuple[str, ...]) -> None:
    prepare(project, CREATED, change('aws_sqs_queue.jobs["a"]', *actions))
    code, _, errors = run("--plans", "plans")
    assert code == 1
    assert (
        "plans/dev.json: is a plan of another stack or of another commit: dev has no aws_sqs_queue.jobs"
        in errors
    )


def test_a_plan_may_have_instances_modules_and_deletions(run: Run, project: Project) -> None:
    kept = change("aws_placement_group.spread[0]", "no-op", type="aws_placement_group")
    module = change("module.vpc.aws_vpc.main", "no-op", type="aws_vpc")
    deleted = change("aws_route.old", "delete", type="aws_route")
    deposed = change("aws_route.gone", "no-op", type="aws_route", deposed="0123abcd")
    read = {**change("data.aws_ami.main", "no-op", type="aws_ami"), "mode": "data"}
    prepare(project, kept, module, deleted, deposed, read)
    assert run("--plans", "plans")[0] == 2


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_a_utf_16_plan_is_rejected_with_the_encoding_to_use(
    run: Run, project: Project, encoding: str
) -> None:
    prepare(project, CREATED)
    mark = "" if encoding == "utf-16" else "\ufeff"
    (project.root / "plans/dev.json").write_text(mark + json.dumps(PLAN), encoding=encoding)
    code, _, errors = run("--plans", "plans")
    assert code == 1
    assert "plans/dev.json: is UTF-16" in errors
    assert "Out-File -Encoding utf8" in errors


def test_a_plan_may_start_with_a_utf_8_byte_order_mark(run: Run, project: Project) -> None:
    prepare(project)
    (project.root / "plans/dev.json").write_text(json.dumps(PLAN), encoding="utf-8-sig")
    assert run("--plans", "plans")[0] == 0


def test_the_review_has_three_formats_and_a_folder(run: Run, project: Project) -> None:
    prepare(project, CREATED, LOST)
    _, output, _ = run("--plans", "plans", "--format", "json", "--out-dir", "out")
    review = from_json(output, where="standard output")
    assert [danger.address for danger in review.stacks[0].dangers] == ["aws_kms_key.main"]
    assert review.stacks[0].cost is not None
    assert (project.root / "out/review.json").read_text() == output
    _, markdown, _ = run("--plans", "plans", "--format", "md")
    assert markdown.startswith("<!--")
    assert "aws\\_kms\\_key" in markdown or "aws_kms_key" in markdown
    assert "aws_kms_key" in (project.root / "out/report.md").read_text().replace("\\", "")


def test_the_same_plans_give_the_same_bytes(run: Run, project: Project) -> None:
    prepare(project, CREATED, LOST)
    assert run("--plans", "plans", "--format", "md") == run("--plans", "plans", "--format", "md")


def test_the_full_report_is_appended_to_the_step_summary(
    run: Run, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(project, CREATED)
    summary = project.write("summary.md", "before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    run("--plans", "plans")
    assert summary.read_text().startswith("before\n")
    assert "placement" in summary.read_text()


def test_the_review_has_the_url_of_the_run(
    run: Run, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(project, CREATED)
    for name, value in {"SERVER_URL": "https://github.com", "REPOSITORY": "a/b", "RUN_ID": "7"}.items():
        monkeypatch.setenv(f"GITHUB_{name}", value)
    _, output, _ = run("--plans", "plans", "--format", "json")
    assert json.loads(output)["run_url"] == "https://github.com/a/b/actions/runs/7"


def test_findings_are_compared_with_the_base(run: Run, project: Project) -> None:
    prepare(project, CREATED, resources={**HARMLESS, **OPEN_DATABASE})
    repository = Repository(Path(project.root))
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--message", "base")
    code, output, errors = run("--plans", "plans", "--base", "HEAD", "--format", "json")
    policy = json.loads(output)["stacks"][0]["policy"]
    assert (code, errors) == (4, "")
    assert policy["is_compared"] is True
    assert policy["new"] == []
    assert policy["existing"] > 0


def test_a_deleted_resource_has_its_construct_path_of_the_base(run: Run, project: Project) -> None:
    gone = {**CREATED, "change": {"actions": ["delete"], "before": {"name": "spread"}, "after": None}}
    prepare(project, gone)
    repository = Repository(project.root)
    repository.commit()
    stack = project.root / "prepared/stacks/dev/cdk.tf.json"
    document = json.loads(stack.read_text())
    del document["resource"]
    stack.write_text(json.dumps(document))
    _, output, _ = run("--plans", "plans", "--base", "HEAD", "--format", "json")
    assert [each["path"] for each in json.loads(output)["stacks"][0]["changes"]] == ["spread/Default"]
