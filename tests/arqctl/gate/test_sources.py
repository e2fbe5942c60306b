"""Findings have source locations if the app recorded them."""

import json
from pathlib import Path

import pytest
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from constructs import Construct

from arqctl.core.errors import InputError
from arqctl.gate.report import SourceLocation
from arqctl.gate.sources import source_of
from tests.arqctl.projects import HARMLESS, OPEN_DATABASE, Project

ROOT = Path(__file__).parents[3]


def write_sources(project: Project, constructs: object, *, stack: str = "dev") -> None:
    project.write(
        f"cdktf.out/stacks/{stack}/sources.json", json.dumps({"version": 1, "constructs": constructs})
    )


def source_lines(project: Project) -> dict[str, list[str]]:
    sources = project.evaluated().sources
    return {path: [f"{each.file}:{each.line}" for each in lines] for path, lines in sources.items()}


def test_the_gate_reads_the_file_that_the_library_writes(project: Project) -> None:
    app = App(outdir=str(project.outdir))
    stack = TerraformStack(app, "dev")
    AwsProvider(stack, "aws", region="eu-west-1")
    S3Bucket(Construct(stack, "assets"), "Default")
    app.synth()
    [line] = source_lines(project)["dev/assets/Default"]
    file, _, number = line.rpartition(":")
    assert "S3Bucket(Construct" in (ROOT / file).read_text().splitlines()[int(number) - 1]


def test_findings_have_the_source_locations_of_their_construct(project: Project) -> None:
    project.stack("dev", OPEN_DATABASE)
    write_sources(
        project,
        {"dev": ["app.py:3"], "dev/main/Default": ["app.py:7", "lib/database.py:70"], "dev/x": ["app.py:9"]},
    )
    assert source_lines(project)["dev/main/Default"] == ["app.py:7", "lib/database.py:70"]
    assert "dev/x" not in source_lines(project)


def test_a_construct_without_a_location_has_that_of_its_nearest_ancestor(project: Project) -> None:
    project.stack("dev", OPEN_DATABASE)
    write_sources(project, {"dev": ["app.py:3"], "dev/main": ["app.py:7"]})
    assert source_lines(project)["dev/main/Default"] == ["app.py:7"]
    assert source_of("dev/mainly/Default", {"dev/main": (SourceLocation(file="app.py", line=7),)}) == ()


def test_a_snapshot_change_has_the_location_of_its_construct_or_stack(project: Project) -> None:
    project.stack("dev", HARMLESS)
    before = {"resource": {"aws_placement_group": {"gone": {"name": "gone"}}}}
    project.write("tests/snapshots/dev.json", json.dumps(before))
    write_sources(project, {"dev": ["app.py:3"], "dev/spread/Default": ["app.py:5"]})
    assert source_lines(project) == {
        "dev/aws_placement_group.gone": ["app.py:3"],
        "dev/aws_placement_group.spread": ["app.py:5"],
    }


def test_an_app_without_source_locations_is_evaluated(project: Project) -> None:
    project.stack("dev", OPEN_DATABASE)
    assert project.evaluated().findings
    assert source_lines(project) == {}


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"version": 1}',
        '{"version": 1, "constructs": {"dev": "app.py:3"}}',
        '{"version": 1, "constructs": {"dev": ["app.py"]}}',
        '{"version": 1, "constructs": {"dev": ["app.py:0"]}}',
    ],
)
def test_an_invalid_file_is_invalid_input(project: Project, text: str) -> None:
    project.stack("dev", HARMLESS)
    project.write("cdktf.out/stacks/dev/sources.json", text)
    with pytest.raises(InputError, match="Synthesize again"):
        project.evaluated()
