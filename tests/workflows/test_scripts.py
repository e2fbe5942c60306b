"""The workflows' scripts handle every exit code of `arqctl`."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from constructs_arq.storage.image_repository import ImageRepositoryConfig
from tests.workflows.script_runner import Runner
from tests.workflows.workflow_loader import (
    GITHUB,
    action_step,
    gitlab_script,
    scripts,
    step,
    workflow,
)

FINGERPRINT = "0123456789abcdef"


def test_bash_parses_every_script() -> None:
    for place, script in scripts():
        done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{place}: {done.stderr}"


@pytest.mark.parametrize(("code", "changes"), [(0, "false"), (2, "true"), (3, "true")])
def test_the_plan_job_outputs_the_fingerprint_and_whether_there_are_changes(
    runner: Runner, code: int, changes: str
) -> None:
    script = step("deploy-environment", "plan", "Review")["run"]
    done = runner.run(script, code=code, review={"fingerprint": FINGERPRINT})
    assert done.returncode == 0, done.stderr
    assert runner.output.read_text() == f"changes={changes}\nfingerprint={FINGERPRINT}\n"


@pytest.mark.parametrize("code", [1, 4, 130])
def test_the_plan_job_outputs_nothing_after_policy_findings_or_errors(runner: Runner, code: int) -> None:
    script = step("deploy-environment", "plan", "Review")["run"]
    done = runner.run(script, code=code, review={"fingerprint": FINGERPRINT})
    assert done.returncode == code
    assert not runner.output.exists()


@pytest.mark.parametrize("review", [None, {}, {"fingerprint": None}])
def test_the_plan_job_outputs_nothing_without_a_fingerprint(runner: Runner, review: object) -> None:
    script = step("deploy-environment", "plan", "Review")["run"]
    assert runner.run(script, code=2, review=review).returncode != 0
    assert not runner.output.exists()


REVIEWS = {
    "planned": step("review", "planned", "Review")["run"],
    "simulated": step("review", "simulated", "Review")["run"],
    "gitlab": gitlab_script("review").rpartition("\n")[2],
    "gitlab simulated": gitlab_script("review-simulated"),
}


@pytest.mark.parametrize("name", REVIEWS)
@pytest.mark.parametrize(("code", "passes"), [(0, True), (2, True), (3, True), (4, False), (1, False)])
def test_a_review_fails_on_policy_findings_and_errors_but_not_on_changes(
    runner: Runner, name: str, code: int, passes: bool
) -> None:
    assert (runner.run(REVIEWS[name], code=code).returncode == 0) is passes
    (arguments,) = (runner.folder / "arguments").read_text().splitlines()
    assert arguments.startswith("review ")


@pytest.mark.parametrize(("variables", "posts"), [({}, False), ({"ARQ_GITLAB_TOKEN": "any"}, True)])
def test_gitlab_posts_a_comment_if_it_has_a_token(
    runner: Runner, variables: dict[str, str], posts: bool
) -> None:
    assert runner.run(REVIEWS["gitlab"], code=0, **variables).returncode == 0
    assert ("--post" in (runner.folder / "arguments").read_text().split()) is posts


DRIFT = step("drift", "drift", "Fail on relevant changes made outside Terraform")["run"]
CLUSTER_DRIFT = step("cluster-audit", "drift", "Fail on relevant changes made outside Terraform")["run"]
GITLAB_DRIFTS = {
    job: f".venv/bin/arqctl review{gitlab_script(job).partition('.venv/bin/arqctl review')[2]}"
    for job in ("drift", ".drift-cluster")
}
DRIFTS = {"github": DRIFT, "cluster": CLUSTER_DRIFT, **GITLAB_DRIFTS}
DRIFTED = {
    "stacks": [
        {"stack": "one", "drift": []},
        {"stack": "two", "drift": [{"address": "aws_vpc.network"}, {"address": "aws_kms_key.key"}]},
    ]
}
UNCHANGED: dict[str, object] = {"stacks": [{"stack": "one", "drift": []}, {"stack": "two", "drift": []}]}


@pytest.mark.parametrize("name", DRIFTS)
@pytest.mark.parametrize("code", [0, 2, 3, 4])
def test_relevant_drift_fails_and_is_listed_for_every_verdict(runner: Runner, name: str, code: int) -> None:
    done = runner.run(DRIFTS[name], code=code, review=DRIFTED)
    assert done.returncode == 1
    output = done.stdout + done.stderr
    prefix = "two: " if name in GITLAB_DRIFTS else ""
    assert f"\n{prefix}aws_vpc.network\n{prefix}aws_kms_key.key\n" in output
    assert runner.run(DRIFTS[name], code=code, review=UNCHANGED).returncode == 0


@pytest.mark.parametrize("name", DRIFTS)
@pytest.mark.parametrize(("code", "review"), [(1, UNCHANGED), (2, None), (2, {"stacks": [{}]}), (2, {})])
def test_a_drift_check_without_a_review_fails(runner: Runner, name: str, code: int, review: object) -> None:
    assert runner.run(DRIFTS[name], code=code, review=review).returncode != 0


def test_gitlab_deploys_the_fingerprint_of_the_review(runner: Runner) -> None:
    (runner.folder / "review").mkdir()
    (runner.folder / "review/review.json").write_text(json.dumps({"fingerprint": FINGERPRINT}))
    done = runner.run(gitlab_script(".deploy"), code=0)
    assert done.returncode == 0, done.stderr
    arguments = (runner.folder / "arguments").read_text()
    assert arguments == (
        f"deploy dev --approve {FINGERPRINT} --review-file review/review.json --timeout-minutes 150 --yes\n"
    )


def test_gitlab_plans_every_environment_with_its_own_role(runner: Runner) -> None:
    done = runner.run(gitlab_script(".plan-all"), code=0, LIST="one arn:one\ntwo-b arn:two\n")
    assert done.returncode == 0, done.stderr
    assert (runner.folder / "arguments").read_text().splitlines() == [
        "environments --role plan",
        f"plan one --out-dir {runner.folder}/plans as arn:one",
        f"plan two-b --out-dir {runner.folder}/plans as arn:two",
    ]


def test_gitlab_plans_nothing_if_the_environments_cannot_be_listed(runner: Runner) -> None:
    assert runner.run(gitlab_script(".plan-all"), code=2).returncode == 2
    assert runner.run(gitlab_script(".plan-all"), code=0, LIST="").returncode == 1


@pytest.mark.parametrize(("broken", "code"), [("none", 0), ("one", 1), ("two-b", 1)])
def test_gitlab_finds_missing_subscribers_and_keys_of_every_environment(
    runner: Runner, broken: str, code: int
) -> None:
    extra = f'if [ "$1 $2" = "doctor {broken}" ]; then exit 2; fi'
    done = runner.run(gitlab_script("doctor"), code=0, extra=extra, LIST="one arn:one\ntwo-b arn:two\n")
    assert done.returncode == code, done.stderr
    assert runner.calls == [
        "environments --role plan",
        "doctor one --aws as arn:one",
        "doctor two-b --aws as arn:two",
    ]


def test_gitlab_examines_nothing_if_the_environments_cannot_be_listed(runner: Runner) -> None:
    assert runner.run(gitlab_script("doctor"), code=2).returncode == 2
    assert runner.run(gitlab_script("doctor"), code=0, LIST="").returncode == 1


PLAN = action_step("plan", "Plan")["run"]


def test_github_plans_every_environment_with_its_own_role(runner: Runner) -> None:
    config = runner.folder / "aws-config"
    variables = {
        "ENVIRONMENTS": '["one", "two-b"]',
        "LIST": json.dumps({"one": "arn:one", "two-b": "arn:two"}),
        "CREDENTIALS": "credentials.sh",
        "AWS_CONFIG_FILE": str(config),
    }
    done = runner.run(PLAN, code=0, **variables)
    assert done.returncode == 0, done.stderr
    plans = f"--out-dir {runner.folder}/plans"
    assert (runner.folder / "arguments").read_text().splitlines() == [
        "environments --role plan --format json",
        f"plan one {plans}",
        f"plan two-b {plans}",
    ]
    assert config.read_text() == "[default]\ncredential_process = credentials.sh arn:two plan 3600\n"


def test_github_fails_without_a_role(runner: Runner) -> None:
    done = runner.run(PLAN, code=0, ENVIRONMENTS='["one"]', LIST='{"two": "arn:two"}')
    assert done.returncode != 0


def test_github_deploys_the_fingerprint_of_the_review(runner: Runner) -> None:
    script = step("deploy-environment", "deploy", "Deploy the reviewed plan")["run"]
    assert runner.run(script, code=0, FINGERPRINT=FINGERPRINT).returncode == 0
    arguments = (runner.folder / "arguments").read_text()
    assert arguments == (
        f"deploy dev --approve {FINGERPRINT} --review-file review/review.json --timeout-minutes 150 --yes\n"
    )


def test_a_cancelled_or_slow_deployment_can_save_its_state() -> None:
    """GitHub signals only the step's first process, and kills it at the limit of the step."""
    deployment = step("deploy-environment", "deploy", "Deploy the reviewed plan")
    (command,) = deployment["run"].replace("\\\n", " ").splitlines()
    assert command.startswith("exec ")
    minutes = int(command.partition("--timeout-minutes ")[2].split()[0])
    assert minutes + 30 <= deployment["timeout-minutes"]


