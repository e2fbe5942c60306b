"""Plan, review, approval and break-glass deployment on offline AWS with real Terraform."""

import json
from typing import Any

import pytest

from arqctl.offline.paths import OfflinePaths
from arqctl.plan.parser import read_plan
from arqctl.review.builder import StackInput, build_review
from arqctl.review.document import to_json
from tests.arqctl.terraform.aws_project import configure
from tests.arqctl.terraform.local_project import LocalProject


def tags(local_project: LocalProject) -> dict[str, Any]:
    state = json.loads(OfflinePaths.of_project(local_project.root).state("dev").read_text())
    instances = [each["instances"][0]["attributes"] for each in state["resources"]]
    return {each["name"]: each["tags"] for each in instances}


@pytest.mark.slow
def test_an_approved_plan_is_deployed_and_break_glass_tags_only_changed_resources(
    local_project: LocalProject,
) -> None:
    configure(local_project.project, orders=60, events=60)
    assert local_project.arqctl("plan", "dev", "--offline", "--out-dir", "plans")[0] == 0
    text = (local_project.root / "plans/dev.json").read_text()
    review = build_review([StackInput(read_plan(text, stack="dev", environment="dev", paths={}))])
    local_project.project.write("review.json", to_json(review))
    command = ("deploy", "dev", "--offline", "--approve", review.fingerprint, "--review-file", "review.json")
    configure(local_project.project, orders=60, events=90)
    code, _, stderr = local_project.arqctl(*command)
    assert code == 4
    assert "create aws_sqs_queue.events with different message_retention_seconds" in stderr
    configure(local_project.project, orders=60, events=60)
    assert local_project.arqctl(*command)[::2] == (0, "")

    configure(local_project.project, orders=120, events=60)
    reason = "queue is too short, ARQ-9"
    code, stdout, stderr = local_project.deploy("dev", "--offline", "--break-glass", reason)
    assert (code, stderr) == (0, "")
    assert "break-glass on 1 changed resources" in stdout
    assert tags(local_project) == {
        "orders": {"Name": "orders", "break-glass": "queue is too short- ARQ-9"},
        "events": {"Name": "events"},
    }
    code, stdout, _ = local_project.deploy("dev", "--offline")
    assert (code, "1 to update" in stdout) == (0, True)
    assert tags(local_project)["orders"] == {"Name": "orders"}
