"""Tests that each alarm and alert has a runbook, and that the commands in runbooks are valid."""

import json
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jmespath  # type: ignore[import-untyped]
import pytest

from tests.runbook_commands import blocks, check, commands, mentions, pipeline

ROOT = Path(__file__).parents[1]
RUNBOOKS = ROOT / "docs/runbooks"
INDEX = ROOT / "docs/runbooks.md"
# The page for every incident belongs to no alarm.
INCIDENT = "incident"
SNAPSHOTS = sorted((ROOT / "tests/snapshots").glob("*.json"))
SECTIONS = ["Meaning", "Confirm", "Fix", "Undo", "Escalate"]
LINK = re.compile(r"Runbook: https://github\.com/[\w.-]+/[\w.-]+/blob/main/docs/runbooks/([a-z0-9-]+)\.md$")
each_snapshot = pytest.mark.parametrize("snapshot", SNAPSHOTS, ids=lambda path: path.stem)
PAGES = sorted(RUNBOOKS.glob("*.md"))
each_page = pytest.mark.parametrize("runbook", PAGES, ids=lambda path: path.stem)
each_runbook = pytest.mark.parametrize(
    "runbook", [page for page in PAGES if page.stem != INCIDENT], ids=lambda path: path.stem
)


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
        for page in PAGES
        if page.stem != INCIDENT and f'runbook="{page.stem}"' not in code and f"/{page.name}" not in snapshots
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


@each_page
def test_commands_are_valid_and_their_names_exist(runbook: Path) -> None:
    for command in commands(runbook.read_text()):
        check(command)
    for command in mentions(runbook.read_text()):
        check(command, is_mention=True)


@each_page
def test_alarms_in_alarm_are_of_both_types(runbook: Path) -> None:
    # AWS returns no composite alarm unless it is asked for: those of burn rates are composite.
    for command in commands(runbook.read_text()):
        if command[:3] == ["aws", "cloudwatch", "describe-alarms"] and "--state-value" in command:
            start = command.index("--alarm-types")
            assert set(command[start + 1 : start + 3]) == {"CompositeAlarm", "MetricAlarm"}, command
            query = command[command.index("--query") + 1] if "--query" in command else "@"
            answer = {"MetricAlarms": [{"AlarmName": "one"}], "CompositeAlarms": [{"AlarmName": "two"}]}
            assert {"one", "two"} <= set(re.findall(r"\w+", str(jmespath.search(query, answer))))


def severities(snapshot: Path) -> dict[str, set[str]]:
    """Return the severities of the alarms and alerts of each runbook that notify."""
    found: dict[str, set[str]] = {}
    resources: dict[str, dict[str, dict[str, Any]]] = json.loads(snapshot.read_text()).get("resource", {})
    for kind in ("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"):
        for alarm in resources.get(kind, {}).values():
            link = LINK.search(alarm.get("alarm_description", ""))
            if link and alarm.get("alarm_actions"):
                is_page = any("_critical" in action for action in alarm["alarm_actions"])
                found.setdefault(link[1], set()).add("critical" if is_page else "warning")
    for alert in alerts(snapshot):
        name = Path(alert["annotations"]["runbook_url"]).stem
        found.setdefault(name, set()).add(alert["labels"]["severity"])
    return found


@cache
def production_severities() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for stem in ("production", "production-platform"):
        for name, each in severities(ROOT / f"tests/snapshots/{stem}.json").items():
            found.setdefault(name, set()).update(each)
    return found


def stated_severities(runbook: Path) -> set[str]:
    """Return the severities in the first line of a page. One that the configuration decides has both."""
    line = runbook.read_text().splitlines()[2].partition("Commands name")[0].lower()
    return {name for name in ("critical", "warning", "info") if name in line}


@each_runbook
def test_a_runbook_states_the_severity_of_its_alarms_in_production(runbook: Path) -> None:
    in_production = production_severities().get(runbook.stem, set())
    stated = stated_severities(runbook)
    by_configuration = "by configuration" in runbook.read_text()
    assert in_production <= stated if by_configuration else stated == (in_production or stated)