ROLE = action_step("role", "Find the role")["run"]


def test_github_finds_the_role_of_the_environment(runner: Runner) -> None:
    config = runner.folder / "aws-config"
    variables = {"ROLE": "publish", "CREDENTIALS": "credentials.sh", "SECONDS_OF_SESSION": "3600"}
    done = runner.run(ROLE, code=0, LIST='{"dev": "arn:dev"}', AWS_CONFIG_FILE=str(config), **variables)
    assert done.returncode == 0, done.stderr
    assert (runner.folder / "arguments").read_text() == "environments --role publish --format json\n"
    assert config.read_text() == "[default]\ncredential_process = credentials.sh arn:dev publish 3600\n"


def test_github_fails_without_the_role_of_the_environment(runner: Runner) -> None:
    config = runner.folder / "aws-config"
    variables = {"ROLE": "publish", "CREDENTIALS": "credentials.sh", "SECONDS_OF_SESSION": "3600"}
    assert runner.run(ROLE, code=0, LIST="{}", AWS_CONFIG_FILE=str(config), **variables).returncode != 0
    assert not config.exists()


@pytest.mark.parametrize("environments", ["[]", "", "nonsense"])
def test_github_fails_without_environments(runner: Runner, environments: str) -> None:
    assert runner.run(PLAN, code=0, ENVIRONMENTS=environments, LIST="{}").returncode != 0


