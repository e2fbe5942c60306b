"""The base is the merge base with HEAD, evaluated by its own gate in a temporary worktree."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from arqctl.core.assembly import Assembly
from arqctl.core.errors import InputError
from arqctl.core.synthesis import temporary_assembly
from arqctl.review.base import Base, EvaluationError, base_worktree, evaluate_base, run_base_gate
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
    "waivers": 0,
    "snapshot_changes": [],
    "addresses": "match",
}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "project")


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder for temporary files, which is empty before and after each test."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


class TestWorktree:
    def test_the_base_is_the_merge_base_with_the_branch(self, repository: Repository) -> None:
        repository.commit(app__py="merge base")
        repository.git("switch", "--quiet", "--create", "feature")
        repository.commit(app__py="feature")
        repository.git("switch", "--quiet", "main")
        repository.commit(app__py="merged by others")
        repository.git("switch", "--quiet", "feature")
        with base_worktree(repository.root, "main") as base:
            assert (base / "app.py").read_text() == "merge base"

    def test_an_ancestor_of_head_is_the_base_itself(self, repository: Repository) -> None:
        old = repository.commit(app__py="old")
        repository.commit(app__py="new")
        with base_worktree(repository.root, old[:10]) as base:
            assert (base / "app.py").read_text() == "old"

    def test_a_branch_without_common_history_is_the_base_itself(self, repository: Repository) -> None:
        repository.commit(app__py="main")
        repository.git("switch", "--quiet", "--orphan", "other")
        repository.commit(app__py="other")
        with base_worktree(repository.root, "main") as base:
            assert (base / "app.py").read_text() == "main"

    def test_the_project_can_be_a_subfolder_of_the_repository(self, repository: Repository) -> None:
        repository.commit(**{"infra/app.py": "here"})
        with base_worktree(repository.root / "infra", "main") as base:
            assert (base / "app.py").read_text() == "here"

    def test_the_users_checkout_does_not_change(self, repository: Repository) -> None:
        repository.commit(app__py="committed", staged__py="")
        repository.write("app.py", "changed")
        repository.write("staged.py", "staged")
        repository.git("add", "staged.py")
        repository.write("new.py", "untracked")
        before = repository.state
        with base_worktree(repository.root, "main") as base:
            assert (base / "app.py").read_text() == "committed"
            (base / "left.py").write_text("written by the base's app")
        assert repository.state == before

    def test_the_repositorys_hooks_do_not_run(self, repository: Repository, tmp_path: Path) -> None:
        repository.commit(app__py="")
        hook = repository.write(".git/hooks/post-checkout", f"#!/bin/sh\ntouch {tmp_path}/ran\n")
        hook.chmod(0o755)
        with base_worktree(repository.root, "main"):
            assert not (tmp_path / "ran").exists()

    @pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt, SystemExit])
    def test_the_worktree_is_removed_after_a_failure(
        self, repository: Repository, failure: type[BaseException], scratch: Path
    ) -> None:
        repository.commit(app__py="")
        before = repository.state
        with pytest.raises(failure), base_worktree(repository.root, "main"):
            assert list(scratch.iterdir())
            raise failure
        assert repository.state == before

    def test_the_worktree_is_removed_if_its_folder_is_gone(self, repository: Repository) -> None:
        repository.commit(app__py="")
        before = repository.state
        with base_worktree(repository.root, "main") as base:
            base.rename(base.with_name("elsewhere"))
        assert repository.state == before

    def test_the_worktree_is_removed_after_an_interrupt(self, repository: Repository, scratch: Path) -> None:
        repository.commit(app__py="")
        before = repository.state
        script = (
            "import pathlib, signal, sys, time\n"
            "from arqctl.review.base import base_worktree\n"
            # A shell's background processes ignore the signal by default.
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


class TestErrors:
    def test_a_folder_outside_of_git(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="git finds no repository here"), base_worktree(tmp_path, "main"):
            pytest.fail("There is no base")

    @pytest.mark.parametrize("ref", ["nowhere", "--all", "main..nowhere", "", "main:app.py"])
    def test_a_ref_that_is_no_commit(self, repository: Repository, ref: str) -> None:
        repository.commit(app__py="")
        with (
            pytest.raises(
                InputError, match=r"is no commit of this clone\. Name an existing branch"
            ) as raised,
            base_worktree(repository.root, ref),
        ):
            pytest.fail("There is no base")
        assert repr(ref) in str(raised.value)

    def test_a_branch_that_exists_only_on_the_remote(self, repository: Repository, tmp_path: Path) -> None:
        repository.commit(app__py="")
        repository.git("branch", "release")
        clone = tmp_path / "clone"
        repository.git("clone", "--quiet", str(repository.root), str(clone))
        with pytest.raises(InputError, match="Name it origin/release"), base_worktree(clone, "release"):
            pytest.fail("There is no base")

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
                pytest.fail("There is no base")

    def test_a_commit_that_git_cannot_check_out(self, repository: Repository) -> None:
        blob = repository.commit(app__py="lost") and repository.git("rev-parse", "HEAD:app.py")
        before = repository.state
        (repository.root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
        with (
            pytest.raises(InputError, match="git can't check it out"),
            base_worktree(repository.root, "main"),
        ):
            pytest.fail("There is no base")
        assert repository.state == before


class TestReport:
    """The base's folder has an `arqctl` package whose output the test chooses."""

    def base(self, folder: Path, script: str) -> Path:
        (folder / "arqctl").mkdir(parents=True)
        (folder / "arqctl" / "__init__.py").touch()
        (folder / "arqctl" / "__main__.py").write_text(script)
        (folder / "cdktf.json").write_text("{}")
        return folder

    def printing(self, folder: Path, document: object, code: int = 0) -> Path:
        text = json.dumps(document)
        return self.base(folder, f"import sys\nprint({text!r})\nsys.exit({code})\n")

    @pytest.mark.parametrize("code", [0, 4])
    def test_the_bases_own_gate_runs(
        self, tmp_path: Path, code: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PYTHONSAFEPATH", "1")
        base = self.printing(tmp_path / "base", {"version": 1, "environments": {"dev": ENVIRONMENT}}, code)
        report = run_base_gate(base, Assembly(tmp_path, ()))
        assert [finding.rule for finding in report.environments["dev"].findings] == ["CKV_AWS_17"]

    def test_additional_fields_of_its_report_are_ignored(self, tmp_path: Path) -> None:
        more = ENVIRONMENT | {"findings": [FINDING | {"line": 3}], "owner": "platform"}
        document = {"version": 1, "environments": {"dev": more}, "verdict": "fail", "duration": 2}
        assert run_base_gate(self.printing(tmp_path / "base", document), Assembly(tmp_path, ()))

    @pytest.mark.parametrize(
        ("document", "reason"),
        [
            ({}, "version: Field required"),
            ({"version": 2, "environments": {"dev": ENVIRONMENT}}, "version: Input should be 1"),
            ({"version": 1}, "environments: Field required"),
            (
                {"version": 1, "environments": {"dev": {**ENVIRONMENT, "findings": None}}},
                "environments.dev.findings",
            ),
            ([], "Input should be an object"),
        ],
    )
    def test_another_format_is_an_error(self, tmp_path: Path, document: object, reason: str) -> None:
        with pytest.raises(EvaluationError, match="has another format") as raised:
            run_base_gate(self.printing(tmp_path / "base", document), Assembly(tmp_path, ()))
        assert reason in str(raised.value)

    def test_output_that_is_not_json_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(EvaluationError):
            run_base_gate(self.base(tmp_path / "base", "print('hello')"), Assembly(tmp_path, ()))

    def test_an_error_is_short_and_has_no_folder_and_no_secret(self, tmp_path: Path) -> None:
        base = self.base(
            tmp_path / "base",
            "import os, sys\n"
            "sys.stderr.write('arqctl: ' + os.getcwd() + ': it ended\\x1b[2J\\n')\n"
            "sys.stderr.write('DB_PASSWORD=hunter2hunter2\\n' + 'x' * 5000 + '\\nKeyError: zones\\n')\n"
            "sys.exit(2)\n",
        )
        with pytest.raises(EvaluationError) as raised:
            run_base_gate(base, Assembly(tmp_path, ()))
        message = str(raised.value)
        assert message.startswith("the base's gate ended with 2: arqctl: .: it ended")
        assert message.endswith("KeyError: zones")
        assert len(message) < 400
        assert [each for each in ("hunter2", "\x1b", "\n", str(tmp_path)) if each in message] == []

    def test_a_base_without_the_project_has_no_report(self, tmp_path: Path) -> None:
        with evaluate_base(tmp_path / "none") as base:
            assert base == Base(problem="the base has no such project")


def test_the_base_has_construct_paths(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    project.stack("dev", HARMLESS)
    make_app(project)
    with temporary_assembly(project.root) as assembly:
        base = Base(assembly=assembly)
        assert base.construct_paths("dev") == {"aws_placement_group.spread": "dev/spread/Default"}
        assert base.construct_paths("production") == {}


def test_a_base_that_does_not_synthesize_has_a_problem_and_no_assembly(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    project.stack("dev", HARMLESS)
    make_app(project, "raise SystemExit('DB_PASSWORD=hunter2hunter2 ' + __file__)")
    with evaluate_base(project.root) as base:
        assert base.problem.startswith("the base doesn't synthesize: .: ")
        assert [each for each in ("hunter2", str(tmp_path)) if each in base.problem] == []
        assert (base.assembly, base.report) == (None, None)


def test_the_bases_own_rules_and_snapshots_evaluate_it(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    project.stack("dev", HARMLESS)
    make_app(project)
    repository = Repository(project.root)
    repository.commit()
    project.write("prepared/stacks/dev/cdk.tf.json", "{")
    with base_worktree(repository.root, "HEAD") as folder, evaluate_base(folder) as base:
        report = base.report
    assert report
    assert report.environments["dev"].snapshot == "missing"
    assert report.environments["dev"].findings == ()
