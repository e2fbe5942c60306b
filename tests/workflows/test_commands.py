"""The `arqctl` and `make` commands of the workflows exist, with their options."""

import re
import shlex
from collections.abc import Iterator

import typer

from arqctl.__main__ import app
from tests.workflows.workflow_loader import ROOT, scripts


def commands(program: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the location and the arguments of each run of a program."""
    for place, script in scripts():
        joined = re.sub(r"\$\{\w+:\+(.*?)\}", r"\1", script.replace("\\\n", " "))
        for arguments in re.findall(rf"(?<![\w/]){re.escape(program)} ([^\n|&;)>]+)", joined):
            yield place, shlex.split(arguments)


def test_every_arqctl_command_and_option_exists() -> None:
    known = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # typer declares a Command, but it is a Group
    run = list(commands(".venv/bin/arqctl"))
    groups = {"publish", "rollout", "versions"}
    single = {"doctor", "gate", "plan", "review", "deploy", "environments", "bill"}
    assert {words[0] for _, words in run} == single | groups
    for _, (word, *rest) in run:
        assert word in known
        is_group = word in groups
        command = known[word].commands[rest[0]] if is_group else known[word]
        context = command.context_class(command, info_name=word)
        command.make_parser(context).parse_args(rest[1:] if is_group else rest)


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    run = {word for _, words in commands("make") for word in words if "=" not in word}
    assert {"check", "test-all", "setup"} == run
    assert run <= targets
