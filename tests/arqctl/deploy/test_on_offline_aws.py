"""The whole way on offline AWS, with real Terraform: plan, review, deploy; and an emergency."""

import json
from typing import Any

import pytest

from arqctl.offline.paths import OfflinePaths
from arqctl.plan.parser import read_plan
from arqctl.review.builder import StackInput, build_review
from arqctl.review.document import to_json
from tests.arqctl.terraform.aws_project import configure
from tests.arqctl.terraform.local_project import LocalProject


def tags(local: LocalProject) -> dict[str, Any]:
    state = json.loads(OfflinePaths.of_project(local.root).state("dev").read_text())
    instances = [each["instances"][0]["attributes"] for each in state["resources"]]
    return {each["name"]: each["tags"] for each in instances}


@pytest.mark.slow
def test_a_review_is_deployed_and_an_emergency_is_tagged_where_it_touches(local: LocalProject) -> None:
    configure(local.project, orders=60, events=60)
    assert local.arqctl("plan", "dev", "--offline", "--out-dir", "plans")[0] == 0
    text = (local.root / "plans/dev.json").read_text()
    review = build_review([StackInput(read_plan(text, stack="dev", environment="dev", paths={}))])
    local.project.write("review.json", to_json(review))
    words = ("deploy", "dev", "--offline", "--reviewed", review.fingerprint, "--review", "review.json")
    configure(local.project, orders=60, events=90)
    code, _, complaint = local.arqctl(*words)
    assert code == 4
    assert "create aws_sqs_queue.events with another message_retention_seconds" in complaint
    configure(local.project, orders=60, events=60)
    assert local.arqctl(*words)[::2] == (0, "")

    configure(local.project, orders=120, events=60)
    reason = "queue is too short, ARQ-9"
    code, said, complaint = local.arqctl("deploy", "dev", "--offline", "--break-glass", reason)
    assert (code, complaint) == (0, "")
    assert "break-glass on 1 of what changes" in said
    assert tags(local) == {
        "orders": {"Name": "orders", "break-glass": "queue is too short- ARQ-9"},
        "events": {"Name": "events"},
    }
    code, said, _ = local.arqctl("deploy", "dev", "--offline")
    assert (code, "1 to update" in said) == (0, True)
    assert tags(local)["orders"] == {"Name": "orders"}
