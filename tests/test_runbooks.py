"""Tests that each alarm and alert has a runbook, and that the commands in runbooks are valid."""

import json
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from botocore.exceptions import UnknownServiceError

from arqctl.__main__ import app
from tests.aws_commands import operation_model, parse_aws_command
from tests.kubectl_commands import PLACEHOLDER, check_kubectl

ROOT = Path(__file__).parents[1]
RUNBOOKS = ROOT / "docs/runbooks"
SNAPSHOTS = sorted((ROOT / "tests/snapshots").glob("*.json"))
SECTIONS = ["Meaning", "Confirm", "Fix", "Undo", "Escalate"]
LINK = re.compile(r"Runbook: https://github\.com/[\w.-]+/[\w.-]+/blob/main/docs/runbooks/([a-z0-9-]+)\.md$")
# Commands of the AWS CLI that are no operation of an API.
CLI_COMMANDS = {("eks", "update-kubeconfig"), ("logs", "tail"), ("s3", "ls"), ("s3", "cp")}
# Programs whose commands are checked also within a sentence, with the words that may follow.
SUBCOMMANDS = {
    "cdktf": {"deploy", "destroy", "diff", "synth"},
    "helm": {"get", "history", "list", "rollback", "status"},
    "terraform": {"import", "output", "state"},
}
OTHER_PROGRAMS = {"curl", "dig", "git", "grep", "jq", "openssl", "psql", "redis-cli", "rm"}
# Arguments with the name of a resource.
NAME_KEYS = ("alarm_name", "name", "identifier", "replication_group_id")

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


def blocks(page: Path) -> list[list[str]]:
    """Return the commands in each code block of a page."""
    texts = re.findall(r"```console\n(.*?)```", page.read_text(), re.DOTALL)
    lines = [text.replace("\\\n", " ").splitlines() for text in texts]
    return [[line[2:] for line in each if line.startswith("$ ")] for each in lines]


def pipeline(line: str) -> list[list[str]]:
    """Return the words of each command of a line. An `&` at its end starts it in the background."""
    words = shlex.split(line)
    found: list[list[str]] = [[]]
    for word in words[:-1] if words[-1] == "&" else words:
        if word == "|":
            found.append([])
        else:
            found[-1].append(word)
    return found


def commands(page: Path) -> list[list[str]]:
    """Return the words of each command in the code blocks of a page."""
    return [command for block in blocks(page) for line in block for command in pipeline(line)]


@cache
def production_names() -> frozenset[str]:
    """Return the words of production's stacks: names of all that exists there."""
    texts = [path.read_text() for path in SNAPSHOTS if path.stem.startswith("production")]
    return frozenset(word for text in texts for word in re.findall(r"[a-zA-Z0-9/][\w./:-]*", text))


def mentions(page: Path) -> list[list[str]]:
    """Return the words of each command within a sentence. They may be incomplete."""
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    spans = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", text)]
    programs = {"arqctl", "aws", "kubectl", *SUBCOMMANDS}
    return [words for words in map(shlex.split, spans) if words[0] in programs and len(words) > 1]


@cache
def regions_by_name() -> dict[str, frozenset[str]]:
    """Return the regions of production's resources by their names."""
    document = json.loads((ROOT / "tests/snapshots/production.json").read_text())
    providers = {f"aws.{each['alias']}": each["region"] for each in document["provider"]["aws"][1:]}
    found: dict[str, set[str]] = {}
    for bodies in document["resource"].values():
        for body in bodies.values():
            region = body.get("region") or providers.get(body.get("provider"), own_region())
            for key in NAME_KEYS:
                found.setdefault(str(body.get(key)), set()).add(region)
    return {name: frozenset(regions) for name, regions in found.items()}


@cache
def own_region() -> str:
    document = json.loads((ROOT / "tests/snapshots/production.json").read_text())
    region: str = document["provider"]["aws"][0]["region"]
    return region


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
        check(command)
    for command in mentions(runbook):
        check(command, is_mention=True)


def hidden_commands(block: list[str]) -> list[str]:
    """Return the commands that keep the shell, so that it never reads the next lines of the block."""
    return [line for line in block[:-1] if " port-forward " in line and not line.rstrip().endswith(" &")]


