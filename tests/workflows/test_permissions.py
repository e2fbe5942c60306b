"""Jobs have least privilege, no stored keys, and no code of forks runs with the base's permissions."""

import re
from pathlib import Path

import pytest

from tests.workflows.workflow_loader import (
    ACTIONS,
    GITLAB,
    WORKFLOWS,
    gitlab,
    jobs,
    read,
    scripts,
    steps,
    workflow,
)

ALL = [*WORKFLOWS, *ACTIONS, *GITLAB]


def test_each_job_has_only_the_permissions_that_it_names() -> None:
    assert {file.stem: read(file)["permissions"] for file in WORKFLOWS} == {
        file.stem: {} for file in WORKFLOWS
    }
    granted = {(file, name): job["permissions"] for file, name, job in jobs()}
    contents = {where: rights.pop("contents") for where, rights in granted.items()}
    assert {where for where, right in contents.items() if right != "read"} == {("images", "digests")}
    assert {where: rights for where, rights in granted.items() if rights} == {
        ("check", "gate"): {"actions": "read", "security-events": "write"},
        ("review", "planned"): {"id-token": "write", "pull-requests": "write"},
        ("deploy", "unprotected"): {"id-token": "write", "actions": "write", "checks": "read"},
        ("deploy", "protected"): {"id-token": "write", "actions": "write", "checks": "read"},
        ("deploy-environment", "plan"): {"id-token": "write"},
        ("deploy-environment", "deploy"): {"id-token": "write"},
        ("deploy-environment", "cluster"): {"actions": "write", "checks": "read"},
        ("drift", "drift"): {"id-token": "write"},
        ("bill", "bill"): {"id-token": "write"},
        ("versions", "versions"): {"id-token": "write"},
        ("cluster", "plan"): {"id-token": "write"},
        ("cluster", "deploy"): {"id-token": "write"},
        ("cluster-audit", "drift"): {"id-token": "write"},
        ("cluster-audit", "vulnerabilities"): {"id-token": "write"},
        ("images", "unprotected"): {"id-token": "write"},
        ("images", "protected"): {"id-token": "write"},
        ("images", "digests"): {"pull-requests": "write"},
        ("publish", "image"): {"id-token": "write"},
        ("publish", "site"): {"id-token": "write"},
        ("site", "unprotected"): {"id-token": "write"},
        ("site", "protected"): {"id-token": "write"},
    }


@pytest.mark.parametrize("file", ALL, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_no_key_is_stored_and_no_secret_is_used(file: Path) -> None:
    text = file.read_text()
    assert re.findall(r"\bsecrets\s*[.\[:]", text) == []
    assert re.findall(r"(?i)access[-_]key|session[-_]token", text) == []


def test_no_workflow_runs_with_the_permissions_of_another_event() -> None:
    """`pull_request_target` and `workflow_run` give the code of forks the base's token and secrets."""
    triggers = {file.stem: set(read(file)["on"]) for file in WORKFLOWS}
    assert triggers == {
        "check": {"push", "pull_request"},
        "review": {"pull_request"},
        "deploy": {"push"},
        "deploy-environment": {"workflow_call"},
        "drift": {"schedule"},
        "bill": {"schedule"},
        "versions": {"schedule"},
        "cluster": {"workflow_dispatch"},
        "cluster-audit": {"schedule"},
        "environments": {"workflow_call"},
        "images": {"push", "workflow_dispatch"},
        "publish": {"workflow_call"},
        "site": {"push", "workflow_dispatch"},
    }
    for name in ("deploy", "images", "site"):
        assert workflow(name)["on"]["push"]["branches"] == ["main"]


def test_a_pull_request_either_gets_roles_or_is_simulated() -> None:
    real, simulated = (workflow("review")["jobs"][name] for name in ("planned", "simulated"))
    own = "github.event.pull_request.head.repo.full_name == github.repository"
    dependabot = "startsWith(github.head_ref, 'dependabot/')"
    assert normalize_spaces(real["if"]) == f"${{{{ {own} && !{dependabot} }}}}"
    assert normalize_spaces(simulated["if"]) == f"${{{{ {own.replace('==', '!=')} || {dependabot} }}}}"
    assert not any("plan" in each.get("uses", "") for each in simulated["steps"])


def normalize_spaces(condition: str) -> str:
    return " ".join(condition.split())


def test_no_script_contains_an_expression() -> None:
    """GitHub inserts an expression's value into the script, where the shell would execute it."""
    assert [place for place, script in scripts() if "${{" in script] == []


def test_no_plan_is_uploaded() -> None:
    uploaded = [each["with"]["path"] for _, each in steps() if "upload-artifact@" in each.get("uses", "")]
    assert set(uploaded) == {
        *("tests.xml", "gate.*", "review", "services/web/dist", ".arq/aws/unsaved-states"),
        "image/layout\nimage/sbom.json\n",
    }
    artifacts = [
        path for job in gitlab().values() if "artifacts" in job for path in job["artifacts"].get("paths", ())
    ]
    assert set(artifacts) == {
        *("gate.sarif", "review/", "deploy.yml", "audit.yml", "start", "services/web/dist/"),
        ".arq/aws/unsaved-states/",
    }
    folders = {each for _, script in scripts() for each in re.findall(r"--(?:out-dir|plans) (\S+)", script)}
    assert folders == {'"$RUNNER_TEMP/plans"', '"$PLANS"', "review"}
    assert Path(gitlab()["variables"]["PLANS"]).is_absolute()


def test_checkouts_keep_no_credentials_and_nothing_is_cached() -> None:
    checkouts = [each["with"] for _, each in steps() if "checkout@" in each.get("uses", "")]
    assert {each["persist-credentials"] for each in checkouts} == {False}
    assert not any("cache" in each.get("with", {}) or "cache@" in each.get("uses", "") for _, each in steps())
    assert "cache" not in {key for job in gitlab().values() if isinstance(job, dict) for key in job}


def test_gitlab_jobs_have_a_timeout() -> None:
    assert gitlab()["default"]["timeout"] == "30 minutes"


def test_every_shell_stops_at_the_first_error() -> None:
    strict = "bash -euo pipefail {0}"
    with_steps = {file for file, _, job in jobs() if "steps" in job}
    assert {file: workflow(file)["defaults"]["run"]["shell"] for file in with_steps} == dict.fromkeys(
        with_steps, strict
    )
    assert {each["shell"] for _, each in steps() if "shell" in each} == {strict}


def test_every_commit_of_main_is_checked() -> None:
    """GitHub keeps only the newest queued run of a group, so commits of main have different groups."""
    concurrency = workflow("check")["concurrency"]
    assert "github.ref == 'refs/heads/main' && github.sha || github.ref" in concurrency["group"]
    assert concurrency["cancel-in-progress"] == "${{ github.ref != 'refs/heads/main' }}"
