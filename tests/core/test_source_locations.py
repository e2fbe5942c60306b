"""Tests the source locations that are written beside each stack."""

import gc
import json
import subprocess
import sys
from inspect import currentframe
from pathlib import Path

import pytest
from cdktf import App, TerraformLocal, TerraformStack
from constructs import Construct

from constructs_arq.core import source_locations
from constructs_arq.core.stack import Stack
from constructs_arq.security.key import Key
from tests.support import STACK

HERE = "tests/core/test_source_locations.py"


def line(offset: int = 0) -> str:
    """Return the caller's location, moved by some lines."""
    frame = currentframe()
    assert frame is not None
    assert frame.f_back is not None
    return f"{HERE}:{frame.f_back.f_lineno + offset}"


def locations(app: App, stack: str = "test") -> dict[str, list[str]]:
    app.synth()
    text = (Path(app.outdir) / "stacks" / stack / source_locations.FILE_NAME).read_text()
    document = json.loads(text)
    assert document["version"] == 1
    lines: dict[str, list[str]] = document["constructs"]
    return lines


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App(outdir=str(tmp_path))


def test_each_construct_has_its_source_location(app: App) -> None:
    stack, made = TerraformStack(app, "test"), line()
    TerraformLocal(Construct(stack, "inner"), "Default", 1)
    inner = line(-1)
    assert locations(app) == {"test": [made], "test/inner": [inner], "test/inner/Default": [inner]}


def test_a_call_over_several_lines_has_its_first_line(app: App) -> None:
    stack, first = TerraformStack(app, "test"), line(1)
    TerraformLocal(
        stack,
        "key",
        1,
    )
    assert locations(app)["test/key"] == [first]


def test_a_child_made_by_the_library_has_the_projects_line_and_the_librarys(app: App) -> None:
    stack = Stack(app, "test", config=STACK)
    Key(stack, "key", description="a test")
    expected = line(-1)
    lines = locations(app)
    assert lines["test/key"] == [expected]
    projects, librarys = lines["test/key/Default"]
    assert projects == expected
    assert librarys.startswith("constructs_arq/security/key.py:")


class Service(Construct):
    """A construct of the project."""

    made: str

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        TerraformLocal(self, "Default", 1)
        self.made = line(-1)


def test_a_project_construct_has_its_callers_line_and_its_children_their_own(app: App) -> None:
    service = Service(TerraformStack(app, "test"), "service")
    lines = locations(app)
    assert lines["test/service"] == [line(-2)]
    assert lines["test/service/Default"] == [service.made]


@pytest.mark.slow
def test_a_garbage_collected_construct_is_found_again(app: App) -> None:
    stack = TerraformStack(app, "test")
    Construct(stack, "inner")
    gc.collect()
    TerraformLocal(stack.node.find_child("inner"), "Default", 1)  # type: ignore[arg-type]  # typed as an interface
    assert locations(app)["test/inner/Default"] == [line(-1)]


def test_slashes_in_ids_are_replaced_as_in_paths(app: App) -> None:
    stack = TerraformStack(app, "test")
    inner = Construct(stack, "a/b")
    assert inner.node.path in locations(app)


def test_apps_and_stacks_are_kept_separate(app: App, tmp_path: Path) -> None:
    other = App(outdir=str(tmp_path / "other"))
    for each, name in ((app, "test"), (app, "test-too"), (other, "test")):
        Construct(TerraformStack(each, name), f"of-{name}")
    assert locations(app).keys() == {"test", "test/of-test"}
    assert locations(app, "test-too").keys() == {"test-too", "test-too/of-test-too"}
    assert locations(other).keys() == {"test", "test/of-test"}


def test_no_temporary_file_remains(app: App) -> None:
    TerraformStack(app, "test")
    locations(app)
    names = {file.name for file in (Path(app.outdir) / "stacks" / "test").iterdir()}
    assert names == {"cdk.tf.json", source_locations.FILE_NAME}


def test_only_project_files_are_recorded() -> None:
    files = source_locations._Files(Path("/project"))
    names = {
        name: files[name].name if files[name] else None  # type: ignore[union-attr]  # asked for just before
        for name in (
            "/project/main.py",
            "/project/stacks/network.py",
            "/project/.venv/lib/python3.11/site-packages/mine/part.py",
            "/usr/lib/python3/dist-packages/mine/part.py",
            "/elsewhere/main.py",
            "/projects/main.py",
            "<string>",
        )
    }
    assert [name for name in names.values() if name] == ["main.py", "stacks/network.py"]


def test_links_to_the_project_are_resolved(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "main.py").touch()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    file = source_locations._Files(tmp_path / "real")[str(tmp_path / "link" / "main.py")]
    assert file is not None
    assert file.name == "main.py"


PROJECT = """
from constructs_arq import App, Key, Stack, StackConfig
app = App(outdir="cdktf.out")
stack = Stack(app, "test", config=StackConfig.model_validate_json({config!r}))
Key(stack, "key", description="a test")
app.synth()
"""


@pytest.mark.slow
def test_locations_are_relative_to_the_project_folder(tmp_path: Path) -> None:
    (tmp_path / "cdktf.json").write_text("{}")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "main.py").write_text(PROJECT.format(config=STACK.model_dump_json()))
    subprocess.run([sys.executable, "main.py"], cwd=tmp_path / "app", check=True)
    text = (tmp_path / "app" / "cdktf.out/stacks/test" / source_locations.FILE_NAME).read_text()
    lines = json.loads(text)["constructs"]
    assert lines["test"] == ["app/main.py:4"]
    assert lines["test/key/Default"] == ["app/main.py:5"]
    assert str(tmp_path) not in text