def test_github_lists_the_environments_for_the_matrix(runner: Runner) -> None:
    script = step("environments", "list", "List the environments")["run"]
    done = runner.run(script, code=0, LIST='["one"]')
    assert done.returncode == 0, done.stderr
    names = ("all", "protected", "unprotected", "clusters")
    assert runner.output.read_text() == "".join(f'{name}=["one"]\n' for name in names)
    assert (runner.folder / "arguments").read_text().splitlines() == [
        "environments --format json",
        "environments --format json --protected",
        "environments --format json --unprotected",
        "environments --format json --clusters",
    ]


def run_credentials(folder: Path, *, curl: str, aws: str) -> subprocess.CompletedProcess[str]:
    """Run the credential process with fake programs."""
    for name, script in (("curl", curl), ("aws", aws)):
        program = folder / name
        program.write_text(f'#!/bin/sh\necho "$@" >>"{folder}/{name}.log"\n{script}\n')
        program.chmod(0o755)
    return subprocess.run(
        [GITHUB / "actions/plan/credentials.sh", "arn:role", "plan", "3600"],
        env={
            "PATH": f"{folder}:{os.environ['PATH']}",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "request",
            "ACTIONS_ID_TOKEN_REQUEST_URL": "https://github.example/token?api=1",
            "AWS_REGION": "eu-west-1",
            "GITHUB_RUN_ID": "7",
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_credentials_of_the_role_are_printed_for_the_aws_sdk(tmp_path: Path) -> None:
    credentials = {
        "AccessKeyId": "id",
        "SecretAccessKey": "key",
        "SessionToken": "token",
        "Expiration": "soon",
    }
    answer = json.dumps({"Credentials": credentials, "AssumedRoleUser": {}})
    done = run_credentials(tmp_path, curl='echo \'{"value": "jwt"}\'', aws=f"echo '{answer}'")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {**credentials, "Version": 1}
    assert (
        "https://github.example/token?api=1&audience=sts.amazonaws.com" in (tmp_path / "curl.log").read_text()
    )
    arguments = (tmp_path / "aws.log").read_text().split()
    assert {"--role-arn", "arn:role", "--web-identity-token", "jwt", "plan-7", "3600"} <= set(arguments)


@pytest.mark.parametrize(
    ("curl", "aws"),
    [("exit 22", "echo '{}'"), ("echo '{}'", "echo '{}'"), ('echo \'{"value": "jwt"}\'', "exit 254")],
)
def test_failed_credentials_are_an_error(curl: str, aws: str, tmp_path: Path) -> None:
    assert run_credentials(tmp_path, curl=curl, aws=aws).returncode != 0


_IMAGE_SCRIPTS = {
    "github": step("publish", "image", "Push the image")["run"],
    "gitlab": gitlab_script(".publish-image"),
}
# Only the lines before the first call of a package manager.
_GITLAB_TAG = _IMAGE_SCRIPTS["gitlab"].partition("apt-get")[0]


def image_tag(runner: Runner, folder: str) -> subprocess.CompletedProcess[str]:
    variables = {"IMAGE": folder, "CI_COMMIT_SHA": "abc", "LIST": "dev arn:dev\n"}
    return runner.run(f'{_GITLAB_TAG}\nprintf "%s" "$tag"', code=0, **variables)


def test_images_of_one_commit_have_different_tags_on_gitlab(runner: Runner) -> None:
    folders = {"api": "api", "web": "web", "services/api": "services.api", "services-api": "services-api"}
    for folder, name in folders.items():
        done = image_tag(runner, folder)
        assert done.returncode == 0, done.stderr
        assert done.stdout.endswith(f"release-{name}-abc")
    assert len(set(folders.values())) == len(folders)


@pytest.mark.parametrize("folder", ["", ".", "./api", "../api", "api/", "API", "a b", "a;b", "a.b"])
def test_a_folder_that_is_no_part_of_a_tag_is_refused_on_gitlab(runner: Runner, folder: str) -> None:
    done = image_tag(runner, folder)
    assert done.returncode == 1
    assert f"The folder {folder} has other characters" in done.stderr


def test_tags_of_published_images_never_expire() -> None:
    prefixes = ImageRepositoryConfig().release_prefixes
    for script in _IMAGE_SCRIPTS.values():
        (tag,) = re.findall(r'tag="(.*)"', script)
        assert tag.startswith(prefixes)


def test_no_image_waits_for_another_one_but_sites_do() -> None:
    jobs = workflow("publish")["jobs"]
    groups = {name: jobs[name]["concurrency"]["group"] for name in ("image", "site")}
    assert "inputs.image" in groups["image"]
    assert "inputs.image" not in groups["site"]
    assert "concurrency" not in workflow("publish")


@pytest.mark.parametrize("job", [".publish-image", ".publish-site"])
def test_gitlab_publishes_with_the_role_of_the_environment(runner: Runner, job: str) -> None:
    script = gitlab_script(job).partition("url=")[0]
    variables = {"LIST": "deva arn:a\ndev arn:dev\n", "SITE": "site", "IMAGE": "api"}
    done = runner.run(script + "\necho $AWS_ROLE_ARN", code=0, **variables)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "arn:dev"
