"""Every environment is reviewed, deployed and checked for drift with the roles of its account stack."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from arqctl.terraform.target import DeployTarget
from tests.workflows.workflow_loader import (
    ACTIONS,
    CLUSTERS,
    ENVIRONMENTS,
    GITHUB,
    GITLAB,
    PROTECTED,
    ROOT,
    UNPROTECTED,
    WORKFLOWS,
    action_step,
    gitlab,
    gitlab_audit_pipeline,
    gitlab_deploy_pipeline,
    read,
    step,
    workflow,
)

LISTS = workflow("environments")["on"]["workflow_call"]["outputs"]
DEPLOY = workflow("deploy")["jobs"]
PLAN, APPLY = (workflow("deploy-environment")["jobs"][name] for name in ("plan", "deploy"))
REVIEW = workflow("review")["jobs"]["planned"]
DRIFT = workflow("drift")["jobs"]["drift"]
each_environment = pytest.mark.parametrize("name", ENVIRONMENTS)
each_cluster = pytest.mark.parametrize("cluster", CLUSTERS, ids=lambda each: each["cluster"])


def role(environment: str, kind: str) -> dict[str, Any]:
    """Return a role of the environment's account stack."""
    stack = json.loads((ROOT / f"tests/snapshots/{environment}-account.json").read_text())
    roles: dict[str, dict[str, Any]] = stack["resource"]["aws_iam_role"]
    return next(each for name, each in roles.items() if name.startswith(f"delivery_{kind}_"))


def trusted_subjects(environment: str, kind: str) -> list[str]:
    """Return the subjects that the role trusts, without the repository."""
    condition = json.loads(role(environment, kind)["assume_role_policy"])["Statement"][0]["Condition"]
    subjects = condition["StringEquals"]["token.actions.githubusercontent.com:sub"]
    return [re.sub(r"^repo:[^:]+:", "", subject) for subject in subjects]


def plan_inputs(job: dict[str, Any]) -> dict[str, str]:
    """Return the inputs of the job's step that plans."""
    inputs: dict[str, str] = next(
        each["with"] for each in job["steps"] if each.get("uses") == "$/.github/actions/plan"
    )
    return inputs


@pytest.mark.parametrize(
    "file", [*WORKFLOWS, *ACTIONS, *GITLAB], ids=lambda file: f"{file.parent.name}/{file.name}"
)
def test_no_file_names_an_environment(file: Any) -> None:
    """A new environment is one new file in environments/."""
    names = "|".join(ENVIRONMENTS)
    assert re.findall(rf"(?i)(?<![\w/])(?:{names})(?![\w/])", file.read_text()) == []


def test_there_are_protected_and_unprotected_environments() -> None:
    assert PROTECTED
    assert UNPROTECTED


def test_environments_are_deployed_one_after_the_other_and_protected_ones_last() -> None:
    for name in ("unprotected", "protected"):
        job = DEPLOY[name]
        output = f"needs.environments.outputs.{name}"
        assert job["strategy"] == {
            "max-parallel": 1,
            "matrix": {"environment": f"${{{{ fromJSON({output}) }}}}"},
        }
        assert f"{output} != '[]'" in job["if"]
        assert LISTS[name]["value"] == f"${{{{ jobs.list.outputs.{name} }}}}"
    assert DEPLOY["unprotected"]["needs"] == "environments"
    assert DEPLOY["protected"]["needs"] == ["environments", "unprotected"]
    assert DEPLOY["protected"]["if"].startswith("${{ !failure() && !cancelled() && ")
    assert gitlab_deploy_pipeline()["stages"] == ["build", *UNPROTECTED, *PROTECTED]


def test_one_run_at_a_time_deploys_an_environment_and_is_not_cancelled() -> None:
    for name in ("unprotected", "protected"):
        assert DEPLOY[name]["concurrency"] == {
            "group": "deploy-${{ matrix.environment }}",
            "cancel-in-progress": False,
        }
    for name in ENVIRONMENTS:
        assert gitlab_deploy_pipeline()[name]["resource_group"] == name


def test_an_environment_is_deployed_in_its_own_github_environment() -> None:
    for name in ("unprotected", "protected"):
        assert DEPLOY[name]["with"] == {"environment": "${{ matrix.environment }}"}
    assert APPLY["environment"] == "${{ inputs.environment }}"


@each_environment
def test_the_deploy_role_trusts_jobs_of_its_github_environment_only(name: str) -> None:
    assert trusted_subjects(name, "deploy") == [f"environment:{name}"]


