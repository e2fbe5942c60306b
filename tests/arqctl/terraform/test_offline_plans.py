"""Offline plans show the difference from the base, and report a base that can't be deployed."""

import json
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

from arqctl.core.errors import InputError
from arqctl.core.settings import Settings
from arqctl.core.synthesis import temporary_assembly
from arqctl.terraform.offline_plans import OfflinePlans, plan_offline
from tests.arqctl.projects import Project, make_app
from tests.arqctl.terraform.aws_project import AWS, configure, project_in


@pytest.fixture
def head(tmp_path: Path) -> Project:
    return project_in(tmp_path / "head")


@pytest.fixture
def base(tmp_path: Path) -> Project:
    return project_in(tmp_path / "base")


def plan(head: Project, base: Project | None, *environments: str) -> tuple[OfflinePlans, list[str]]:
    """Return the plans and the lines of progress."""
    lines: list[str] = []
    with ExitStack() as stack:
        synthesized = stack.enter_context(temporary_assembly(head.root))
        deployed = stack.enter_context(temporary_assembly(base.root)) if base else None
        files = [each for each in (synthesized, deployed) if each]
        before = [sorted(each.folder.rglob("*")) for each in files]
        planned = plan_offline(
            synthesized, deployed, environments, Settings.load(head.root).offline, lines.append
        )
        assert [sorted(each.folder.rglob("*")) for each in files] == before
    return planned, lines


def action_counts(planned: OfflinePlans, stack: str) -> dict[str, int]:
    rows = json.loads(planned.texts[stack]).get("resource_changes", [])
    return dict(Counter("-".join(row["change"]["actions"]) for row in rows))


@pytest.mark.slow
def test_a_plan_shows_the_difference_from_the_base(head: Project, base: Project) -> None:
    for name in ("dev", "staging"):
        configure(base, name, orders=60, events=60)
        configure(head, name, orders=60, events=60)
    configure(head, "dev", orders=90, events=60, fresh=60)
    planned, lines = plan(head, base)
    assert action_counts(planned, "dev") == {"create": 1, "update": 1, "no-op": 1}
    assert planned.texts.keys() == {"dev"}
    assert (planned.unchanged, planned.base_errors) == (("staging",), {})
    assert "deploying dev of the base" in lines
    for project in (head, base):
        assert not (project.root / ".arq").exists()


@pytest.mark.slow
def test_a_base_that_cannot_be_deployed_gives_a_plan_from_nothing_and_an_error(
    head: Project, base: Project
) -> None:
    for name in ("dev", "staging"):
        configure(base, name, orders=60)
        configure(head, name, orders=90)
    configure(base, "dev", orders=1)
    planned, _ = plan(head, base)
    assert action_counts(planned, "dev") == {"create": 1}
    assert action_counts(planned, "staging") == {"update": 1}
    assert planned.base_errors.keys() == {"dev"}
    assert "message_retention_seconds" in planned.base_errors["dev"]


@pytest.mark.slow
def test_a_stack_that_others_need_is_planned_and_deployed_first(head: Project) -> None:
    """The environment's stack looks up the role that the account stack creates."""
    head.write(
        "pyproject.toml",
        '[tool.arqctl.offline]\nexisting_roles = []\ndeploy_first = ["{environment}-account"]\n',
    )
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "ec2.amazonaws.com"},
    }
    role = {
        "name": "deployer",
        "assume_role_policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    }
    lookup = {"aws_iam_role": {"deployer": {"name": "deployer"}}}
    output = {"arn": {"value": "${data.aws_iam_role.deployer.arn}"}}
    queue = {"aws_sqs_queue": {"orders": {"name": "orders"}}}
    head.stack("dev", queue, data=lookup, output=output, **AWS)
    head.stack("dev-account", {"aws_iam_role": {"deployer": role}}, **AWS)
    make_app(head)
    planned, _ = plan(head, None)
    assert action_counts(planned, "dev-account") == {"create": 1}
    outputs = json.loads(planned.texts["dev"])["planned_values"]["outputs"]
    assert outputs["arn"]["value"] == "arn:aws:iam::000000000000:role/deployer"


def test_equal_environments_in_different_folders_need_no_plan(head: Project, base: Project) -> None:
    for project in (head, base):
        configure(project, "dev", orders=60)
        file = project.root / "prepared/stacks/dev/cdk.tf.json"
        document = json.loads(file.read_text())
        document["terraform"]["backend"] = {"local": {"path": str(project.root / "dev.tfstate")}}
        file.write_text(json.dumps(document))
    planned, _ = plan(head, base)
    assert planned == OfflinePlans({}, ("dev",))


@pytest.mark.slow
def test_a_stack_is_planned_with_the_outputs_of_the_stack_that_it_reads(head: Project) -> None:
    """The state is in S3, which offline AWS does not read."""
    name = "cross-stack-reference-input-dev"
    remote = {"backend": "s3", "config": {"bucket": "states", "key": "dev.tfstate", "region": "eu-west-1"}}
    url = f"${{data.terraform_remote_state.{name}.outputs.queue}}"
    queue = {"aws_sqs_queue": {"orders": {"name": "orders"}}}
    head.stack("dev", queue, output={"queue": {"value": "${aws_sqs_queue.orders.name}"}}, **AWS)
    parameter = {"aws_ssm_parameter": {"queue": {"name": "queue", "type": "String", "value": url}}}
    head.stack("dev-apps", parameter, data={"terraform_remote_state": {name: remote}}, **AWS)
    manifest = head.outdir / "manifest.json"
    document = json.loads(manifest.read_text())
    document["stacks"]["dev-apps"]["dependencies"] = ["dev"]
    manifest.write_text(json.dumps(document))
    make_app(head)
    planned, lines = plan(head, None, "dev-apps")
    assert planned.texts.keys() == {"dev", "dev-apps"}
    assert "deploying dev, which other stacks need" in lines
    [change] = json.loads(planned.texts["dev-apps"])["resource_changes"]
    assert change["change"]["after"]["value"] == "orders"


def test_every_unknown_environment_is_named(head: Project) -> None:
    configure(head, "dev", orders=60)
    with pytest.raises(InputError) as caught:
        plan(head, None, "prod", "dev", "test")
    assert [problem.where for problem in caught.value.problems] == ["prod", "test"]