def index_rows() -> list[tuple[str, str, str]]:
    """Return the symptom, the runbook and the way of notification of each row of the index."""
    rows = re.findall(
        r"^\| ([^|]+) \| \[([a-z0-9-]+)\]\(runbooks/([a-z0-9-]+)\.md\) \| ([^|]+) \|$",
        INDEX.read_text(),
        re.M,
    )
    assert all(title == name for _, title, name, _ in rows)
    return [(symptom, name, sent) for symptom, _, name, sent in rows]


def test_the_index_lists_each_runbook_once_by_a_symptom_of_its_own() -> None:
    rows = index_rows()
    assert sorted(name for _, name, _ in rows) == sorted(page.stem for page in PAGES if page.stem != INCIDENT)
    assert len({symptom for symptom, _, _ in rows}) == len(rows)
    assert f"runbooks/{INCIDENT}.md" in INDEX.read_text()


def test_the_index_states_how_production_sends_each_alarm() -> None:
    words = {"critical": "page", "warning": "ticket", "info": "nothing"}
    for _, name, sent in index_rows():
        expected = production_severities().get(name) or stated_severities(RUNBOOKS / f"{name}.md")
        assert sent == (", ".join(words[each] for each in words if each in expected) or "nothing"), name


def test_each_table_of_the_index_has_a_symptom_as_its_heading() -> None:
    section = INDEX.read_text().partition("## Index by symptom")[2].partition("\n## ")[0]
    headings = re.findall(r"^### (.+)\n\| Symptom \| Runbook \| Sent as \|$", section, re.M)
    assert len(headings) == section.count("### ") == section.count("| Symptom |")


def hidden_commands(block: list[str]) -> list[str]:
    """Return the commands that keep the shell, so that it never reads the next lines of the block."""
    return [line for line in block[:-1] if " port-forward " in line and not line.rstrip().endswith(" &")]


@pytest.mark.parametrize(
    "page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda path: str(path.relative_to(ROOT / "docs"))
)
def test_a_forwarded_port_lets_the_shell_read_the_next_command(page: Path) -> None:
    for block in blocks(page.read_text()):
        assert hidden_commands(block) == [], f"{page.name}: end it with &"


def test_a_forwarded_port_in_the_foreground_and_a_wrong_command_after_a_pipe_are_found() -> None:
    forward = "kubectl port-forward --namespace monitoring pod/POD 9090"
    assert hidden_commands([forward, "curl http://localhost:9090"]) == [forward]
    assert hidden_commands([f"{forward} &", "curl http://localhost:9090", forward]) == []
    assert pipeline(f"{forward} &") == [forward.split()]
    with pytest.raises(AssertionError, match="awk 1"):
        for command in pipeline("curl http://localhost:9090 | grep 'a | b' | awk 1"):
            check(command)


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
        ("gh workflow run clusters.yml", "clusters.yml"),
        ("gh workflow run cluster.yml --field hash=HASH", "cluster.yml has no input hash"),
        ("gh workflow run cluster.yml --field environment=production", "needs the input cluster"),
        ("aws sqs get-queue-urls", "has no command get-queue-urls"),
        ("arqctl paging set-keys production", "no command set-keys"),
        ("arqctl database migrate production", "takes no production"),
        ("arqctl database migrate", "needs --users, --ca-file"),
        ("terraform refresh", "terraform refresh"),
        ("awk 1", "awk 1"),
    ],
)
def test_a_wrong_command_is_found(command: str, problem: str) -> None:
    with pytest.raises((AssertionError, FileNotFoundError)) as error:
        check(shlex.split(command))
    assert problem in str(error.value)


def test_a_mention_may_be_incomplete() -> None:
    for command in ("kubectl describe pod", "kubectl get --output yaml", "aws sqs purge-queue"):
        check(command.split(), is_mention=True)
    with pytest.raises(AssertionError, match="no kind podz"):
        check(["kubectl", "describe", "podz"], is_mention=True)
