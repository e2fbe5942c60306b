"""The scripts of the workflows do what they say, whatever `arqctl` ends with."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.workflows.reading import gitlab, scripts, step

FINGERPRINT = "0123456789abcdef"


def test_every_script_is_one_that_bash_can_read() -> None:
    for place, script in scripts():
        done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{place}: {done.stderr}"


class Runner:
    """Runs a script as the forge does, with an `arqctl` that ends as told and writes a review, or none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = folder / "output"
        (folder / ".venv/bin").mkdir(parents=True)

    def run(
        self, script: str, *, ends: int, review: object = None, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        (self.folder / "written.json").write_text(json.dumps(review))
        writes = "mkdir -p review && cp written.json review/review.json\n" if review is not None else ""
        arqctl = self.folder / ".venv/bin/arqctl"
        arqctl.write_text(f'#!/bin/sh\necho "$@" >>words\n{writes}exit {ends}\n')
        arqctl.chmod(0o755)
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.folder,
            env={
                "PATH": os.environ["PATH"],
                "ENVIRONMENT": "dev",
                "GITHUB_BASE_REF": "main",
                "GITHUB_OUTPUT": str(self.output),
                "RUNNER_TEMP": str(self.folder),
                "PLANS": str(self.folder / "plans"),
                "CI_MERGE_REQUEST_DIFF_BASE_SHA": "abc",
                **variables,
            },
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


@pytest.mark.parametrize(("ends", "changes"), [(0, "false"), (2, "true"), (3, "true")])
def test_a_plan_hands_on_what_was_reviewed_and_whether_there_is_anything_to_do(
    runner: Runner, ends: int, changes: str
) -> None:
    script = step("deploy-environment", "plan", "Review")["run"]
    done = runner.run(script, ends=ends, review={"fingerprint": FINGERPRINT})
    assert done.returncode == 0, done.stderr
    assert runner.output.read_text() == f"changes={changes}\nfingerprint={FINGERPRINT}\n"


@pytest.mark.parametrize("ends", [1, 4, 130])
def test_a_plan_that_policy_stops_or_that_fails_hands_on_nothing(runner: Runner, ends: int) -> None:
    script = step("deploy-environment", "plan", "Review")["run"]
    done = runner.run(script, ends=ends, review={"fingerprint": FINGERPRINT})
    assert done.returncode == ends
    assert not runner.output.exists()


@pytest.mark.parametrize("review", [None, {}, {"fingerprint": None}])
def test_a_plan_without_a_fingerprint_hands_on_nothing(runner: Runner, review: object) -> None:
    script = step("deploy-environment", "plan", "Review")["run"]
    assert runner.run(script, ends=2, review=review).returncode != 0
    assert not runner.output.exists()


REVIEWS = {
    "planned": step("review", "planned", "Review")["run"],
    "simulated": step("review", "simulated", "Review")["run"],
    "gitlab": "\n".join(gitlab()["review"]["script"]).rpartition("\n")[2],
    "gitlab simulated": "\n".join(gitlab()["review-simulated"]["script"]),
}


@pytest.mark.parametrize("name", REVIEWS)
@pytest.mark.parametrize(("ends", "passes"), [(0, True), (2, True), (3, True), (4, False), (1, False)])
def test_a_pull_request_fails_by_policy_or_fault_and_not_by_its_changes(
    runner: Runner, name: str, ends: int, passes: bool
) -> None:
    assert (runner.run(REVIEWS[name], ends=ends).returncode == 0) is passes
    (words,) = (runner.folder / "words").read_text().splitlines()
    assert words.startswith("review ")


@pytest.mark.parametrize(("variables", "posts"), [({}, False), ({"ARQ_GITLAB_TOKEN": "any"}, True)])
def test_gitlab_posts_where_it_has_a_token(runner: Runner, variables: dict[str, str], posts: bool) -> None:
    assert runner.run(REVIEWS["gitlab"], ends=0, **variables).returncode == 0
    assert ("--post" in (runner.folder / "words").read_text().split()) is posts


DRIFT = step("drift", "drift", "Fail where something changed outside of Terraform, and it matters")["run"]
DRIFTS = {"github": DRIFT, "gitlab": "\n".join(gitlab()[".drift"]["script"][1:])}
AWAY = {
    "stacks": [{"drift": []}, {"drift": [{"address": "aws_vpc.network"}, {"address": "aws_kms_key.key"}]}]
}
NONE: dict[str, object] = {"stacks": [{"drift": []}, {"drift": []}]}


@pytest.mark.parametrize("name", DRIFTS)
@pytest.mark.parametrize("ends", [0, 2, 3, 4])
def test_drift_that_matters_fails_and_is_named_whatever_else_would_change(
    runner: Runner, name: str, ends: int
) -> None:
    done = runner.run(DRIFTS[name], ends=ends, review=AWAY)
    assert done.returncode == 1
    assert "aws_vpc.network\naws_kms_key.key" in done.stdout + done.stderr
    assert runner.run(DRIFTS[name], ends=ends, review=NONE).returncode == 0


@pytest.mark.parametrize("name", DRIFTS)
@pytest.mark.parametrize(("ends", "review"), [(1, NONE), (2, None), (2, {"stacks": [{}]}), (2, {})])
def test_a_drift_check_that_could_not_look_fails(
    runner: Runner, name: str, ends: int, review: object
) -> None:
    assert runner.run(DRIFTS[name], ends=ends, review=review).returncode != 0


def test_gitlab_deploys_the_fingerprint_of_the_review(runner: Runner) -> None:
    (runner.folder / "review").mkdir()
    (runner.folder / "review/review.json").write_text(json.dumps({"fingerprint": FINGERPRINT}))
    done = runner.run("\n".join(gitlab()[".deploy"]["script"]), ends=0)
    assert done.returncode == 0, done.stderr
    words = (runner.folder / "words").read_text()
    assert words == f"deploy dev --approve {FINGERPRINT} --review-file review/review.json --yes\n"
