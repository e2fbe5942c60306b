"""The cluster stack is deployed from one commit, watched, and returned to the commit deployed before."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.workflows.script_runner import Runner
from tests.workflows.workflow_loader import CLUSTERS, ROOT, action_step, step, steps, workflow

STACK = "dev-platform"
ROLL_BACK = (ROOT / "scripts/roll_back").read_text()


def test_the_cluster_stack_is_deployed_after_the_aws_stack_from_the_same_commit(runner: Runner) -> None:
    job = workflow("deploy-environment")["jobs"]["cluster"]
    assert (job["needs"], job["if"]) == (["plan", "deploy"], "${{ !failure() && !cancelled() }}")
    start = step("deploy-environment", "cluster", "Start the workflow")
    runner.add_program("gh", 'echo "gh $@" >>arguments')
    variables = {"GITHUB_REF_NAME": "main", "GITHUB_SHA": "abc", "CALLER": "7-1", **runner.programs}
    variables["CLUSTER"] = "dev-standby"
    assert runner.run(start["run"], code=0, **variables).returncode == 0
    assert runner.calls == [
        "gh workflow run cluster.yml --ref main --field environment=dev --field cluster=dev-standby"
        " --field commit=abc --field caller=7-1"
    ]
    inputs = workflow("cluster")["on"]["workflow_dispatch"]["inputs"]
    assert {"environment", "cluster", "commit", "caller"} == inputs.keys()
    setups = [
        each
        for place, each in steps()
        if place.startswith("cluster.") and each.get("uses") == "$/.github/actions/setup"
    ]
    assert [each["with"] for each in setups] == [{"commit": "${{ inputs.commit }}"}] * len(setups)


def test_the_cluster_of_a_standby_follows_that_of_its_environment(runner: Runner) -> None:
    job = workflow("deploy-environment")["jobs"]["cluster"]
    clusters = "${{ fromJSON(needs.plan.outputs.clusters) }}"
    assert job["strategy"] == {"max-parallel": 1, "matrix": {"cluster": clusters}}
    output = workflow("deploy-environment")["jobs"]["plan"]["outputs"]["clusters"]
    assert output == "${{ steps.clusters.outputs.clusters }}"
    find = step("deploy-environment", "plan", "List the clusters")
    variables = {"LIST": json.dumps(CLUSTERS), "ENVIRONMENT": "production"}
    assert runner.run(find["run"], code=0, **variables).returncode == 0
    assert runner.output.read_text() == 'clusters=["production","production-standby"]\n'
    assert runner.calls == ["environments --format json --clusters"]


@pytest.mark.parametrize(
    ("environment", "cluster", "code"),
    [
        ("production", "production", 0),
        ("production", "production-standby", 0),
        ("dev", "production", 1),
        ("dev", "production-standby", 1),
        ("production", "", 1),
        ("dev", 'dev" or true or "', 1),
    ],
)
def test_no_job_starts_on_the_runner_of_another_environment(
    runner: Runner, environment: str, cluster: str, code: int
) -> None:
    jobs = workflow("cluster")["jobs"]
    check = step("cluster", "inputs", "Check that the cluster belongs to the environment")
    variables = {"LIST": json.dumps(CLUSTERS), "ENVIRONMENT": environment, "CLUSTER": cluster}
    done = runner.run(check["run"], code=0, **variables)
    assert done.returncode == code
    assert (f"The environment {environment} has no cluster {cluster}" in done.stderr) is bool(code)
    # A job without a successful one before it does not run.
    needs = {name: job.get("needs") for name, job in jobs.items() if "codebuild" in job["runs-on"]}
    assert needs == {"plan": "inputs", "deploy": "plan"}
    assert jobs["inputs"]["runs-on"] == "ubuntu-24.04"


RUNS = """[
{"databaseId": 1, "displayTitle": "cluster dev abc 6-1"},
{"databaseId": 2, "displayTitle": "cluster dev abc 7-1"},
{"databaseId": 3, "displayTitle": "cluster other abc 7-1"}
]"""
GH = f"""echo "gh $1 $2 $3" >>arguments
case "$2" in
list) jq --raw-output "${{10}}" <<'RUNS'
{RUNS}
RUNS
;;
watch) [ "$*" = "run watch 2 --interval 60 --exit-status" ] && exit "$RESULT" ;;
esac"""


@pytest.mark.parametrize("result", [0, 1])
def test_the_next_environment_waits_for_the_run_and_fails_with_it(runner: Runner, result: int) -> None:
    wait = step("deploy-environment", "cluster", "Wait for its run")
    runner.add_program("gh", GH)
    variables = {"TITLE": "cluster dev abc 7-1", "RESULT": str(result), **runner.programs}
    assert runner.run(wait["run"], code=0, **variables).returncode == result
    assert runner.calls == ["gh run list --workflow", "gh run watch 2"]
    # The title is the name that GitHub gives the run.
    sources = {
        "${{ inputs.cluster }}": "${{ matrix.cluster }}",
        "${{ inputs.commit || github.sha }}": "${{ github.sha }}",
        "${{ inputs.caller }}": "${{ github.run_id }}-${{ github.run_attempt }}",
    }
    name = workflow("cluster")["run-name"]
    for given, source in sources.items():
        name = name.replace(given, source)
    assert wait["env"]["TITLE"] == name
    start = step("deploy-environment", "cluster", "Start the workflow")
    assert start["env"]["CALLER"] == sources["${{ inputs.caller }}"]


def test_a_run_that_never_starts_fails_the_environment(runner: Runner) -> None:
    wait = step("deploy-environment", "cluster", "Wait for its run")
    runner.add_program("gh", GH)
    runner.add_program("sleep", "echo sleep >>arguments")
    done = runner.run(wait["run"], code=0, TITLE="cluster dev abc 8-1", RESULT="0", **runner.programs)
    assert done.returncode == 1
    assert "no run with the name cluster dev abc 8-1" in done.stderr
    assert runner.calls == ["gh run list --workflow", "sleep"] * 30


@pytest.mark.parametrize(("job", "name"), [("plan", "Plan"), ("deploy", "Deploy the reviewed plan")])
def test_charts_are_verified_before_helm_reads_them(job: str, name: str) -> None:
    runs = {each.get("name"): each.get("run", "") for each in workflow("cluster")["jobs"][job]["steps"]}
    names = [*runs]
    assert "python scripts/verify_charts.py" in runs["Verify the digests of charts"]
    assert "if" not in step("cluster", job, "Verify the digests of charts")
    assert names.index("Verify the digests of charts") < names.index(name)


@pytest.mark.parametrize("code", [0, 1])
def test_nothing_is_planned_with_other_resource_definitions_than_those_of_the_charts(
    runner: Runner, code: int
) -> None:
    runner.add_program("aws", 'echo "aws $@" >>arguments')
    python = runner.folder / ".venv/bin/python"
    python.write_text(f'#!/bin/sh\necho "python $@" >>arguments\nexit {code}\n')
    python.chmod(0o755)
    compare = step("cluster", "plan", "Compare the resource definitions of charts with the cluster")
    assert runner.run(compare["run"], code=0, **runner.programs).returncode == code
    assert runner.calls == [
        "aws eks update-kubeconfig --name dev-cluster",
        "python scripts/chart_definitions.py compare",
    ]
    steps_of_plan = workflow("cluster")["jobs"]["plan"]["steps"]
    assert "if" not in compare
    assert steps_of_plan.index(compare) < steps_of_plan.index(step("cluster", "plan", "Plan"))


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def commits(runner: Runner) -> dict[str, str]:
    """Return the commits of a repository: the first and the last of main, and one of another branch."""
    git(runner.folder, "init", "--quiet", "--initial-branch=main")
    names = {}
    for name in ("first", "last"):
        git(runner.folder, "commit", "--quiet", "--allow-empty", "--message", name)
        names[name] = git(runner.folder, "rev-parse", "HEAD")
    git(runner.folder, "checkout", "--quiet", "-b", "other", names["first"])
    git(runner.folder, "commit", "--quiet", "--allow-empty", "--message", "other")
    names["other"] = git(runner.folder, "rev-parse", "HEAD")
    git(runner.folder, "checkout", "--quiet", "main")
    return names


def choose(runner: Runner, commits: dict[str, str], commit: str) -> subprocess.CompletedProcess[str]:
    variables = {"COMMIT": commit, "GITHUB_SHA": commits["last"], "GITHUB_REF_NAME": "main"}
    return runner.run(action_step("setup", "Choose the commit")["run"], code=0, **variables)


@pytest.mark.parametrize("name", ["first", "last"])
def test_a_commit_of_the_branch_is_checked_out(runner: Runner, commits: dict[str, str], name: str) -> None:
    done = choose(runner, commits, commits[name])
    assert done.returncode == 0, done.stderr
    assert git(runner.folder, "rev-parse", "HEAD") == commits[name]


@pytest.mark.parametrize("name", ["other", "short", "missing", "option"])
def test_no_commit_of_another_branch_runs_with_the_permissions_of_main(
    runner: Runner, commits: dict[str, str], name: str
) -> None:
    others = {"short": commits["first"][:12], "missing": "0" * 40, "option": "--help"}
    done = choose(runner, commits, (commits | others)[name])
    assert done.returncode == 1
    assert "is no part of main" in done.stderr
    assert git(runner.folder, "rev-parse", "HEAD") == commits["last"]


def watch(runner: Runner, code: int) -> subprocess.CompletedProcess[str]:
    return runner.run(
        step("cluster", "deploy", "Watch the critical alarms")["run"],
        code=code,
        extra="echo dev-api-errors",
        SINCE="2026-11-29T12:00:00Z",
        GITHUB_STEP_SUMMARY=str(runner.folder / "summary"),
    )


def test_an_alarm_after_the_deployment_starts_the_return(runner: Runner) -> None:
    assert watch(runner, 4).returncode == 4
    assert runner.output.read_text() == "alarm=true\n"
    assert (runner.folder / "summary").read_text() == "dev-api-errors\n"
    assert runner.calls == ["rollout watch dev --since 2026-11-29T12:00:00Z --minutes 10"]


@pytest.mark.parametrize("code", [0, 1, 2, 3])
def test_another_alarm_or_a_failed_query_fails_the_job_without_a_return(runner: Runner, code: int) -> None:
    assert watch(runner, code).returncode == code
    assert not runner.output.exists()


def test_the_job_returns_only_after_an_alarm_and_records_only_without_one() -> None:
    names = [each.get("name") for each in workflow("cluster")["jobs"]["deploy"]["steps"]]
    order = [
        "Note the start",
        "Deploy the reviewed plan",
        "Watch the critical alarms",
        "Check that all is ready",
        "Record the commit",
        "Deploy the commit that was deployed before",
    ]
    assert [name for name in names if name in order] == order
    back = step("cluster", "deploy", order[-1])
    assert back["if"] == "${{ failure() && steps.watch.outputs.alarm == 'true' }}"
    assert "if" not in step("cluster", "deploy", "Record the commit")


def test_a_failed_deployment_is_watched_too_but_not_one_that_never_began() -> None:
    assert step("cluster", "deploy", "Deploy the reviewed plan")["id"] == "deploy"
    condition = step("cluster", "deploy", "Watch the critical alarms")["if"]
    assert condition == "${{ !cancelled() && steps.deploy.outcome != 'skipped' }}"


@pytest.mark.parametrize("code", [0, 2, 4])
def test_an_object_that_is_not_ready_fails_the_job_without_a_return(runner: Runner, code: int) -> None:
    runner.add_program("aws", 'echo "aws $@" >>arguments')
    each = step("cluster", "deploy", "Check that all is ready")
    # A return follows from the alarm, and the check would look at what is replaced.
    assert each["if"].endswith("&& steps.watch.outputs.alarm != 'true' }}")
    summary = runner.folder / "summary"
    variables = {"GITHUB_STEP_SUMMARY": str(summary), **runner.programs}
    done = runner.run(each["run"], code=code, extra="echo 'Not ready'", **variables)
    assert (done.returncode, summary.read_text()) == (code, "Not ready\n")
    assert not runner.output.exists()
    assert runner.calls == [
        "aws eks update-kubeconfig --name dev-cluster",
        "rollout check dev-platform --minutes 5",
    ]


def test_the_commit_that_runs_is_recorded(runner: Runner, commits: dict[str, str]) -> None:
    git(runner.folder, "checkout", "--quiet", commits["first"])
    done = runner.run(step("cluster", "deploy", "Record the commit")["run"], code=0, STACK=STACK)
    assert done.returncode == 0, done.stderr
    assert runner.calls == [f"rollout record {STACK} --commit {commits['first']}"]


def roll_back(runner: Runner, recorded: str, *, verified: int = 0) -> subprocess.CompletedProcess[str]:
    """Run the script with this commit recorded. It logs the commit from which arqctl runs."""
    runner.add_program("make", 'echo "make $@" >>arguments')
    python = runner.folder / ".venv/bin/python"
    python.write_text(f'#!/bin/sh\necho "python $@" >>arguments\nexit {verified}\n')
    python.chmod(0o755)
    extra = f'if [ "$2" = last ]; then echo {recorded} 2026-11-01; else git rev-parse HEAD >>arguments; fi'
    script = f"set -- {STACK} 'Critical alarm after run 7'\n{ROLL_BACK}"
    return runner.run(script, code=0 if recorded else 2, extra=extra, **runner.programs)


def test_the_recorded_commit_is_deployed_with_its_own_packages(
    runner: Runner, commits: dict[str, str]
) -> None:
    done = roll_back(runner, commits["first"])
    assert done.returncode == 0, done.stderr
    assert runner.calls == [
        f"rollout last {STACK}",
        "make setup",
        "python scripts/verify_charts.py",
        f"deploy {STACK} --break-glass Critical alarm after run 7 --waivers-on 2026-11-01"
        " --timeout-minutes 20 --yes",
        commits["first"],
    ]


def test_no_commit_is_deployed_again_with_another_chart(runner: Runner, commits: dict[str, str]) -> None:
    assert roll_back(runner, commits["first"], verified=1).returncode == 1
    assert runner.calls == [f"rollout last {STACK}", "make setup", "python scripts/verify_charts.py"]


@pytest.mark.parametrize(
    ("name", "message"), [("last", "was also deployed before"), ("other", "is no part of"), ("", "")]
)
def test_nothing_is_deployed_without_an_earlier_commit_of_the_branch(
    runner: Runner, commits: dict[str, str], name: str, message: str
) -> None:
    done = roll_back(runner, commits.get(name, ""))
    assert done.returncode != 0
    assert message in done.stderr
    assert runner.calls == [f"rollout last {STACK}"]
    assert git(runner.folder, "rev-parse", "HEAD") == commits["last"]


def test_the_script_of_the_return_can_be_started() -> None:
    assert os.access(ROOT / "scripts/roll_back", os.X_OK)
    assert (
        "scripts/roll_back" in step("cluster", "deploy", "Deploy the commit that was deployed before")["run"]
    )


@pytest.mark.parametrize("code", [0, 1])
def test_findings_of_running_images_are_in_the_summary(runner: Runner, code: int) -> None:
    for name in ("aws", "kubectl"):
        runner.add_program(name, f'echo "{name} $@" >>arguments; echo reports')
    python = runner.folder / ".venv/bin/python"
    python.write_text(f"#!/bin/sh\ncat; echo findings\nexit {code}\n")
    python.chmod(0o755)
    script = step("cluster-audit", "vulnerabilities", "Fail on critical vulnerabilities of running images")
    summary = runner.folder / "summary"
    variables = {"CLUSTER": "dev-cluster", "GITHUB_STEP_SUMMARY": str(summary), **runner.programs}
    assert runner.run(script["run"], code=0, **variables).returncode == code
    assert summary.read_text() == "reports\nfindings\n"
    assert runner.calls == [
        "aws eks update-kubeconfig --name dev-cluster",
        "kubectl get vulnerabilityreports --all-namespaces --output json",
    ]
