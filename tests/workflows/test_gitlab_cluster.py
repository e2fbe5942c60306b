"""GitLab deploys, watches and audits the cluster stack, and publishes the site, as GitHub does."""

import json
import re

import pytest

from tests.workflows.script_runner import Runner
from tests.workflows.workflow_loader import (
    CLUSTERS,
    ENVIRONMENTS,
    gitlab,
    gitlab_audit_pipeline,
    gitlab_deploy_pipeline,
    gitlab_script,
    step,
)

COMMIT = "0123456789abcdef0123456789abcdef01234567"
PIPELINE = gitlab_deploy_pipeline()
each_environment = pytest.mark.parametrize("name", ENVIRONMENTS)
each_cluster = pytest.mark.parametrize("cluster", CLUSTERS, ids=lambda each: each["cluster"])


@each_cluster
def test_the_cluster_stack_follows_the_stack_before_on_a_runner_in_the_vpc(cluster: dict[str, str]) -> None:
    environment, name = cluster["environment"], cluster["cluster"]
    stack = f"{name}-platform"
    jobs = (f"plan-{stack}", stack, f"watch-{stack}", f"record-{stack}")
    # A standby is deployed after the same commit serves requests in its environment.
    before = name if name == environment else f"record-{environment}-platform"
    assert [PIPELINE[job]["needs"] for job in jobs] == [[before], [jobs[0]], [jobs[1]], [*jobs[1:3]]]
    for job in jobs:
        assert PIPELINE[job]["stage"] == environment
        assert PIPELINE[job]["tags"] == [f"{name}-delivery-runner"]
        variables = {
            "CLUSTER": name,
            "STACK": stack,
            "REGION": cluster["region"],
            "AWS_ROLE_ARN": f"arn:{environment}-cluster",
        }
        assert PIPELINE[job]["variables"] == variables
    assert PIPELINE[stack]["environment"] == f"{environment}-cluster"
    assert PIPELINE[stack]["rules"] == PIPELINE[environment]["rules"]
    # A deployment waits until the one before is watched or rolled back.
    assert {PIPELINE[job]["resource_group"] for job in jobs[1:]} == {stack}
    # A failed deployment is watched too, and not recorded.
    assert PIPELINE[jobs[2]]["when"] == "always"
    assert "when" not in PIPELINE[jobs[3]]


@each_cluster
def test_every_cluster_is_audited_with_the_role_of_its_environment(cluster: dict[str, str]) -> None:
    name = cluster["cluster"]
    for job in (f"drift-{name}-platform", f"vulnerabilities-{name}"):
        found = gitlab_audit_pipeline()[job]
        assert found["tags"] == [f"{name}-delivery-runner"]
        assert found["variables"] == {
            "CLUSTER": name,
            "STACK": f"{name}-platform",
            "REGION": cluster["region"],
            "AWS_ROLE_ARN": f"arn:{cluster['environment']}-audit",
        }


def test_audits_run_every_night() -> None:
    for job in ("doctor", "charts", "audit-pipeline", "audit"):
        assert gitlab()[job]["rules"] == [{"if": '$CI_PIPELINE_SOURCE == "schedule"'}]
    assert gitlab()["doctor"]["extends"] == ".with-role"
    assert gitlab()["audit"]["trigger"]["include"] == [{"artifact": "audit.yml", "job": "audit-pipeline"}]


@each_environment
def test_the_site_is_published_after_the_deployment(name: str) -> None:
    job = PIPELINE[f"site-{name}"]
    assert (job["extends"], job["needs"]) == (".publish-site", [name, "build-site"])
    assert job["variables"] == {"ENVIRONMENT": name, "SITE": "services/web/dist"}
    assert PIPELINE["build-site"] == {"extends": ".build-site", "stage": "build"}
    assert gitlab()[".build-site"]["artifacts"]["paths"] == ["services/web/dist/"]
    github = step("site", "build", "Build the site")["run"]
    assert gitlab_script(".build-site").split() == github.split()


@pytest.mark.parametrize("job", [".plan-cluster", ".deploy-cluster"])
def test_charts_are_verified_before_helm_reads_them(job: str) -> None:
    assert gitlab_script(job).startswith(".venv/bin/python scripts/verify_charts.py\n")


