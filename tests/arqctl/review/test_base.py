"""The base: found where HEAD parted from it, judged by its own gate, and gone again without a trace."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from arqctl.core.errors import InputError
from arqctl.gate import Report
from arqctl.review.base import NotCompared, evaluate_base, base_told, base_worktree
from tests.arqctl.projects import HARMLESS, Project, make_app
from tests.arqctl.review.repository import Repository

FINDING = {
    "rule": "CKV_AWS_17",
    "severity": "HIGH",
    "address": "aws_db_instance.main",
    "path": "dev/database",
    "message": "is public",
    "stack": "dev",
}
ENVIRONMENT = {
    "stacks": ["dev"],
    "resources": 1,
    "passed": 2,
    "rules": 3,
    "findings": [FINDING],
    "unknown": [],
    "waived": [],
    "snapshot": "match",
    "snapshot_changes": [],
    "addresses": "kept",
}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "project")


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where temporary folders go: empty before and after each test."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


class TestWorktree:
    def test_the_base_is_where_head_parted_from_the_branch(self, repository: Repository) -> None:
        repository.commit(app__py="parted")
        repository.git("switch", "--quiet", "--create", "feature")
        repository.commit(app__py="feature")
        repository.git("switch", "--quiet", "main")
        repository.commit(app__py="what others merged since")
        repository.git("switch", "--quiet", "feature")
        with base_worktree(repository.root, "main") as base:
            assert (base / "app.py").read_text() == "parted"

    def test_a_commit_that_head_builds_on_is_taken_as_it_is(self, repository: Repository) -> None:
        old = repository.commit(app__py="old")
        repository.commit(app__py="new")
        with base_worktree(repository.root, old[:10]) as base:
            assert (base / "app.py").read_text() == "old"

    def test_so_is_one_that_shares_no_history(self, repository: Repository) -> None:
        repository.commit(app__py="main")
        repository.git("switch", "--quiet", "--orphan", "other")
        repository.commit(app__py="other")
        with base_worktree(repository.root, "main") as base:
            assert (base / "app.py").read_text() == "main"

    def test_a_project_in_a_folder_of_the_repository_is_given(self, repository: Repository) -> None:
        repository.commit(**{"infra/app.py": "here"})
        with base_worktree(repository.root / "infra", "main") as base:
            assert (base / "app.py").read_text() == "here"

    def test_what_the_user_has_stays_as_it_is(self, repository: Repository) -> None:
        repository.commit(app__py="committed", staged__py="")
        repository.write("app.py", "changed")
        repository.write("staged.py", "staged")
        repository.git("add", "staged.py")
        repository.write("new.py", "untracked")
        before = repository.state
        with base_worktree(repository.root, "main") as base:
            assert (base / "app.py").read_text() == "committed"
            (base / "left.py").write_text("what the base's app wrote")
        assert repository.state == before

    def test_the_repository_s_hooks_don_t_run(self, repository: Repository, tmp_path: Path) -> None:
        repository.commit(app__py="")
        hook = repository.write(".git/hooks/post-checkout", f"#!/bin/sh\ntouch {tmp_path}/ran\n")
        hook.chmod(0o755)
        with base_worktree(repository.root, "main"):
            assert not (tmp_path / "ran").exists()

    @pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt, SystemExit])
    def test_it_goes_whatever_happens(
        self, repository: Repository, failure: type[BaseException], scratch: Path
    ) -> None:
        repository.commit(app__py="")
        before = repository.state
        with pytest.raises(failure), base_worktree(repository.root, "main"):
            assert list(scratch.iterdir())
            raise failure
        assert repository.state == before

    def test_it_goes_when_its_folder_went_before(self, repository: Repository) -> None:
        repository.commit(app__py="")
        before = repository.state
        with base_worktree(repository.root, "main") as base:
            base.rename(base.with_name("elsewhere"))
        assert repository.state == before

    def test_it_goes_when_a_person_stops_the_program(self, repository: Repository, scratch: Path) -> None:
        repository.commit(app__py="")
        before = repository.state
        script = (
            "import pathlib, signal, sys, time\n"
            "from arqctl.review.base import base_worktree\n"
            # A shell has what it runs in the background ignore the signal.
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "with base_worktree(pathlib.Path(sys.argv[1]), 'main'):\n"
            "    print('ready', flush=True)\n"
            "    time.sleep(60)\n"
        )
        running = subprocess.Popen(
            [sys.executable, "-c", script, str(repository.root)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"TMPDIR": str(scratch)},
        )
        with running:
            assert running.stdout is not None
            assert running.stdout.readline() == b"ready\n"
            running.send_signal(signal.SIGINT)
        assert running.returncode == -signal.SIGINT
        assert repository.state == before


class TestRefusals:
    def test_a_folder_outside_of_git(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="git finds no repository here"), base_worktree(tmp_path, "main"):
            pytest.fail("There is nothing to give")

    @pytest.mark.parametrize("ref", ["nowhere", "--all", "main..nowhere", "", "main:app.py"])
    def test_a_ref_that_is_no_commit(self, repository: Repository, ref: str) -> None:
        repository.commit(app__py="")
        with (
            pytest.raises(InputError, match=r"is no commit that this clone has\. Name a branch") as raised,
            base_worktree(repository.root, ref),
        ):
            pytest.fail("There is nothing to give")
        assert repr(ref) in str(raised.value)

    def test_a_branch_that_only_the_remote_has(self, repository: Repository, tmp_path: Path) -> None:
        repository.commit(app__py="")
        repository.git("branch", "release")
        clone = tmp_path / "clone"
        repository.git("clone", "--quiet", str(repository.root), str(clone))
        with pytest.raises(InputError, match="Name it origin/release"), base_worktree(clone, "release"):
            pytest.fail("There is nothing to give")

    def test_a_clone_that_is_too_shallow(self, repository: Repository, tmp_path: Path) -> None:
        repository.commit(app__py="")
        repository.git("switch", "--quiet", "--create", "feature")
        repository.commit(app__py="feature")
        repository.git("switch", "--quiet", "main")
        repository.commit(app__py="main")
        clone = tmp_path / "clone"
        origin = f"file://{repository.root}"
        repository.git("clone", "--quiet", "--depth=1", "--no-single-branch", origin, str(clone))
        for ref in ("origin/feature", "0123456789"):
            with pytest.raises(InputError, match="fetch-depth: 0"), base_worktree(clone, ref):
                pytest.fail("There is nothing to give")

    def test_a_commit_that_git_can_t_check_out(self, repository: Repository) -> None:
        blob = repository.commit(app__py="lost") and repository.git("rev-parse", "HEAD:app.py")
        before = repository.state
        (repository.root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
        with (
            pytest.raises(InputError, match="git can't check it out"),
            base_worktree(repository.root, "main"),
        ):
            pytest.fail("There is nothing to give")
        assert repository.state == before


class TestReport:
    """Its own `arqctl` lies in the base's folder, so that a test says what it answers."""

    def base(self, folder: Path, answer: str) -> Path:
        (folder / "arqctl").mkdir(parents=True)
        (folder / "arqctl" / "__init__.py").touch()
        (folder / "arqctl" / "__main__.py").write_text(answer)
        (folder / "cdktf.json").write_text("{}")
        return folder

    def answering(self, folder: Path, document: object, code: int = 0) -> Path:
        text = json.dumps(document)
        return self.base(folder, f"import sys\nprint({text!r})\nsys.exit({code})\n")

    @pytest.mark.parametrize("code", [0, 4])
    def test_the_base_s_own_gate_is_asked(
        self, tmp_path: Path, code: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PYTHONSAFEPATH", "1")
        base = self.answering(tmp_path / "base", {"environments": {"dev": ENVIRONMENT}}, code)
        report = evaluate_base(base, tmp_path)
        assert isinstance(report, Report)
        assert [finding.rule for finding in report.environments["dev"].findings] == ["CKV_AWS_17"]

    def test_what_its_report_has_more_does_no_harm(self, tmp_path: Path) -> None:
        more = ENVIRONMENT | {"findings": [FINDING | {"line": 3}], "owner": "platform"}
        document = {"environments": {"dev": more}, "verdict": "violated", "version": 2}
        assert isinstance(evaluate_base(self.answering(tmp_path / "base", document), tmp_path), Report)

    @pytest.mark.parametrize(
        ("document", "reason"),
        [
            ({}, "environments: Field required"),
            ({"environments": {"dev": {**ENVIRONMENT, "findings": None}}}, "environments.dev.findings"),
            ([], "Input should be an object"),
        ],
    )
    def test_another_shape_is_not_compared(self, tmp_path: Path, document: object, reason: str) -> None:
        told = evaluate_base(self.answering(tmp_path / "base", document), tmp_path)
        assert isinstance(told, NotCompared)
        assert "has another shape" in told.reason
        assert reason in told.reason

    def test_what_is_no_json_is_not_compared(self, tmp_path: Path) -> None:
        told = evaluate_base(self.base(tmp_path / "base", "print('hello')"), tmp_path)
        assert isinstance(told, NotCompared)

    def test_a_failure_is_told_short_without_its_place_and_without_secrets(self, tmp_path: Path) -> None:
        base = self.base(
            tmp_path / "base",
            "import os, sys\n"
            "sys.stderr.write('arqctl: ' + os.getcwd() + ': it ended\\x1b[2J\\n')\n"
            "sys.stderr.write('DB_PASSWORD=hunter2hunter2\\n' + 'x' * 5000 + '\\nKeyError: zones\\n')\n"
            "sys.exit(2)\n",
        )
        told = evaluate_base(base, tmp_path)
        assert isinstance(told, NotCompared)
        assert told.reason.startswith("the base's gate ended with 2: arqctl: .: it ended")
        assert told.reason.endswith("KeyError: zones")
        assert len(told.reason) < 400
        assert [each for each in ("hunter2", "\x1b", "\n", str(tmp_path)) if each in told.reason] == []

    def test_a_base_without_the_project_is_not_compared(self, tmp_path: Path) -> None:
        assert base_told(tmp_path / "none") == (NotCompared("the base has no such project"), {})


def test_what_the_base_alone_has_keeps_its_path(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    project.stack("dev", HARMLESS)
    make_app(project)
    Repository(project.root).commit()
    with base_worktree(project.root, "HEAD") as base:
        _, paths = base_told(base)
    assert paths == {"dev": {"aws_placement_group.spread": "dev/spread/Default"}}


def test_a_base_that_does_not_synthesize_is_not_compared(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    project.stack("dev", HARMLESS)
    make_app(project, "raise SystemExit('DB_PASSWORD=hunter2hunter2 ' + __file__)")
    told, paths = base_told(project.root)
    assert isinstance(told, NotCompared)
    assert told.reason.startswith("the base doesn't synthesize: .: ")
    assert [each for each in ("hunter2", str(tmp_path)) if each in told.reason] == []
    assert paths == {}


def test_a_base_s_own_rules_and_snapshots_judge_it(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    project.stack("dev", HARMLESS)
    make_app(project)
    repository = Repository(project.root)
    repository.commit()
    project.write("prepared/stacks/dev/cdk.tf.json", "{")
    with base_worktree(repository.root, "HEAD") as base:
        report, _ = base_told(base)
    assert isinstance(report, Report)
    assert report.environments["dev"].snapshot == "missing"
    assert report.environments["dev"].findings == ()
