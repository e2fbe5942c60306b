"""Tests that each alarm and alert has a runbook, and that the commands in runbooks are valid.

tests/test_docs.py checks the commands of arqctl.
"""

import json
import re
import shlex
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import UnknownServiceError

from tests.aws_commands import parse_aws_command

ROOT = Path(__file__).parents[1]
RUNBOOKS = ROOT / "docs/runbooks"
SNAPSHOTS = sorted((ROOT / "tests/snapshots").glob("*.json"))
SECTIONS = ["Meaning", "Confirm", "Fix", "Undo", "Escalate"]
LINK = re.compile(r"Runbook: https://github\.com/[\w.-]+/[\w.-]+/blob/main/docs/runbooks/([a-z0-9-]+)\.md$")
# A word in capitals stands for a value that the engineer fills in.
PLACEHOLDER = re.compile(r"[A-Z][A-Z0-9_-]*")
# Namespaces that EKS add-ons make.
EKS_NAMESPACES = {"amazon-cloudwatch", "kube-system"}
# Commands of the AWS CLI that are no operation of an API.
CLI_COMMANDS = {("eks", "update-kubeconfig"), ("logs", "tail"), ("s3", "ls"), ("s3", "cp")}
KUBECTL_VERBS = {"cordon", "delete", "describe", "drain", "events", "exec", "get", "logs", "port-forward"} | {
    "rollout",
    "scale",
    "top",
    "uncordon",
    "wait",
    "annotate",
}
OTHER_PROGRAMS = {"arqctl", "cdktf", "curl", "dig", "git", "openssl", "psql", "redis-cli"}

each_snapshot = pytest.mark.parametrize("snapshot", SNAPSHOTS, ids=lambda path: path.stem)
each_runbook = pytest.mark.parametrize("runbook", sorted(RUNBOOKS.glob("*.md")), ids=lambda path: path.stem)


def notifying_alarms(snapshot: Path) -> dict[str, str]:
    """Return the descriptions of alarms that notify, by name."""
    resources: dict[str, dict[str, dict[str, Any]]] = json.loads(snapshot.read_text()).get("resource", {})
    return {
        alarm["alarm_name"]: alarm.get("alarm_description", "")
        for kind in ("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm")
        for alarm in resources.get(kind, {}).values()
        if alarm.get("alarm_actions")
    }


def alert_rules(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the alert rules of Prometheus in the values of Helm releases."""
    if isinstance(value, dict):
        if "alert" in value and "expr" in value:
            yield value
        for each in value.values():
            yield from alert_rules(each)
    elif isinstance(value, list):
        for each in value:
            yield from alert_rules(each)


def alerts(snapshot: Path) -> list[dict[str, Any]]:
    releases = json.loads(snapshot.read_text()).get("resource", {}).get("helm_release", {}).values()
    texts = [text for release in releases for text in release.get("values", []) if text.startswith("{")]
    return [rule for text in texts for rule in alert_rules(json.loads(text))]


def commands(page: Path) -> list[list[str]]:
    """Return the words of each command in the code blocks of a page. A pipe ends the command."""
    blocks = re.findall(r"```console\n(.*?)```", page.read_text(), re.DOTALL)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    return [shlex.split(line[2:].partition(" | ")[0]) for line in lines if line.startswith("$ ")]


@cache
def production_names() -> frozenset[str]:
    """Return the words of production's stacks: names of all that exists there."""
    texts = [path.read_text() for path in SNAPSHOTS if path.stem.startswith("production")]
    return frozenset(word for text in texts for word in re.findall(r"[a-zA-Z0-9/][\w./:-]*", text))


def require_known(name: str, command: list[str]) -> None:
    known = PLACEHOLDER.fullmatch(name) or name in production_names()
    assert known, f"{shlex.join(command)}: {name} is in no stack of production"


@each_snapshot
def test_each_alarm_that_notifies_links_its_runbook(snapshot: Path) -> None:
    for name, description in notifying_alarms(snapshot).items():
        link = LINK.search(description)
        assert link, f"{name} has no runbook: {description}"
        assert (RUNBOOKS / f"{link[1]}.md").exists(), f"docs/runbooks/{link[1]}.md of {name} is missing"


@each_snapshot
def test_each_alert_of_prometheus_links_its_runbook(snapshot: Path) -> None:
    for alert in alerts(snapshot):
        link = LINK.fullmatch(f"Runbook: {alert.get('annotations', {}).get('runbook_url')}")
        assert link, f"{alert['alert']} has no annotation runbook_url"
        assert (RUNBOOKS / f"{link[1]}.md").exists(), f"docs/runbooks/{link[1]}.md of {alert['alert']}"


def test_each_runbook_belongs_to_an_alarm_of_the_library_or_an_environment() -> None:
    code = "".join(path.read_text() for path in (ROOT / "constructs_arq").rglob("*.py"))
    snapshots = "".join(path.read_text() for path in SNAPSHOTS)
    unused = [
        page.stem
        for page in RUNBOOKS.glob("*.md")
        if f'runbook="{page.stem}"' not in code and f"/{page.name}" not in snapshots
    ]
    assert unused == []


def test_each_runbook_of_the_library_exists() -> None:
    code = "".join(path.read_text() for path in (ROOT / "constructs_arq").rglob("*.py"))
    named = set(re.findall(r'runbook="([a-z0-9-]+)"', code))
    assert len(named) > 30
    assert sorted(name for name in named if not (RUNBOOKS / f"{name}.md").exists()) == []


@each_runbook
def test_a_runbook_has_all_sections_and_a_command_that_confirms(runbook: Path) -> None:
    text = runbook.read_text()
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == SECTIONS
    confirm = text.partition("## Confirm\n")[2].partition("\n## ")[0]
    assert "```console\n$ " in confirm


@each_runbook
def test_commands_are_valid_and_their_names_exist(runbook: Path) -> None:
    for command in commands(runbook):
        match command:
            case ["aws", *_]:
                check_aws(command)
            case ["kubectl", *_]:
                check_kubectl(command)
            case [program, *_]:
                assert program in OTHER_PROGRAMS, shlex.join(command)


def check_aws(command: list[str]) -> None:
    if tuple(command[1:3]) not in CLI_COMMANDS and command[2] != "wait":
        try:
            parse_aws_command(command)
        except UnknownServiceError:
            pytest.fail(f"{shlex.join(command)}: no such service")
    for word in command:
        name = word.rpartition("=")[2]
        if name.startswith(("production", "/aws", "aws-waf-logs")):
            require_known(name, command)


def check_kubectl(command: list[str]) -> None:
    verb = command[1]
    assert verb in KUBECTL_VERBS, shlex.join(command)
    for flag, value in pairwise(command):
        if flag in ("--namespace", "-n") and value not in EKS_NAMESPACES:
            require_known(value, command)
    if not EKS_NAMESPACES.intersection(command):
        for word in command[2:]:
            kind, slash, name = word.partition("/")
            if slash and re.fullmatch(r"[a-z]+", kind):
                require_known(name, command)
