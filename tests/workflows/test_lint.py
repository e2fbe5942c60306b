"""Linters and published schemas accept the workflows."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workflows.workflow_loader import ACTIONS, GITHUB, GITLAB, ROOT, WORKFLOWS, read, steps

BIN = Path(sys.prefix) / "bin"
ACTIONLINT = (BIN / "actionlint", "-no-color", "-shellcheck=", "-pyflakes=")
ZIZMOR = (BIN / "zizmor", "--offline", "--no-ignores", "--persona=auditor", "--quiet")
INSECURE = """
on: pull_request_target
jobs:
  any:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v7
      - run: echo ${{ github.actr }}
"""


def lint(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_actionlint_finds_nothing() -> None:
    done = lint(*ACTIONLINT, *WORKFLOWS)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_zizmor_finds_nothing_as_an_auditor_without_ignores() -> None:
    done = lint(*ZIZMOR, GITHUB)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("linter", "finding"), [(ACTIONLINT, "actr"), (ZIZMOR, "dangerous-triggers")])
def test_linters_find_an_insecure_workflow(
    linter: tuple[str | Path, ...], finding: str, tmp_path: Path
) -> None:
    insecure = tmp_path / "insecure.yml"
    insecure.write_text(INSECURE)
    done = lint(*linter, insecure)
    assert done.returncode != 0
    assert finding in done.stdout


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        (["vendor.github-workflows"], WORKFLOWS),
        (["custom.github-workflows-require-timeout"], WORKFLOWS),
        (["vendor.github-actions"], ACTIONS),
        (["vendor.dependabot"], [GITHUB / "dependabot.yml"]),
        (["vendor.gitlab-ci", "--data-transform", "gitlab-ci"], [*GITLAB]),
    ],
    ids=lambda value: value[0] if isinstance(value[0], str) else "",
)
def test_each_file_matches_its_published_schema(schema: list[str], files: list[Path]) -> None:
    done = lint(BIN / "check-jsonschema", "--builtin-schema", *schema, *files)
    assert done.returncode == 0, done.stdout + done.stderr


def test_actions_and_images_are_pinned_by_hash_with_their_version() -> None:
    lines = [
        line
        for file in (*WORKFLOWS, *ACTIONS)
        for line in file.read_text().splitlines()
        if re.match(r"\s*(- )?uses: (?!\$/)", line)
    ]
    assert len(lines) >= 7
    pins = {re.sub(r"^\s*(- )?uses: ", "", line) for line in lines}
    assert [pin for pin in pins if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", pin)] == []
    actions = [pin.partition("@")[0] for pin in pins]
    assert sorted(actions) == sorted(set(actions)), "more than one version of an action"
    image = re.search(r"image: (\S+)", GITLAB[0].read_text())
    assert image is not None
    assert re.fullmatch(r"[\w.:-]+@sha256:[0-9a-f]{64}", image[1])


def test_own_actions_and_workflows_exist_and_get_their_inputs() -> None:
    calls = [(each["uses"], each.get("with", {})) for _, each in steps() if "uses" in each]
    calls += [
        (job["uses"], job.get("with", {}))
        for file in WORKFLOWS
        for job in read(file)["jobs"].values()
        if "uses" in job
    ]
    own = [(ROOT / path.removeprefix("$/"), given) for path, given in calls if path.startswith("$/")]
    assert len(own) >= 10
    for path, given in own:
        wanted = read(path)["on"]["workflow_call"] if path.is_file() else read(path / "action.yml")
        inputs = wanted.get("inputs", {})
        required = {name for name, each in inputs.items() if each.get("required")}
        assert required <= given.keys() <= inputs.keys(), path


def test_github_and_gitlab_use_the_same_terraform() -> None:
    on_github = next(
        each["with"]["terraform_version"] for _, each in steps() if "terraform@" in each.get("uses", "")
    )
    assert f"  TERRAFORM: {on_github}\n" in GITLAB[0].read_text()
