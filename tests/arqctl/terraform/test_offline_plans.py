"""Plans without an account show what differs from the base, and say when they can't."""

import json
from collections import Counter
from pathlib import Path

import pytest

from arqctl.core.errors import InputError
from arqctl.terraform.offline_plans import OfflinePlans, offline_plans
from tests.arqctl.projects import Project
from tests.arqctl.terraform.aws_project import configure, project_in


@pytest.fixture
def head(tmp_path: Path) -> Project:
    return project_in(tmp_path / "head")


@pytest.fixture
def base(tmp_path: Path) -> Project:
    return project_in(tmp_path / "base")


def done(planned: OfflinePlans, stack: str) -> dict[str, int]:
    """How often a stack's plan does what."""
    rows = json.loads(planned.texts[stack]).get("resource_changes", [])
    return dict(Counter("-".join(row["change"]["actions"]) for row in rows))


@pytest.mark.slow
def test_a_plan_shows_what_differs_from_the_base(head: Project, base: Project) -> None:
    for name in ("dev", "staging"):
        configure(base, name, orders=60, events=60)
        configure(head, name, orders=60, events=60)
    configure(head, "dev", orders=90, events=60, fresh=60)
    said: list[str] = []
    planned = offline_plans(head.root, base.root, None, said.append)
    assert done(planned, "dev") == {"create": 1, "update": 1, "no-op": 1}
    assert planned.texts.keys() == {"dev"}
    assert (planned.unchanged, planned.base_faults) == (("staging",), {})
    assert "deploying dev as the base has it" in said
    for project in (head, base):
        assert not (project.root / ".arq").exists()


@pytest.mark.slow
def test_what_the_base_cannot_deploy_is_planned_from_nothing_and_said(head: Project, base: Project) -> None:
    for name in ("dev", "staging"):
        configure(base, name, orders=60)
        configure(head, name, orders=90)
    configure(base, "dev", orders=1)
    planned = offline_plans(head.root, base.root, None, lambda _: None)
    assert done(planned, "dev") == {"create": 1}
    assert done(planned, "staging") == {"update": 1}
    assert planned.base_faults.keys() == {"dev"}
    assert "message_retention_seconds" in planned.base_faults["dev"]


@pytest.mark.slow
def test_a_base_that_does_not_synthesize_is_said_of_every_environment(head: Project, base: Project) -> None:
    configure(head, "dev", orders=60)
    configure(base, "dev", orders=60)
    base.write("app.py", "raise SystemExit('no such module')")
    planned = offline_plans(head.root, base.root, ["dev"], lambda _: None)
    assert done(planned, "dev") == {"create": 1}
    assert "no such module" in planned.base_faults["dev"]


def test_equal_environments_need_no_plan_wherever_they_were_synthesized(head: Project, base: Project) -> None:
    for project in (head, base):
        configure(project, "dev", orders=60)
        file = project.root / "prepared/stacks/dev/cdk.tf.json"
        document = json.loads(file.read_text())
        document["terraform"]["backend"] = {"local": {"path": str(project.root / "dev.tfstate")}}
        file.write_text(json.dumps(document))
    planned = offline_plans(head.root, base.root, None, lambda _: None)
    assert planned == OfflinePlans({}, ("dev",))


def test_every_environment_that_is_not_there_is_named(head: Project) -> None:
    configure(head, "dev", orders=60)
    with pytest.raises(InputError) as caught:
        offline_plans(head.root, None, ["prod", "dev", "test"], lambda _: None)
    assert [problem.where for problem in caught.value.problems] == ["prod", "test"]