def add_python(runner: Runner, code: int = 0) -> None:
    python = runner.folder / ".venv/bin/python"
    python.write_text(f"#!/bin/sh\necho python $@ >>arguments\nexit {code}\n")
    python.chmod(0o755)


def test_the_reviewed_plan_is_deployed_after_its_start_is_noted(runner: Runner) -> None:
    add_python(runner)
    (runner.folder / "review").mkdir()
    (runner.folder / "review/review.json").write_text(json.dumps({"fingerprint": "abc"}))
    done = runner.run(gitlab_script(".deploy-cluster"), code=0)
    assert done.returncode == 0, done.stderr
    assert runner.calls == [
        "python scripts/verify_charts.py",
        "deploy dev-platform --approve abc --review-file review/review.json --timeout-minutes 20 --yes",
    ]
    start = (runner.folder / "start").read_text()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n", start)
    assert "start" in gitlab()[".deploy-cluster"]["artifacts"]["paths"]


@pytest.mark.parametrize("job", [".plan-cluster", ".deploy-cluster"])
def test_nothing_is_planned_or_deployed_with_another_chart(runner: Runner, job: str) -> None:
    add_python(runner, code=1)
    assert runner.run(gitlab_script(job), code=0).returncode == 1
    assert runner.calls == ["python scripts/verify_charts.py"]


def test_nothing_is_planned_with_other_resource_definitions_than_those_of_the_charts(runner: Runner) -> None:
    python = runner.folder / ".venv/bin/python"
    python.write_text('#!/bin/sh\necho python $@ >>arguments\n[ "$2" != compare ]\n')
    python.chmod(0o755)
    for name in ("apt-get", "aws"):
        runner.add_program(name, f'echo "{name} $1" >>arguments')
    script = gitlab_script(".plan-cluster")
    assert runner.run(script, code=0, REGION="eu-west-1", **runner.programs).returncode == 1
    assert runner.calls == [
        "python scripts/verify_charts.py",
        "apt-get install",
        "aws eks",
        "python scripts/chart_definitions.py compare",
    ]


@pytest.mark.parametrize(("code", "returns"), [(0, False), (1, False), (2, False), (3, False), (4, True)])
def test_only_an_alarm_returns_to_the_recorded_commit(runner: Runner, code: int, returns: bool) -> None:
    (runner.folder / "start").write_text("2026-11-29T12:00:00Z\n")
    (runner.folder / "scripts").mkdir()
    script = runner.folder / "scripts/roll_back"
    script.write_text('#!/bin/sh\necho "roll_back $@" >>arguments\n')
    script.chmod(0o755)
    for name in ("apt-get", "aws"):
        runner.add_program(name, f'echo "{name} $1" >>arguments')
    variables = {"CI_JOB_ID": "7", "REGION": "eu-west-1", **runner.programs}
    assert runner.run(gitlab_script(".watch-cluster"), code=code, **variables).returncode == code
    watch, *after = runner.calls
    assert watch == "rollout watch dev --since 2026-11-29T12:00:00Z --minutes 10"
    check = ["apt-get install", "aws eks", "rollout check dev-platform --minutes 5"]
    expected = ["roll_back dev-platform Critical alarm after job 7"] if returns else []
    assert after == (expected if code else check)


def test_the_commit_of_the_pipeline_is_recorded(runner: Runner) -> None:
    assert runner.run(gitlab_script(".record-cluster"), code=0, CI_COMMIT_SHA=COMMIT).returncode == 0
    assert runner.calls == [f"rollout record dev-platform --commit {COMMIT}"]


def test_findings_of_running_images_fail_the_job(runner: Runner) -> None:
    add_python(runner, code=1)
    for name in ("apt-get", "aws", "kubectl"):
        runner.add_program(name, f'echo "{name} $@" >>arguments')
    script = gitlab_script(".vulnerabilities")
    assert runner.run(script, code=0, REGION="eu-west-1", **runner.programs).returncode == 1
    assert runner.calls[1:] == [
        "aws eks update-kubeconfig --name dev-cluster --region eu-west-1",
        "kubectl get --raw /apis/aquasecurity.github.io/v1alpha1/vulnerabilityreports",
        "python scripts/list_vulnerabilities.py",
    ]
