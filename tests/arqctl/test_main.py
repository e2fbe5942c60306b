"""The help of `arqctl` and of its commands."""

from collections.abc import Iterator

import pytest
import typer
from typer.core import TyperGroup

from arqctl import __main__ as command_line
from tests.arqctl.command_line import run

TOP_LEVEL = typer.main.get_group(command_line.app)


def commands(group: TyperGroup, *names: str) -> Iterator[tuple[str, ...]]:
    for name, each in group.commands.items():
        if isinstance(each, TyperGroup):
            yield from commands(each, *names, name)
        else:
            yield (*names, name)


@pytest.mark.parametrize("names", list(commands(TOP_LEVEL)), ids=" ".join)
def test_help_has_an_example_and_exit_codes_in_80_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    code, output, _ = run(capsys, *names, "--help")
    assert code == 0
    assert f"Example: arqctl {' '.join(names)}" in " ".join(output.split())
    assert "Exit codes: 0 " in output
    assert max(map(len, output.split("\n"))) <= 80


@pytest.mark.parametrize("group", [(), ("snapshot",)], ids=["arqctl", "arqctl snapshot"])
def test_help_of_a_group_has_an_example_in_80_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, group: tuple[str, ...]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    code, output, _ = run(capsys, *group, "--help")
    assert code == 0
    assert f"Example: {' '.join(['arqctl', *group])} " in output
    assert max(map(len, output.split("\n"))) <= 80
