"""`arqctl deploy` asks before it applies to AWS."""

import io
import sys

import pytest

from tests.arqctl.terraform.fake_terraform import FakeTerraform, planned
from tests.arqctl.terraform.local_project import LocalProject

PROMPT = "Apply to AWS? dev: 1 to create [y/N]: "
BREAK_GLASS = ("--break-glass", "the ledger is down, ARQ-7")


class Terminal(io.StringIO):
    """Standard input with a user who types the given text."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def dev(local_project: LocalProject) -> LocalProject:
    local_project.write_stacks(dev="one")
    return local_project


def type_answers(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("".join(f"{answer}\n" for answer in answers)))


@pytest.mark.parametrize("options", [(), BREAK_GLASS])
def test_the_answer_yes_applies(
    options: tuple[str, ...], dev: LocalProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_answers(monkeypatch, "y")
    code, stdout, _ = dev.arqctl("deploy", "dev", *options)
    assert (code, stdout.count(PROMPT)) == (0, 1)
    assert dev.deployed_value("dev") == "one"


@pytest.mark.parametrize("options", [(), BREAK_GLASS])
@pytest.mark.parametrize("answer", ["n", ""])
def test_any_other_answer_exits_with_4(
    answer: str, options: tuple[str, ...], dev: LocalProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_answers(monkeypatch, answer)
    code, _, stderr = dev.arqctl("deploy", "dev", *options)
    assert (code, stderr) == (4, "Refused: you did not confirm the plan, so it was not applied\n")
    assert dev.deployed_value("dev") is None
    assert dev.leftover_files() == []


def test_no_answer_exits_with_1(dev: LocalProject, monkeypatch: pytest.MonkeyPatch) -> None:
    type_answers(monkeypatch)
    assert dev.arqctl("deploy", "dev")[0] == 1
    assert dev.deployed_value("dev") is None


def test_an_approved_plan_is_confirmed_once_for_all_stacks(
    dev: LocalProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    dev.write_stacks(dev_platform="two")
    dev.set_dependency("dev-platform", "dev")
    first, second = dev.plan_fingerprints("dev")
    type_answers(monkeypatch, "y")
    code, stdout, _ = dev.arqctl("deploy", "dev", "--approve", first, "--approve", second)
    assert code == 0
    assert "Apply to AWS? dev: 1 to create; dev-platform: 1 to create [y/N]: " in stdout
    assert (dev.deployed_value("dev"), dev.deployed_value("dev-platform")) == ("one", "two")


def test_an_unapproved_plan_is_rejected_before_the_prompt(
    dev: LocalProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_answers(monkeypatch, "y")
    code, stdout, _ = dev.arqctl("deploy", "dev", "--approve", "0123456789abcdef0123456789abcdef")
    assert (code, "Apply to AWS?" in stdout) == (4, False)


def test_each_stack_is_confirmed_when_it_is_planned(
    dev: LocalProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    dev.write_stacks(dev_platform="two")
    dev.set_dependency("dev-platform", "dev")
    type_answers(monkeypatch, "y", "n")
    assert dev.arqctl("deploy", "dev")[0] == 4
    assert (dev.deployed_value("dev"), dev.deployed_value("dev-platform")) == ("one", None)


def test_the_prompt_counts_the_changes_by_action(
    dev: LocalProject, terraform: FakeTerraform, monkeypatch: pytest.MonkeyPatch
) -> None:
    terraform.set_plan(planned("delete", "aws_vpc.old"), planned("create", "aws_vpc.new"))
    type_answers(monkeypatch, "n")
    _, stdout, _ = dev.arqctl("deploy", "dev")
    assert "Apply to AWS? dev: 1 to delete, 1 to create [y/N]: " in stdout
    assert "dev apply" not in terraform.commands


def test_an_empty_plan_is_not_confirmed(dev: LocalProject, monkeypatch: pytest.MonkeyPatch) -> None:
    assert dev.deploy("dev")[0] == 0
    type_answers(monkeypatch)
    code, stdout, _ = dev.arqctl("deploy", "dev")
    assert (code, "Apply to AWS?" in stdout) == (0, False)


@pytest.mark.parametrize("options", [(), ("--approve", "0123456789abcdef0123456789abcdef"), BREAK_GLASS])
def test_without_a_terminal_and_yes_it_exits_with_2_before_planning(
    options: tuple[str, ...], dev: LocalProject, terraform: FakeTerraform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    code, stdout, stderr = dev.arqctl("deploy", "dev", *options)
    assert (code, stdout) == (2, "")
    assert stderr == (
        "arqctl: arqctl deploy: asks before it changes anything, but standard input is not a terminal."
        " Add --yes to skip the prompt, or --offline to use offline AWS\n"
    )
    assert terraform.log == ""
