"""What each job may do, and what it may never: least rights, no keys, and nothing of a stranger's is run."""

import re
from pathlib import Path

import pytest

from tests.workflows.reading import (
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

ALL = [*WORKFLOWS, *ACTIONS, GITLAB]


def test_nothing_is_permitted_but_what_a_job_names() -> None:
    assert {file.stem: read(file)["permissions"] for file in WORKFLOWS} == {
        file.stem: {} for file in WORKFLOWS
    }
    granted = {(file, name): job["permissions"] for file, name, job in jobs()}
    assert all(rights.pop("contents") == "read" for rights in granted.values())
    assert {where: rights for where, rights in granted.items() if rights} == {
        ("check", "gate"): {"actions": "read", "security-events": "write"},
        ("review", "planned"): {"id-token": "write", "pull-requests": "write"},
        ("deploy", "dev"): {"id-token": "write"},
        ("deploy", "staging"): {"id-token": "write"},
        ("deploy", "production"): {"id-token": "write"},
        ("deploy-environment", "plan"): {"id-token": "write"},
        ("deploy-environment", "deploy"): {"id-token": "write"},
        ("drift", "drift"): {"id-token": "write"},
    }


@pytest.mark.parametrize("file", ALL, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_no_key_is_kept_and_no_secret_asked_for(file: Path) -> None:
    text = file.read_text()
    assert re.findall(r"\bsecrets\s*[.\[:]", text) == []
    assert re.findall(r"(?i)access[-_]key|session[-_]token", text) == []


def test_no_workflow_runs_with_the_rights_of_another_event() -> None:
    """`pull_request_target` and `workflow_run` give strangers' code the base's token and its secrets."""
    triggers = {file.stem: set(read(file)["on"]) for file in WORKFLOWS}
    assert triggers == {
        "check": {"push", "pull_request"},
        "review": {"pull_request"},
        "deploy": {"push"},
        "deploy-environment": {"workflow_call"},
        "drift": {"schedule"},
    }
    assert workflow("deploy")["on"]["push"] == {"branches": ["main"]}


def test_a_pull_request_has_a_role_or_is_simulated_and_never_both() -> None:
    real, simulated = (workflow("review")["jobs"][name] for name in ("planned", "simulated"))
    own = "github.event.pull_request.head.repo.full_name == github.repository"
    dependabot = "startsWith(github.head_ref, 'dependabot/')"
    assert squeezed(real["if"]) == f"${{{{ {own} && !{dependabot} }}}}"
    assert squeezed(simulated["if"]) == f"${{{{ {own.replace('==', '!=')} || {dependabot} }}}}"
    assert not any("plan" in each.get("uses", "") for each in simulated["steps"])


def squeezed(condition: str) -> str:
    return " ".join(condition.split())


def test_no_script_holds_an_expression() -> None:
    """What an expression gives is pasted into the script before a shell reads it: variables are not."""
    assert [place for place, script in scripts() if "${{" in script] == []


def test_plans_stay_in_the_job() -> None:
    uploaded = [each["with"]["path"] for _, each in steps() if "upload-artifact@" in each.get("uses", "")]
    assert set(uploaded) == {"tests.xml", "gate.*", "review"}
    kept = [
        path for job in gitlab().values() if "artifacts" in job for path in job["artifacts"].get("paths", ())
    ]
    assert set(kept) == {"gate.sarif", "review/"}
    written = {each for _, script in scripts() for each in re.findall(r"--(?:json|plans) (\S+)", script)}
    assert written == {'"$RUNNER_TEMP/plans"', '"$PLANS"'}
    assert Path(gitlab()["variables"]["PLANS"]).is_absolute()


def test_no_credentials_are_left_in_the_checkout_and_nothing_is_cached() -> None:
    checkouts = [each["with"] for _, each in steps() if "checkout@" in each.get("uses", "")]
    assert [each["persist-credentials"] for each in checkouts] == [False]
    assert not any("cache" in each.get("with", {}) or "cache@" in each.get("uses", "") for _, each in steps())
    assert "cache" not in {key for job in gitlab().values() if isinstance(job, dict) for key in job}


def test_every_job_of_gitlab_ends() -> None:
    assert gitlab()["default"]["timeout"] == "30 minutes"


def test_every_shell_stops_at_the_first_mistake() -> None:
    strict = "bash -euo pipefail {0}"
    with_steps = {file for file, _, job in jobs() if "steps" in job}
    assert {file: workflow(file)["defaults"]["run"]["shell"] for file in with_steps} == dict.fromkeys(
        with_steps, strict
    )
    assert {each["shell"] for _, each in steps() if "shell" in each} == {strict}


def test_every_commit_of_main_is_judged() -> None:
    """Of those that wait in a group GitHub keeps the newest alone, cancelled or not: main's share none."""
    concurrency = workflow("check")["concurrency"]
    assert "github.ref == 'refs/heads/main' && github.sha || github.ref" in concurrency["group"]
    assert concurrency["cancel-in-progress"] == "${{ github.ref != 'refs/heads/main' }}"
