"""Example values are invalid for AWS and valid everywhere else."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from arqctl.core.synthesis import AWS_STACKS_VARIABLE
from constructs_arq.core.errors import ConfigError
from constructs_arq.platform.support_matrix import Chart, ChartRelease, find_release
from environments.discovery import discover_environments, discover_paging
from environments.paging_stack import PAGING_STACK
from environments.placeholders import STACK_SUFFIXES, reject_placeholders
from environments.production import PRODUCTION
from tests.environments.test_discovery import ROOT, edit
from tests.environments.test_gate_in_process import run

OWN_VALUES = (
    ("210987654321", "406130987345"),
    ("Z0PRODUCTION1EXAMPLE", "Z04511962NQ8ZBQHN7VTC"),
    ("vo_0PRODUCTION1EXAMPLE", "vo_NQ8ZBQHN7VTC04511962"),
    ("arq.example", "shop.acme-cloud.com"),
)


def problems(*stacks: str) -> dict[str, str]:
    """Return the message of each invalid value of an environment by path."""
    return {
        path: message for path, message in all_problems(*stacks).items() if path.startswith("environments/")
    }


def all_problems(*stacks: str) -> dict[str, str]:
    with pytest.raises(ConfigError) as raised:
        reject_placeholders(discover_environments(), stacks)
    return {problem.path: problem.message for problem in raised.value.problems}


def rejected(**value: str) -> str:
    """Return the message about one changed value of production, or ""."""
    with pytest.raises(ConfigError) as raised:
        reject_placeholders([PRODUCTION.model_copy(update=value)], ["production"])
    (path,) = value
    found = {problem.path.partition(": ")[2]: problem.message for problem in raised.value.problems}
    return found.get(path, "")


def test_all_example_values_of_an_environment_are_reported_at_once() -> None:
    found = {path.removeprefix("environments/production.py: ") for path in problems("production")}
    assert {
        "account_id",
        "zone_id",
        "zone_name",
        "site.domain",
        "alarms.critical.emails.0",
        "alarms.warning.emails.0",
        "github.repository",
    } <= found


@pytest.mark.parametrize("environment", discover_environments(), ids=lambda env: env.name)
def test_every_committed_environment_has_example_values(environment: object) -> None:
    name = getattr(environment, "name", "")
    assert {path.partition(":")[0] for path in problems(name)} == {f"environments/{name}.py"}


@pytest.mark.parametrize("stack", ["production-bootstrap", "prod*", "production-account"])
def test_any_stack_of_an_environment_selects_it(stack: str) -> None:
    assert {path.partition(":")[0] for path in problems(stack)} == {"environments/production.py"}


@pytest.mark.parametrize("pattern", ["!dev", "{production,dev}", "@(production|dev)", "[^d]*"])
def test_a_pattern_that_only_cdktf_knows_selects_every_environment(pattern: str) -> None:
    assert "environments/production.py" in {path.partition(":")[0] for path in problems(pattern)}


def test_options_and_other_names_select_no_environment() -> None:
    reject_placeholders(discover_environments(), ["--auto-approve", "qa", "product"])


def test_stack_suffixes_cover_all_stacks(assembly_dir: Path) -> None:
    stacks = json.loads((assembly_dir / "manifest.json").read_text())["stacks"]
    names = {f"{env.name}{suffix}" for env in discover_environments() for suffix in STACK_SUFFIXES}
    assert set(stacks) <= {*names, PAGING_STACK}


def test_the_paging_stack_selects_its_people_and_the_environment_with_its_state() -> None:
    with pytest.raises(ConfigError) as raised:
        reject_placeholders(discover_environments(), [PAGING_STACK], discover_paging())
    paths = {problem.path for problem in raised.value.problems}
    assert "environments/paging.py: primary.rotations.0.people.0" in paths
    assert {path.partition(":")[0] for path in paths} == {
        "environments/paging.py",
        "environments/production.py",
    }


@pytest.mark.parametrize(
    "account",
    [
        "123456789012",
        "210987654321",
        "012345678901",
        "210987654302",
        "111122223333",
        "999988887777",
        "0" * 12,
    ],
)
def test_an_account_of_the_documentation_is_rejected(account: str) -> None:
    assert rejected(account_id=account) == "must not be an account of AWS's documentation"


@pytest.mark.parametrize("account", ["406130987345", "123456780012", "111122224567", "998877665544"])
def test_another_account_is_accepted(account: str) -> None:
    assert rejected(account_id=account) == ""


@pytest.mark.parametrize(
    "domain",
    [
        "arq.example",
        "app.dev.test",
        "a.invalid",
        "x.localhost",
        "example.com",
        "www.Example.org",
        "a.example.net",
    ],
)
def test_a_reserved_domain_is_rejected(domain: str) -> None:
    assert "RFC 2606" in rejected(zone_name=domain)
    assert "RFC 2606" in rejected(owner=f"team@{domain}")
    assert "RFC 2606" in rejected(owner=f"https://{domain}/alarms")


@pytest.mark.parametrize(
    "domain",
    ["my-example.com", "example.com.au", "test.acme.com", "app.test.acme.com", "example.io", "latest"],
)
def test_another_domain_is_accepted(domain: str) -> None:
    assert rejected(zone_name=domain) == ""


@pytest.mark.parametrize(
    "repository", ["acme/app.test", "acme/site.example", "acme-example/platform", "acme/example.com"]
)
def test_a_repository_may_end_like_a_domain_and_an_organization_like_an_example(repository: str) -> None:
    github = PRODUCTION.github.model_copy(update={"repository": repository})
    with pytest.raises(ConfigError) as raised:
        reject_placeholders([PRODUCTION.model_copy(update={"github": github})], ["production"])
    assert [each.path for each in raised.value.problems if "github" in each.path] == []


@pytest.mark.parametrize(
    "text", ["123456789012", "see 123456789012", "arn:aws:iam::406130987345:role/x-123456789012"]
)
def test_digits_are_an_account_only_in_its_field_and_in_arns(text: str) -> None:
    assert rejected(owner=text) == ""


def test_an_arn_with_an_account_of_the_documentation_is_rejected() -> None:
    assert "AWS's documentation" in rejected(owner="arn:aws:sns:eu-west-1:123456789012:alarms")


def test_an_example_digest_is_rejected_for_the_cluster_stack_only() -> None:
    def rejected_digests(stack: str) -> list[str]:
        with pytest.raises(ConfigError) as raised:
            reject_placeholders([PRODUCTION], [stack])
        return [each.path for each in raised.value.problems if "digest" in each.message]

    assert "environments/production.py: shop.api.image" in rejected_digests("production-platform")
    assert rejected_digests("production") == []


def test_a_chart_without_a_digest_is_rejected_for_the_cluster_stack_only() -> None:
    undigested = {str(chart) for chart in Chart if find_release(chart).digest is None}
    prefix = "constructs_arq/platform/support_matrix.toml: "

    def rejected_charts(*stacks: str) -> set[str]:
        found = {path.removeprefix(prefix) for path in all_problems(*stacks) if path.startswith(prefix)}
        return {path.removesuffix(".digest") for path in found}

    assert rejected_charts("production") == set()
    assert rejected_charts("production-platform") == rejected_charts("dev*", "staging*") == undigested


def test_the_fix_for_a_chart_without_a_digest_is_the_command_that_prints_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keda = find_release(Chart.KEDA)
    undigested = ChartRelease(**{**keda.model_dump(), "digest": None, "undigested": "Nobody records it."})
    monkeypatch.setattr(
        "environments.placeholders.find_release", lambda chart: {Chart.KEDA: undigested}.get(chart, keda)
    )
    with pytest.raises(ConfigError) as raised:
        reject_placeholders([PRODUCTION], ["production-platform"])
    assert [str(each) for each in raised.value.problems if "support_matrix" in each.path] == [
        "constructs_arq/platform/support_matrix.toml: keda.digest: must be set. Nobody records it.,"
        " got no digest of version 2.20.2. "
        "Enter the digest that `python scripts/verify_charts.py keda` prints."
    ]


@pytest.mark.slow
def test_own_values_synthesize_for_aws(project: Path, tmp_path: Path) -> None:
    file = project / "environments" / "production.py"
    text = file.read_text()
    for example, own in OWN_VALUES:
        assert example in text
        text = text.replace(example, own)
    file.write_text(text)
    edit(project / "environments" / "environment.py", ("arq-example/platform", "acme/platform"))
    owner = ("owner-of-data@arq.example", "board@acme-cloud.com")
    edit(project / "environments" / "recovery_objectives.py", owner)
    done = run(project, tmp_path / "out", ARQ_GATE="off", ARQ_AWS_STACKS="production")
    assert done.returncode == 0, done.stderr


def test_the_app_rejects_example_values_before_it_writes_anything(tmp_path: Path) -> None:
    done = run(ROOT, tmp_path / "out", ARQ_AWS_STACKS="production-bootstrap --auto-approve")
    assert done.returncode == 2
    assert "environments/production.py: zone_id: must not be an example id, got 'Z0PRODUCTION1" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "stacks"),
    [
        (("deploy", "production", "--auto-approve"), "deploy production --auto-approve"),
        (("diff", "production-account"), "diff production-account"),
        (("apply", "production"), "apply production"),
        (("plan", "production"), "plan production"),
        (("watch", "production"), "watch production"),
        (("--log-level", "info", "deploy", "production"), "--log-level info deploy production"),
        (("--log-level=info", "-o", "out", "plan", "production"), "--log-level=info -o out plan production"),
        (("synth",), ""),
        (("output", "production", "--skip-synth"), ""),
        (("destroy", "dev"), ""),
        ((), ""),
    ],
)
def test_the_launcher_names_the_stacks_that_aws_gets(
    tmp_path: Path, arguments: tuple[str, ...], stacks: str
) -> None:
    assert launch(tmp_path, *arguments, **{AWS_STACKS_VARIABLE: "inherited"}) == f"{stacks}\n"


def test_the_launcher_names_no_stacks_offline(tmp_path: Path) -> None:
    assert launch(tmp_path, "deploy", "production", ARQ_OFFLINE="1") == "\n"


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        (("deploy", "production", "--skip-synth"), {}),
        (("plan", "production", "--skipSynth"), {}),
        (("--skip-synth=true", "apply", "production"), {}),
        (("deploy", "production"), {"CDKTF_SKIP_SYNTH": "true"}),
    ],
)
def test_the_launcher_refuses_to_skip_the_synthesis_on_aws(
    tmp_path: Path, arguments: tuple[str, ...], variables: dict[str, str]
) -> None:
    done = start(tmp_path, *arguments, **variables)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--skip-synth (CDKTF_SKIP_SYNTH) plans an assembly that neither the gate" in done.stderr


@pytest.mark.parametrize("stack", ["dev-platform", "dev*", "{dev,qa}-platform", "!dev"])
def test_the_launcher_verifies_the_charts_of_a_cluster_stack(tmp_path: Path, stack: str) -> None:
    verify = 'case "$1" in */scripts/verify_charts.py) echo "keda: verified"; exit "$CODE" ;; esac'
    done = start(tmp_path, "deploy", stack, python=verify, CODE="0")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"deploy {stack}\n", "keda: verified\n")
    done = start(tmp_path, "deploy", stack, python=verify, CODE="1")
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        (("deploy", "dev"), {}),
        (("destroy", "dev-platform"), {}),
        (("deploy", "dev-platform"), {"ARQ_OFFLINE": "1"}),
    ],
)
def test_the_launcher_verifies_no_charts_otherwise(
    tmp_path: Path, arguments: tuple[str, ...], variables: dict[str, str]
) -> None:
    done = start(tmp_path, *arguments, python='echo "$1" >&2', **variables)
    assert done.returncode == 0
    assert "verify_charts" not in done.stderr


def test_the_launcher_skips_the_synthesis_offline(tmp_path: Path) -> None:
    assert launch(tmp_path, "deploy", "production", "--skip-synth", ARQ_OFFLINE="1") == "\n"


def cdktf_commands() -> dict[str, str]:
    """Return the names and aliases of the commands of the installed cdktf, with their usage."""
    bundle = (ROOT / "node_modules/cdktf-cli/bundle/bin/cdktf.js").read_text(encoding="utf-8")
    command = r'this\.command="([a-z][^"]*)";this\.describe="[^"]*"(?:;this\.aliases=\["([a-z]+)"\])?'
    return {
        name: usage
        for usage, alias in re.findall(command, bundle)
        for name in (usage.partition(" ")[0], alias)
        if name
    }


def test_the_launcher_knows_every_command_that_terraform_runs_for(tmp_path: Path) -> None:
    commands = cdktf_commands()
    assert {"apply", "deploy", "diff", "plan", "watch", "synth"} <= commands.keys()
    for name, usage in commands.items():
        done = start(tmp_path, name, TERRAFORM_BINARY_NAME="not-installed")
        assert done.returncode == (2 if "[stack" in usage else 0), name


def test_an_option_with_the_name_of_a_command_does_not_need_terraform(tmp_path: Path) -> None:
    done = start(tmp_path, "synth", "--output", "output", TERRAFORM_BINARY_NAME="not-installed")
    assert done.returncode == 0


def launch(folder: Path, *arguments: str, **environment: str) -> str:
    """Run the launcher beside programs that print the variable, and return their output."""
    done = start(folder, *arguments, **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def start(
    folder: Path, *arguments: str, python: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the launcher beside programs that print the variable. `python` is what Python does before."""
    (folder / "cdktf").write_text((ROOT / "scripts/cdktf").read_text())
    for name in ("node", "python", "terraform"):
        first = python if name == "python" else ""
        (folder / name).write_text(f'#!/bin/sh\n{first}\necho "${AWS_STACKS_VARIABLE}"\n')
        (folder / name).chmod(0o755)
    environ = {"PATH": os.environ["PATH"], **environment}
    command = ["sh", str(folder / "cdktf"), *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
