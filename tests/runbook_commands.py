"""Reads the commands of Markdown pages, and checks them against the programs and an environment's stacks."""

import json
import re
import shlex
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from botocore.exceptions import UnknownServiceError

from arqctl.__main__ import app
from arqctl.runbook.pages.command import RunbookGroup
from tests.aws_commands import operation_model, parse_aws_command
from tests.kubectl_commands import PLACEHOLDER, check_kubectl

SNAPSHOTS = Path(__file__).parent / "snapshots"
RUNBOOKS = Path(__file__).parents[1] / "docs/runbooks"
WORKFLOWS = Path(__file__).parents[1] / ".github/workflows"
# Commands of the AWS CLI that are no operation of an API.
CLI_COMMANDS = {("eks", "update-kubeconfig"), ("logs", "tail"), ("s3", "ls"), ("s3", "cp"), ("s3", "sync")}
# Programs whose commands are checked also within a sentence, with the words that may follow.
SUBCOMMANDS = {
    "cdktf": {"deploy", "destroy", "diff", "synth"},
    "helm": {"get", "history", "list", "rollback", "status"},
    "terraform": {"import", "init", "output", "plan", "state"},
}
OTHER_PROGRAMS = {
    "curl",
    "dig",
    "git",
    "grep",
    "jq",
    "openssl",
    "psql",
    "redis-cli",
    "rm",
}
# Arguments with the name of a resource.
NAME_KEYS = ("alarm_name", "name", "identifier", "replication_group_id")


def blocks(page: str) -> list[list[str]]:
    """Return the commands in each code block of a page."""
    texts = re.findall(r"```console\n(.*?)```", page, re.DOTALL)
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


def commands(page: str) -> list[list[str]]:
    """Return the words of each command in the code blocks of a page."""
    return [command for block in blocks(page) for line in block for command in pipeline(line)]


@cache
def stack_names(environment: str) -> frozenset[str]:
    """Return the words of the environment's stacks: names of all that exists there."""
    texts = [path.read_text() for path in SNAPSHOTS.glob(f"{environment}*.json")]
    return frozenset(word for text in texts for word in re.findall(r"[a-zA-Z0-9/][\w./:-]*", text))


def mentions(page: str) -> list[list[str]]:
    """Return the words of each command within a sentence. They may be incomplete."""
    text = re.sub(r"```.*?```", "", page, flags=re.DOTALL)
    spans = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", text)]
    programs = {"arqctl", "aws", "gh", "kubectl", *SUBCOMMANDS}
    return [words for words in map(shlex.split, spans) if words[0] in programs and len(words) > 1]


@cache
def regions_by_name(environment: str) -> dict[str, frozenset[str]]:
    """Return the regions of the environment's resources by their names."""
    document = json.loads((SNAPSHOTS / f"{environment}.json").read_text())
    providers = {f"aws.{each['alias']}": each["region"] for each in document["provider"]["aws"][1:]}
    found: dict[str, set[str]] = {}
    for bodies in document["resource"].values():
        for body in bodies.values():
            region = body.get("region") or providers.get(body.get("provider"), own_region(environment))
            for key in NAME_KEYS:
                found.setdefault(str(body.get(key)), set()).add(region)
    return {name: frozenset(regions) for name, regions in found.items()}


@cache
def own_region(environment: str) -> str:
    document = json.loads((SNAPSHOTS / f"{environment}.json").read_text())
    region: str = document["provider"]["aws"][0]["region"]
    return region


def require_known(name: str, command: list[str], environment: str) -> None:
    names = stack_names(environment)
    is_prefix = name.endswith("-") and any(each.startswith(name) for each in names)
    known = PLACEHOLDER.fullmatch(name) or name in names or is_prefix
    assert known, f"{shlex.join(command)}: {name} is in no stack of {environment}"


def check(command: list[str], *, is_mention: bool = False, environment: str = "production") -> None:
    """Fail if the program refuses the command, or it names something that the environment does not have."""
    match command:
        case ["aws", *_]:
            check_aws(command, is_mention=is_mention, environment=environment)
        case ["kubectl", *_]:
            check_kubectl(command, is_mention=is_mention, environment=environment)
        case ["arqctl", *words]:
            check_arqctl(words, is_mention=is_mention)
        case ["gh", *words]:
            check_workflow(words)
        case [program, *words] if program in SUBCOMMANDS:
            assert words[0] in SUBCOMMANDS[program], shlex.join(command)
        case [program, *_]:
            assert program in OTHER_PROGRAMS, shlex.join(command)


def check_workflow(words: list[str]) -> None:
    """Fail if a workflow, or an input that the command sets, does not exist, or a required one is not set."""
    match words:
        case ["workflow", "run", name, *options] | ["run", "list", "--workflow", name, *options]:
            workflow = yaml.safe_load((WORKFLOWS / name).read_text())
        case _:
            pytest.fail(f"{shlex.join(words)}: is not checked")
    # YAML 1.1 reads the key `on` as true.
    inputs = workflow[True]["workflow_dispatch"].get("inputs", {})
    given = {field.partition("=")[0] for option, field in pairwise(options) if option == "--field"}
    assert given <= set(inputs), f"{name} has no input {', '.join(given - set(inputs))}"
    required = {each for each, input_ in inputs.items() if input_.get("required")}
    if words[0] == "workflow":
        assert required <= given, f"{name} needs the input {', '.join(required - given)}"


@cache
def top_level() -> Any:
    return typer.main.get_group(app)


def check_arqctl(words: list[str], *, is_mention: bool) -> None:
    group = top_level()
    while words and hasattr(group, "commands"):
        name, *words = words
        if isinstance(group, RunbookGroup) and name not in group.commands and name in runbook_names():
            name, words = "page", [name, *words]
        assert name in group.commands, f"arqctl has no command {name}"
        group = group.commands[name]
    if not hasattr(group, "commands"):
        options, arguments, _ = group.make_parser(group.context_class(group)).parse_args(words)
        assert not arguments, f"arqctl {group.name} takes no {shlex.join(arguments)}"
        missing = [each.opts[0] for each in group.params if each.required and options.get(each.name) is None]
        assert is_mention or not missing, f"arqctl {group.name} needs {', '.join(missing)}"


@cache
def runbook_names() -> frozenset[str]:
    """Return the names of runbooks, and the word that stands for one."""
    return frozenset({path.stem for path in RUNBOOKS.glob("*.md")} | {"NAME"})


def check_aws(command: list[str], *, is_mention: bool, environment: str) -> None:
    if is_mention and len(command) == 3:
        operation_model(command[1], command[2])
    elif tuple(command[1:3]) not in CLI_COMMANDS and command[2] != "wait":
        try:
            parse_aws_command(command)
        except UnknownServiceError:
            pytest.fail(f"{shlex.join(command)}: no such service")
    region = command[command.index("--region") + 1] if "--region" in command else own_region(environment)
    for word in command:
        name = word.rpartition("=")[2]
        if name.startswith((environment, "/aws", "aws-waf-logs")):
            require_known(name, command, environment)
            regions = regions_by_name(environment).get(name, {region})
            assert region in regions, f"{shlex.join(command)}: {name} is in {', '.join(sorted(regions))}"