@each_environment
def test_plan_jobs_run_where_the_plan_role_trusts_them(name: str) -> None:
    """The subject of a job in a GitHub environment is that environment, not its branch or pull request."""
    assert trusted_subjects(name, "plan") == ["pull_request", "ref:refs/heads/main"]
    assert [job for job in (PLAN, REVIEW, DRIFT) if "environment" in job] == []


def test_every_environment_is_reviewed_and_checked_for_drift() -> None:
    assert plan_inputs(PLAN)["environments"] == """${{ format('["{0}"]', inputs.environment) }}"""
    assert plan_inputs(REVIEW)["environments"] == "${{ steps.environments.outputs.names }}"
    assert plan_inputs(DRIFT)["environments"] == """${{ format('["{0}"]', matrix.environment) }}"""
    assert DRIFT["strategy"] == {
        "fail-fast": False,
        "matrix": {"environment": "${{ fromJSON(needs.environments.outputs.all) }}"},
    }
    assert LISTS["all"]["value"] == "${{ jobs.list.outputs.all }}"


@each_environment
def test_no_job_outlives_the_session_of_its_role(name: str) -> None:
    requested = step("deploy-environment", "deploy", "$/.github/actions/role")["with"]["seconds"]
    script = step("deploy-environment", "deploy", "Deploy the reviewed plan")
    assert script["timeout-minutes"] < APPLY["timeout-minutes"]
    assert APPLY["timeout-minutes"] * 60 < requested <= role(name, "deploy")["max_session_duration"]
    # Each Terraform process of a plan assumes the role again.
    (seconds,) = re.findall(r" plan (\d+)", action_step("plan", "Plan")["run"])
    assert PLAN["timeout-minutes"] * 60 <= int(seconds) <= role(name, "plan")["max_session_duration"]


@each_environment
@pytest.mark.parametrize("job", ["image", "site"])
def test_no_publish_job_outlives_the_session_of_its_role(job: str, name: str) -> None:
    publish = workflow("publish")["jobs"][job]
    assumed = step("publish", job, "$/.github/actions/role")["with"]
    assert assumed == {"environment": "${{ inputs.environment }}", "role": "publish"}
    assert publish["environment"] == "${{ inputs.environment }}-publish"
    seconds = int(read(GITHUB / "actions/role/action.yml")["inputs"]["seconds"]["default"])
    assert publish["timeout-minutes"] * 60 < seconds <= role(name, "publish")["max_session_duration"]
    assert trusted_subjects(name, "publish") == [f"environment:{name}-publish"]


@each_cluster
@pytest.mark.parametrize("stage", ["plan", "deploy"])
def test_the_cluster_jobs_run_in_the_vpc_and_not_longer_than_their_session(
    stage: str, cluster: dict[str, str]
) -> None:
    environment, name = cluster["environment"], cluster["cluster"]
    job = workflow("cluster")["jobs"][stage]
    stack = json.loads((ROOT / f"tests/snapshots/{name}.json").read_text())["resource"]
    (project,) = stack["aws_codebuild_project"].values()
    run = "${{ github.run_id }}-${{ github.run_attempt }}"
    assert job["runs-on"].replace("${{ inputs.cluster }}", name) == f"codebuild-{project['name']}-{run}"
    require_runner_for(stack, "cluster")
    assumed = step("cluster", stage, "$/.github/actions/role")["with"]
    assert (assumed["environment"], assumed["role"]) == ("${{ inputs.environment }}", "cluster")
    default = read(GITHUB / "actions/role/action.yml")["inputs"]["seconds"]["default"]
    seconds = int(assumed.get("seconds", default))
    assert job["timeout-minutes"] * 60 < seconds <= role(environment, "cluster")["max_session_duration"]
    assert job["timeout-minutes"] < project["build_timeout"]
    assert job["environment"] == "${{ inputs.environment }}-cluster"
    assert trusted_subjects(environment, "cluster") == [f"environment:{environment}-cluster"]


def test_the_cluster_job_has_time_for_a_return_after_the_watch() -> None:
    job = workflow("cluster")["jobs"]["deploy"]
    watched = re.search(r"--minutes (\d+)", step("cluster", "deploy", "Watch the critical alarms")["run"])
    assert watched is not None
    steps_ = sum(each.get("timeout-minutes", 0) for each in job["steps"])
    assert steps_ + int(watched[1]) < job["timeout-minutes"]


def require_runner_for(stack: dict[str, Any], name: str) -> None:
    """Check that the webhook starts a runner for the workflow."""
    (webhook,) = stack["aws_codebuild_webhook"].values()
    (group,) = webhook["filter_group"]
    (pattern,) = (each["pattern"] for each in group["filter"] if each["type"] == "WORKFLOW_NAME")
    assert re.fullmatch(pattern, workflow(name)["name"])


