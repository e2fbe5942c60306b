"""What is found is told with the Python line behind it, where the app told that."""

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


def tell(project: Project, constructs: object, *, stack: str = "dev") -> None:
    project.write(
        f"cdktf.out/stacks/{stack}/sources.json", json.dumps({"version": 1, "constructs": constructs})
    )


def sources_file(project: Project) -> dict[str, list[str]]:
    sources = project.evaluated().sources
    return {path: [f"{each.file}:{each.line}" for each in lines] for path, lines in sources.items()}


def test_what_the_library_writes_is_what_the_gate_reads(project: Project) -> None:
    app = App(outdir=str(project.outdir))
    stack = TerraformStack(app, "dev")
    AwsProvider(stack, "aws", region="eu-west-1")
    S3Bucket(Construct(stack, "assets"), "Default")
    app.synth()
    [line] = sources_file(project)["dev/assets/Default"]
    file, _, number = line.rpartition(":")
    assert "S3Bucket(Construct" in (ROOT / file).read_text().splitlines()[int(number) - 1]


def test_findings_have_the_lines_behind_their_construct(project: Project) -> None:
    project.stack("dev", OPEN_DATABASE)
    tell(
        project,
        {"dev": ["app.py:3"], "dev/main/Default": ["app.py:7", "lib/database.py:70"], "dev/x": ["app.py:9"]},
    )
    assert sources_file(project)["dev/main/Default"] == ["app.py:7", "lib/database.py:70"]
    assert "dev/x" not in sources_file(project)


def test_what_is_not_told_has_the_line_of_what_it_is_part_of(project: Project) -> None:
    project.stack("dev", OPEN_DATABASE)
    tell(project, {"dev": ["app.py:3"], "dev/main": ["app.py:7"]})
    assert sources_file(project)["dev/main/Default"] == ["app.py:7"]
    assert source_of("dev/mainly/Default", {"dev/main": (SourceLocation(file="app.py", line=7),)}) == ()


def test_changes_of_a_snapshot_have_the_line_of_what_changed_or_of_the_stack(project: Project) -> None:
    project.stack("dev", HARMLESS)
    before = {"resource": {"aws_placement_group": {"gone": {"name": "gone"}}}}
    project.write("tests/snapshots/dev.json", json.dumps(before))
    tell(project, {"dev": ["app.py:3"], "dev/spread/Default": ["app.py:5"]})
    assert sources_file(project) == {
        "dev/aws_placement_group.gone": ["app.py:3"],
        "dev/aws_placement_group.spread": ["app.py:5"],
    }


def test_an_app_that_tells_nothing_is_judged_all_the_same(project: Project) -> None:
    project.stack("dev", OPEN_DATABASE)
    assert project.evaluated().findings
    assert sources_file(project) == {}


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
def test_a_file_that_tells_something_else_is_wrong_input(project: Project, text: str) -> None:
    project.stack("dev", HARMLESS)
    project.write("cdktf.out/stacks/dev/sources.json", text)
    with pytest.raises(InputError, match="Synthesize again"):
        project.evaluated()
