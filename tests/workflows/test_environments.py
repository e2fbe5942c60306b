"""Every environment is reviewed, deployed and watched, by the roles that its bootstrap stack makes."""

import json
import re
from typing import Any

import pytest

from environments.discovery import discover_environments
from tests.workflows.reading import ENVIRONMENTS, ROOT, gitlab, workflow

DEPLOY = workflow("deploy")["jobs"]
PLAN, APPLY = (workflow("deploy-environment")["jobs"][name] for name in ("plan", "deploy"))
each_environment = pytest.mark.parametrize("name", ENVIRONMENTS)


def plan_role(name: str) -> str:
    return f"${{{{ vars.{name.upper()}_PLAN_ROLE }}}}"


def role(environment: str, kind: str) -> dict[str, Any]:
    """A role as the environment's bootstrap stack makes it."""
    stack = json.loads((ROOT / f"tests/snapshots/{environment}-bootstrap.json").read_text())
    found: dict[str, Any] = next(
        each for name, each in stack["resource"]["aws_iam_role"].items() if name.startswith(f"github_{kind}_")
    )
    return found


def subjects(environment: str, kind: str) -> list[str]:
    """Whom the role trusts, without the repository."""
    condition = json.loads(role(environment, kind)["assume_role_policy"])["Statement"][0]["Condition"]
    found = condition["StringEquals"]["token.actions.githubusercontent.com:sub"]
    return [re.sub(r"^repo:[^:]+:", "", each) for each in found]


def test_the_environments_are_those_of_the_platform() -> None:
    assert sorted(ENVIRONMENTS) == [each.name for each in discover_environments()]
    assert tuple(DEPLOY) == ENVIRONMENTS


def test_they_are_deployed_one_after_the_other() -> None:
    assert [job.get("needs") for job in DEPLOY.values()] == [None, "dev", "staging"]
    stages = gitlab()["stages"]
    assert [each for each in stages if each in ENVIRONMENTS] == list(ENVIRONMENTS)


@each_environment
def test_one_at_a_time_deploys_an_environment_and_is_never_cut_off(name: str) -> None:
    assert DEPLOY[name]["concurrency"] == {"group": f"deploy-{name}", "cancel-in-progress": False}
    assert gitlab()[name]["resource_group"] == name


@each_environment
def test_it_is_deployed_with_its_own_roles_in_its_own_github_environment(name: str) -> None:
    assert DEPLOY[name]["with"] == {
        "environment": name,
        "plan-role": plan_role(name),
        "deploy-role": plan_role(name).replace("PLAN", "DEPLOY"),
    }
    assert APPLY["environment"] == "${{ inputs.environment }}"
    assert subjects(name, "deploy") == [f"environment:{name}"]


@each_environment
def test_it_is_planned_where_the_plan_role_trusts_the_job(name: str) -> None:
    """A job in a GitHub environment has that as its subject, and neither the branch nor the pull request."""
    assert subjects(name, "plan") == ["pull_request", "ref:refs/heads/main"]
    planning = [PLAN, workflow("review")["jobs"]["planned"], workflow("drift")["jobs"]["drift"]]
    assert [job for job in planning if "environment" in job] == []


def test_every_environment_is_reviewed_and_watched_for_drift() -> None:
    reviewed = [
        each["with"]
        for each in workflow("review")["jobs"]["planned"]["steps"]
        if "actions/plan" in each.get("uses", "")
    ]
    watched = workflow("drift")["jobs"]["drift"]["strategy"]["matrix"]["include"]
    assert reviewed == watched == [{"environment": name, "role": plan_role(name)} for name in ENVIRONMENTS]


@each_environment
def test_no_job_outlives_the_session_of_its_role(name: str) -> None:
    session = role(name, "deploy")["max_session_duration"]
    asked = next(
        each["with"]["role-duration-seconds"]
        for each in APPLY["steps"]
        if "configure-aws-credentials@" in each.get("uses", "")
    )
    assert APPLY["timeout-minutes"] * 60 <= asked <= session
    assert PLAN["timeout-minutes"] * 60 <= role(name, "plan")["max_session_duration"]


@each_environment
def test_gitlab_plans_deploys_and_watches_it_by_the_same_variables(name: str) -> None:
    variables = {job: gitlab()[job]["variables"] for job in (f"plan-{name}", name, f"drift-{name}")}
    assert [each["ENVIRONMENT"] for each in variables.values()] == [name] * 3
    kinds = ("PLAN", "DEPLOY", "PLAN")
    assert [each["AWS_ROLE_ARN"] for each in variables.values()] == [
        f"${name.upper()}_{kind}_ROLE" for kind in kinds
    ]
    assert gitlab()[name]["environment"] == name
    assert gitlab()[name]["needs"] == [f"plan-{name}"]


def test_production_waits_for_a_person_on_gitlab() -> None:
    assert [rule.get("when") for rule in gitlab()["production"]["rules"]] == ["manual"]
