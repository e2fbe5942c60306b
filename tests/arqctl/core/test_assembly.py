"""Reading of assemblies: blocks, environments, faults and moved addresses."""

import json

import pytest

from arqctl.core.assembly import read_assembly, select_own_stacks, select_stacks
from arqctl.core.errors import InputError
from tests.arqctl.projects import Project


def test_blocks_have_address_and_construct_path(project: Project) -> None:
    project.stack(
        "dev",
        {"aws_vpc": {"main": {"cidr_block": "10.0.0.0/16"}}},
        data={"aws_caller_identity": {"me": {}}},
    )
    [stack] = read_assembly(project.outdir)
    assert {(block.address, block.path) for block in stack.blocks.values()} == {
        ("aws_vpc.main", "dev/main/Default"),
        ("data.aws_caller_identity.me", "dev/data.aws_caller_identity.me"),
    }
    assert [block.address for block in stack.resources] == ["aws_vpc.main"]
    assert stack.blocks["aws_vpc.main"].body == {"cidr_block": "10.0.0.0/16"}


def test_a_stack_belongs_to_the_environment_that_its_name_begins_with(project: Project) -> None:
    for name in ("production", "production-platform", "staging-eu"):
        project.stack(name)
    environments = {stack.name: stack.environment for stack in read_assembly(project.outdir)}
    assert environments == {
        "production": "production",
        "production-platform": "production",
        "staging-eu": "staging-eu",
    }


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"locals": {"a": "\\ud800"}}',
        '{"resource": []}',
        '{"resource": {"aws_vpc": []}}',
        '{"data": {"aws_vpc": {"a": 1}}}',
    ],
)
def test_a_stack_that_is_not_terraform_json_has_a_fault(project: Project, text: str) -> None:
    project.raw("dev", text)
    [stack] = read_assembly(project.outdir)
    assert stack.fault
    assert not stack.blocks


def test_a_stack_whose_file_is_missing_has_a_fault(project: Project) -> None:
    project.stack("dev").unlink()
    assert read_assembly(project.outdir)[0].fault


@pytest.mark.parametrize("manifest", [None, "{", "[]", "{}", json.dumps({"stacks": {}})])
def test_a_folder_without_a_valid_manifest_is_an_input_error(project: Project, manifest: str | None) -> None:
    if manifest is not None:
        project.write("cdktf.out/manifest.json", manifest)
    with pytest.raises(InputError, match="cdktf synth"):
        read_assembly(project.outdir)


def test_an_address_is_moved_only_if_the_new_address_exists(project: Project) -> None:
    moves = [
        {"from": "aws_vpc.old", "to": "aws_vpc.main"},
        {"from": "aws_vpc.older", "to": "aws_vpc.nowhere"},
    ]
    project.stack("dev", {"aws_vpc": {"main": {}}}, moved=moves)
    assert read_assembly(project.outdir)[0].moved_from == {"aws_vpc.old"}


def test_the_stacks_of_an_environment_keep_their_order(project: Project) -> None:
    for name in ("production-platform", "dev", "production"):
        project.stack(name)
    chosen = select_stacks(read_assembly(project.outdir), "production")
    assert [stack.name for stack in chosen] == ["production-platform", "production"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("live", ["live-account", "live", "live-platform"]),
        ("live-standby", ["live-standby", "live-standby-platform"]),
        ("live-standby-platform", ["live-standby-platform"]),
    ],
)
def test_a_standby_has_stacks_of_its_own(name: str, expected: list[str], project: Project) -> None:
    for each in ("live-account", "live", "live-platform", "live-standby", "live-standby-platform", "other"):
        project.stack(each)
    chosen = select_own_stacks(read_assembly(project.outdir), name)
    assert [stack.name for stack in chosen] == expected


def test_an_unknown_environment_is_an_input_error_that_lists_the_known_ones(
    project: Project,
) -> None:
    for name in ("production", "dev"):
        project.stack(name)
    with pytest.raises(InputError) as raised:
        select_stacks(read_assembly(project.outdir), "prod")
    (problem,) = raised.value.problems
    assert (problem.where, problem.fix) == ("prod", "Choose from dev, production")


def test_all_faults_of_the_environment_are_reported_and_no_others(project: Project) -> None:
    for name in ("dev", "dev-platform", "production"):
        project.raw(name, "{")
    with pytest.raises(InputError) as raised:
        select_stacks(read_assembly(project.outdir), "dev")
    files = [problem.where for problem in raised.value.problems]
    assert [file.split("/")[-2] for file in files] == ["dev", "dev-platform"]
