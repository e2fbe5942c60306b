"""The review synthesizes each side once, and reports failed comparisons."""

import json
from pathlib import Path

import pytest

from arqctl.gate.evaluation import Evaluation
from arqctl.gate.report import Report
from arqctl.review import base, pipeline
from arqctl.review.model import Review
from arqctl.review.pipeline import ReviewRequest, run_review
from tests.arqctl.gate.reports import environment
from tests.arqctl.projects import APP, HARMLESS, Project, make_app
from tests.arqctl.review.repository import Repository
from tests.arqctl.terraform.fake_terraform import REQUIRED, FakeTerraform

LOGGING_APP = f"{APP}\nwith open({{log!r}}, 'a') as log: log.write(os.getcwd() + '\\n')\n"


@pytest.fixture
def _passing_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both gates pass without running rules, which takes seconds."""
    report = Report(environments={"dev": environment(stacks=("dev", "dev-platform"))})
    monkeypatch.setattr(pipeline, "evaluate", lambda *_, **__: Evaluation(report, {}))
    monkeypatch.setattr(base, "run_base_gate", lambda *_: report)


def review(project: Project) -> Review:
    return run_review(ReviewRequest(project.root, base="HEAD"), lambda _: None)


@pytest.mark.usefixtures("_passing_gate")
def test_head_and_base_are_synthesized_once_each(
    current_project: Project, terraform: FakeTerraform, tmp_path: Path
) -> None:
    log = tmp_path / "synthesized.log"
    make_app(current_project, LOGGING_APP.format(log=str(log)))
    Repository(current_project.root).commit()
    stack = current_project.root / "prepared/stacks/dev/cdk.tf.json"
    stack.write_text(stack.read_text().replace("prevent_destroy", "ignore_changes"))
    result = review(current_project)
    head, other = log.read_text().splitlines()
    assert (Path(head), Path(other).name) == (current_project.root, "base")
    assert terraform.commands == ["dev init", "dev plan", "dev apply", "dev init", "dev plan", "dev show"]
    assert result.gaps == ()


@pytest.mark.usefixtures("terraform")
def test_a_base_that_does_not_synthesize_is_reported_once(current_project: Project) -> None:
    current_project.stack("staging", HARMLESS, terraform=REQUIRED)
    make_app(current_project, "raise SystemExit('no such module')")
    Repository(current_project.root).commit()
    current_project.write("app.py", APP)
    comparison, plans = review(current_project).gaps
    assert comparison.startswith("Findings are not compared with the base: the base doesn't synthesize: ")
    assert "no such module" in comparison
    assert (
        plans == "Every resource is shown as new: the plans start from an empty account instead of the base"
    )


def dependent_project(project: Project) -> None:
    """Commit an environment with a separate stack, and an app that writes both."""
    project.write("pyproject.toml", '[tool.arqctl]\nseparate = ["{environment}-platform"]\n')
    project.stack("dev", HARMLESS, terraform=REQUIRED)
    project.stack("dev-platform", HARMLESS, terraform=REQUIRED)
    manifest = project.outdir / "manifest.json"
    document = json.loads(manifest.read_text())
    document["stacks"]["dev-platform"]["dependencies"] = ["dev"]
    manifest.write_text(json.dumps(document))
    make_app(project)
    Repository(project.root).commit()


def review_with_plans(project: Project) -> Review:
    project.write(
        "plans/dev.json", json.dumps({"format_version": "1.2", "complete": True, "resource_changes": []})
    )
    request = ReviewRequest(project.root, base="HEAD", plans=project.root / "plans")
    return run_review(request, lambda _: None)


@pytest.mark.usefixtures("_passing_gate")
def test_a_separate_stack_that_differs_is_planned_on_offline_aws(
    current_project: Project, terraform: FakeTerraform
) -> None:
    dependent_project(current_project)
    result = review_with_plans(current_project)
    assert (terraform.commands, [each.stack for each in result.stacks]) == ([], ["dev"])
    stack = current_project.root / "prepared/stacks/dev-platform/cdk.tf.json"
    stack.write_text(stack.read_text().replace("placement_group", "placement_groups"))
    result = review_with_plans(current_project)
    assert [each.stack for each in result.stacks] == ["dev", "dev-platform"]
    assert "dev-platform show" in terraform.commands
    assert result.gaps == ()