@pytest.mark.parametrize(
    "page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda path: str(path.relative_to(ROOT / "docs"))
)
def test_a_forwarded_port_lets_the_shell_read_the_next_command(page: Path) -> None:
    for block in blocks(page):
        assert hidden_commands(block) == [], f"{page.name}: end it with &"


def test_a_forwarded_port_in_the_foreground_and_a_wrong_command_after_a_pipe_are_found() -> None:
    forward = "kubectl port-forward --namespace monitoring pod/POD 9090"
    assert hidden_commands([forward, "curl http://localhost:9090"]) == [forward]
    assert hidden_commands([f"{forward} &", "curl http://localhost:9090", forward]) == []
    assert pipeline(f"{forward} &") == [forward.split()]
    with pytest.raises(AssertionError, match="awk 1"):
        for command in pipeline("curl http://localhost:9090 | grep 'a | b' | awk 1"):
            check(command)


def check(command: list[str], *, is_mention: bool = False) -> None:
    match command:
        case ["aws", *_]:
            check_aws(command, is_mention=is_mention)
        case ["kubectl", *_]:
            check_kubectl(command, is_mention=is_mention)
        case ["arqctl", *words]:
            check_arqctl(words)
        case [program, *words] if program in SUBCOMMANDS:
            assert words[0] in SUBCOMMANDS[program], shlex.join(command)
        case [program, *_]:
            assert program in OTHER_PROGRAMS, shlex.join(command)


def check_arqctl(words: list[str]) -> None:
    group: Any = typer.main.get_group(app)
    while words and hasattr(group, "commands"):
        name, *words = words
        assert name in group.commands, f"arqctl has no command {name}"
        group = group.commands[name]
    if not hasattr(group, "commands"):
        group.make_parser(group.context_class(group)).parse_args(words)


def check_aws(command: list[str], *, is_mention: bool) -> None:
    if is_mention and len(command) == 3:
        operation_model(command[1], command[2])
    elif tuple(command[1:3]) not in CLI_COMMANDS and command[2] != "wait":
        try:
            parse_aws_command(command)
        except UnknownServiceError:
            pytest.fail(f"{shlex.join(command)}: no such service")
    region = command[command.index("--region") + 1] if "--region" in command else own_region()
    for word in command:
        name = word.rpartition("=")[2]
        if name.startswith(("production", "/aws", "aws-waf-logs")):
            require_known(name, command)
            regions = regions_by_name().get(name, {region})
            assert region in regions, f"{shlex.join(command)}: {name} is in {', '.join(sorted(regions))}"


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("kubectl apply --namespace shop", "unknown verb apply"),
        ("kubectl get pods --namespace shop --colour", "no option --colour"),
        ("kubectl get pods --namespace shopp", "no namespace shopp"),
        ("kubectl get podz --namespace shop", "no kind podz"),
        ("kubectl get pods", "name the namespace of the pod"),
        ("kubectl get nodes --namespace shop", "a node is in no namespace"),
        ("kubectl describe pod api-1 --namespace shop", "a word in capitals for the pod"),
        ("kubectl logs deployment/apy --namespace shop", "no deployment apy in shop"),
        ("kubectl describe hpa settlement --namespace shop", "no horizontalpodautoscaler settlement"),
        ("kubectl describe externalsecret paging --namespace shop", "no externalsecret paging in shop"),
        ("kubectl rollout again deployment/api --namespace shop", "unknown subcommand again"),
        ("aws sqs get-queue-url --queue-name production-pager-us-east-1-dead", "is in us-east-1"),
        ("aws sqs get-queue-url --queue-name production-pagers-dead", "in no stack of production"),
        ("aws sqs get-queue-urls", "has no command get-queue-urls"),
        ("arqctl paging set-keys production", "no command set-keys"),
        ("terraform refresh", "terraform refresh"),
        ("awk 1", "awk 1"),
    ],
)
def test_a_wrong_command_is_found(command: str, problem: str) -> None:
    with pytest.raises(AssertionError) as error:
        check(shlex.split(command))
    assert problem in str(error.value)


def test_a_mention_may_be_incomplete() -> None:
    for command in ("kubectl describe pod", "kubectl get --output yaml", "aws sqs purge-queue"):
        check(command.split(), is_mention=True)
    with pytest.raises(AssertionError, match="no kind podz"):
        check(["kubectl", "describe", "podz"], is_mention=True)
