"""Checks each command of each runbook for each environment: its program accepts it, and its names exist."""

import re
from itertools import pairwise

import pytest

from arqctl.core.assembly import Stack
from arqctl.runbook.pages.command import render_page
from arqctl.runbook.pages.environment_page import EnvironmentPage
from arqctl.runbook.pages.page_files import read_page
from tests.arqctl.runbook.pages.snapshot_stacks import RUNBOOKS
from tests.aws_commands import input_members, operation_model
from tests.runbook_commands import CLI_COMMANDS, SNAPSHOTS, check, commands, mentions

NAMES = sorted(page.stem for page in RUNBOOKS.glob("*.md"))
# A term of AWS Support that is the same for all environments.
SAME_EVERYWHERE = 'the severity "production system down"'

each_name = pytest.mark.parametrize("name", NAMES)
each_environment = pytest.mark.parametrize("environment", ["dev", "staging", "production"])

STANDBY = "production-standby"
LINKED_BY_STANDBY = sorted(
    {
        name
        for stack in (STANDBY, f"{STANDBY}-platform")
        for name in re.findall(r"docs/runbooks/([\w-]+)\.md", (SNAPSHOTS / f"{stack}.json").read_text())
    }
)
# A standby lacks these before a failover: jobs that write, replicas of its replica, the receiver of
# log groups. It has no alarms in us-east-1: CloudFront is that of its environment.
LEFT_OUT_FOR_STANDBY = {
    "cron-job-late": ["cronjob/settlement"],
    "database-lag": ["production-database-reports", "production-database-reports/postgresql"],
    "log-lines-lost": ["alloy-receiver"],
    "logs-not-sent": ["alloy-receiver"],
    "pager-dead-letters": ["us-east-1"],
}


def generate(name: str, stacks: tuple[Stack, ...], environment: str) -> tuple[EnvironmentPage, str]:
    page = render_page(read_page(RUNBOOKS, name, commands=()), stacks, environment)
    return page, page.render()


@each_environment
@each_name
def test_each_command_is_valid_in_the_environment(
    name: str, environment: str, stacks: tuple[Stack, ...]
) -> None:
    _, text = generate(name, stacks, environment)
    for command in commands(text):
        check(command, environment=environment)
        require_no_literal_as_variable(command)
        if command[0] == "aws":
            assert "--region" in command
        if command[0] == "kubectl":
            assert command[1:3] == ["--context", f"{environment}-cluster"]
    for command in mentions(text):
        check(command, is_mention=True, environment=environment)


@pytest.mark.parametrize("name", LINKED_BY_STANDBY)
def test_an_alarm_of_the_standby_links_commands_for_the_standby(name: str, stacks: tuple[Stack, ...]) -> None:
    page, text = generate(name, stacks, STANDBY)
    for command in commands(text):
        check(command, environment=STANDBY)
        if command[0] == "aws":
            assert command[command.index("--region") + 1] in {
                "eu-central-1",
                "us-east-1",
                "${REGION:?}",
            }
        if command[0] == "kubectl":
            assert command[1:3] == ["--context", f"{STANDBY}-cluster"]
    for command in mentions(text):
        check(command, is_mention=True, environment=STANDBY)
    left_out = LEFT_OUT_FOR_STANDBY.get(name, [])
    assert len(page.unresolved) == len(left_out)
    assert all(what in reason for what, reason in zip(left_out, page.unresolved, strict=True))


@pytest.mark.parametrize("environment", ["dev", "staging"])
@each_name
def test_no_command_names_production(name: str, environment: str, stacks: tuple[Stack, ...]) -> None:
    _, text = generate(name, stacks, environment)
    code = re.sub(r"^# .*$", "", text, flags=re.MULTILINE)
    for words in (*commands(code), *mentions(code)):
        assert not [word for word in words if "production" in word and word != SAME_EVERYWHERE], words
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", code, flags=re.DOTALL))
    assert [span for span in spans if "production" in span] == []


@each_name
def test_production_has_all_that_its_runbooks_name(name: str, stacks: tuple[Stack, ...]) -> None:
    page, _ = generate(name, stacks, "production")
    assert page.unresolved == []


@each_environment
@each_name
def test_a_command_is_left_out_only_for_a_missing_name(
    name: str, environment: str, stacks: tuple[Stack, ...]
) -> None:
    page, text = generate(name, stacks, environment)
    for reason in page.unresolved:
        assert reason in text
        missing = rf"no (aws_\w+)\.([\w-]+)\.([\w.]+) in {environment}([\w-]*)"
        for type_, label, argument, suffix in re.findall(missing, reason):
            found = page.names.target.names(f"{type_}.{argument}")
            assert (suffix, f"{type_}.{label}") not in {name.place for name in found}


def require_no_literal_as_variable(command: list[str]) -> None:
    """Fail if a value of an enumeration of AWS became a variable of the shell."""
    if command[0] != "aws" or command[2] == "wait" or tuple(command[1:3]) in CLI_COMMANDS:
        return
    members = {
        re.sub(r"(?<!^)(?=[A-Z])", "-", member).lower(): shape
        for member, shape in input_members(operation_model(command[1], command[2])).items()
    }
    for option, value in pairwise(command):
        shape = members.get(option.removeprefix("--"))
        for member, variable in re.findall(r"(?:(\w+)=|^)\$\{(\w+):\?\}", value):
            inner = getattr(shape, "member", shape)
            named = getattr(inner, "members", {}).get(member) if member else inner
            values = getattr(named, "enum", ())
            assert variable not in values, f"add {member or option} to the literals: {value}"