@each_cluster
@pytest.mark.parametrize("kind", ["drift", "vulnerabilities"])
def test_every_cluster_is_audited_in_its_vpc_with_the_role_of_its_environment(
    kind: str, cluster: dict[str, str]
) -> None:
    environment, name = cluster["environment"], cluster["cluster"]
    job = workflow("cluster-audit")["jobs"][kind]
    assert job["strategy"] == {
        "fail-fast": False,
        "matrix": {"include": "${{ fromJSON(needs.environments.outputs.clusters) }}"},
    }
    assert LISTS["clusters"]["value"] == "${{ jobs.list.outputs.clusters }}"
    stack = json.loads((ROOT / f"tests/snapshots/{name}.json").read_text())["resource"]
    (project,) = stack["aws_codebuild_project"].values()
    run = "${{ github.run_id }}-${{ github.run_attempt }}"
    assert job["runs-on"].replace("${{ matrix.cluster }}", name) == f"codebuild-{project['name']}-{run}"
    require_runner_for(stack, "cluster-audit")
    assumed = step("cluster-audit", kind, "$/.github/actions/role")["with"]
    assert assumed == {"environment": "${{ matrix.environment }}", "role": "audit"}
    seconds = int(read(GITHUB / "actions/role/action.yml")["inputs"]["seconds"]["default"])
    assert job["timeout-minutes"] * 60 < seconds <= role(environment, "audit")["max_session_duration"]
    assert "environment" not in job
    assert trusted_subjects(environment, "audit") == ["ref:refs/heads/main"]
    (found,) = stack["aws_eks_cluster"].values()
    assert found["name"] == f"{name}-cluster"


@each_environment
def test_no_gitlab_job_outlives_the_session_of_its_role(name: str) -> None:
    minutes, unit = gitlab()[".deploy"]["timeout"].split()
    assert unit == "minutes"
    assert int(minutes) * 60 < role(name, "deploy")["max_session_duration"]
    for job in (".deploy-cluster", ".watch-cluster"):
        minutes, unit = gitlab()[job]["timeout"].split()
        assert unit == "minutes"
        assert int(minutes) * 60 < role(name, "cluster")["max_session_duration"]


def test_a_state_that_could_not_be_saved_is_kept_also_after_a_failure() -> None:
    (upload,) = (each for each in APPLY["steps"] if "unsaved-states" in str(each.get("with")))
    assert upload["if"] == "${{ always() }}"
    assert upload["with"]["include-hidden-files"] is True
    folder = DeployTarget(
        is_simulated=False, assembly_dir=Path(".arq/aws/cdktf.out"), variables={}, prepare=lambda _: None
    ).unsaved_states
    assert upload["with"]["path"] == str(folder)
    artifacts = gitlab()[".deploy"]["artifacts"]
    assert (artifacts["when"], artifacts["paths"]) == ("on_failure", [f"{folder}/"])


@each_environment
def test_gitlab_plans_and_deploys_an_environment_with_its_own_roles(name: str) -> None:
    pipeline = gitlab_deploy_pipeline()
    for job, kind in ((f"plan-{name}", "plan"), (name, "deploy")):
        variables = {"ENVIRONMENT": name, "AWS_ROLE_ARN": f"arn:{name}-{kind}"}
        assert pipeline[job]["variables"] == variables
        assert pipeline[job]["stage"] == name
    assert pipeline[name]["environment"] == name
    assert pipeline[name]["needs"] == [f"plan-{name}"]


def test_gitlabs_deploy_pipeline_uses_jobs_of_the_base_file() -> None:
    pipeline = gitlab_deploy_pipeline()
    assert pipeline["include"] == gitlab()["include"]
    included = [each["local"] for each in gitlab()["include"]]
    assert included == [str(file.relative_to(ROOT)) for file in GITLAB[:-1]]
    jobs = [*pipeline.values(), *gitlab_audit_pipeline().values()]
    assert {job["extends"] for job in jobs if "extends" in job} <= gitlab().keys()


@each_environment
def test_protected_environments_are_started_by_hand_on_gitlab(name: str) -> None:
    expected = "manual" if name in PROTECTED else "on_success"
    for job in (name, f"{name}-platform", f"site-{name}"):
        assert gitlab_deploy_pipeline()[job]["rules"] == [{"when": expected}]


def test_gitlab_deploys_pushes_to_main_only() -> None:
    rule = '$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH'
    assert gitlab()[".on-main"]["rules"] == [{"if": rule}]
    assert gitlab()["deploy-pipeline"]["extends"] == gitlab()["deploy"]["extends"] == ".on-main"
    assert gitlab()["deploy"]["trigger"]["include"] == [{"artifact": "deploy.yml", "job": "deploy-pipeline"}]
