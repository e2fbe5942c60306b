"""Selection of an environment's stacks, and their order."""

from pathlib import Path

import pytest

from arqctl.core.assembly import Stack
from arqctl.core.errors import InputError
from arqctl.core.synthesis import synthesize
from arqctl.terraform.stacks import select_deployable_stacks
from tests.arqctl.terraform.local_project import LocalProject


def names(stacks: tuple[Stack, ...]) -> list[str]:
    return [stack.name for stack in stacks]


@pytest.fixture
def stacks(local_project: LocalProject, tmp_path: Path) -> tuple[Stack, ...]:
    """Return stacks whose dependency order differs from the order of their names."""
    local_project.write_stacks(dev="1", dev_apps="2", dev_core="3", dev_bootstrap="4", staging="5")
    local_project.set_dependency("dev-core", "dev")
    local_project.set_dependency("dev-apps", "dev-core")
    return synthesize(local_project.root, tmp_path / "out").in_deployment_order


def test_dependent_stacks_come_after_the_environment(stacks: tuple[Stack, ...]) -> None:
    assert names(select_deployable_stacks(stacks, ["dev"])) == ["dev", "dev-core", "dev-apps"]


def test_a_single_stack_can_be_selected(stacks: tuple[Stack, ...]) -> None:
    assert names(select_deployable_stacks(stacks, ["dev-bootstrap"])) == ["dev-bootstrap"]
    assert names(select_deployable_stacks(stacks, ["dev-apps"])) == ["dev-apps"]


def test_a_separate_stack_is_selected_by_its_own_name_only(stacks: tuple[Stack, ...]) -> None:
    separate = ["{environment}-apps"]
    assert names(select_deployable_stacks(stacks, ["dev"], separate=separate)) == ["dev", "dev-core"]
    both = select_deployable_stacks(stacks, ["dev", "dev-apps"], separate=separate)
    assert names(both) == ["dev", "dev-core", "dev-apps"]


def test_several_environments_are_selected_together(stacks: tuple[Stack, ...]) -> None:
    selected = names(select_deployable_stacks(stacks, ["staging", "dev", "dev"]))
    assert sorted(selected) == ["dev", "dev-apps", "dev-core", "staging"]


def test_all_unknown_names_are_listed(stacks: tuple[Stack, ...]) -> None:
    with pytest.raises(InputError) as caught:
        select_deployable_stacks(stacks, ["prod", "dev", "test"])
    assert [problem.where for problem in caught.value.problems] == ["prod", "test"]
    assert caught.value.problems[0].fix == "Choose from dev, staging"
