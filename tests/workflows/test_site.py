"""The site is built without a role, and published to the environments in the order of deployments."""

import pytest

from tests.workflows.script_runner import Runner
from tests.workflows.workflow_loader import ROOT, step, workflow

JOBS = workflow("site")["jobs"]


def test_the_site_is_built_with_its_locked_packages_and_without_their_scripts(runner: Runner) -> None:
    (runner.folder / ".venv/bin/npm").write_text('#!/bin/sh\necho "npm $@" >>arguments\n')
    (runner.folder / ".venv/bin/npm").chmod(0o755)
    done = runner.run(step("site", "build", "Build the site")["run"], code=0)
    assert done.returncode == 0, done.stderr
    assert runner.calls == [
        "npm ci --ignore-scripts --no-audit --no-fund --prefix services/web",
        "npm run build --prefix services/web",
    ]
    # The image of the site has the same build.
    assert (
        "RUN npm ci --ignore-scripts --no-audit --no-fund" in (ROOT / "services/web/Dockerfile").read_text()
    )


def test_the_build_has_no_role() -> None:
    """The packages of the site run there."""
    assert JOBS["build"]["permissions"] == {"contents": "read"}
    assert "environment" not in JOBS["build"]


@pytest.mark.parametrize("name", ["unprotected", "protected"])
def test_the_built_site_is_published_to_one_environment_after_the_other(name: str) -> None:
    job = JOBS[name]
    (upload,) = (
        each["with"] for each in JOBS["build"]["steps"] if "upload-artifact@" in each.get("uses", "")
    )
    assert upload["path"] == "services/web/dist"
    assert job["uses"] == "$/.github/workflows/publish.yml"
    assert job["with"] == {"environment": "${{ matrix.environment }}", "site": upload["name"]}
    assert job["strategy"]["max-parallel"] == 1
    assert f"needs.environments.outputs.{name}" in job["strategy"]["matrix"]["environment"]
    assert {"build", "environments"} <= set(job["needs"])
    assert job["concurrency"] == {"group": "site-${{ matrix.environment }}", "cancel-in-progress": False}


def test_protected_environments_are_published_last_and_not_by_hand() -> None:
    assert "unprotected" in JOBS["protected"]["needs"]
    assert "!failure() && !cancelled() && !inputs.environment" in JOBS["protected"]["if"]


def test_by_hand_one_environment_is_published() -> None:
    matrix = JOBS["unprotected"]["strategy"]["matrix"]["environment"]
    assert """inputs.environment && format('["{0}"]', inputs.environment)""" in matrix
    assert workflow("site")["on"]["workflow_dispatch"]["inputs"]["environment"]["required"] is True


def test_a_change_of_the_site_publishes_it() -> None:
    assert workflow("site")["on"]["push"]["paths"] == ["services/web/**"]
