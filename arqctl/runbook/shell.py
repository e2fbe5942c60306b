"""Shell commands of runbooks."""

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from arqctl.core.json_access import Json
from arqctl.runbook.expressions import expression_of, is_expression

ADMINISTRATOR: Final = (
    "Use a shell in the project's folder with an administrator's credentials, and not with those of a "
    "delivery role: deployments need no permission to restore."
)


@dataclass(frozen=True)
class Flag:
    """A flag of a command, and its shell words."""

    name: str
    words: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join((self.name, *self.words))


def rds(operation: str, *flags: Flag, region: str) -> str:
    """Return an `aws rds` command, with one flag on a line if it has many."""
    parts = [f"aws rds {operation}", *map(str, (Flag("--region", (shlex.quote(region),)), *flags))]
    line = " ".join(parts)
    return line if len(line) <= 110 else " \\\n  ".join(parts)  # noqa: PLR2004 - the width of a line


def flag(name: str, *words: str) -> Flag:
    """Return a flag with literal words, which are quoted."""
    return Flag(name, tuple(map(shlex.quote, words)))


def value_flag(name: str, value: Json) -> Flag:
    """Return a flag for the value of a Terraform argument. The shell function `state` resolves expressions.

    `true` becomes `--NAME`, and `false` becomes `--no-NAME`.
    """
    if isinstance(value, bool):
        return Flag(name if value else f"--no-{name.removeprefix('--')}")
    if isinstance(value, list):
        if any(is_expression(each) for each in value):
            items = ", ".join(expression_of(each) for each in value)
            return Flag(name, (_state(f'join(" ", [{items}])'),))
        return flag(name, *map(str, value))
    if is_expression(value):
        return Flag(name, (f'"{_state(expression_of(value))}"',))
    return flag(name, str(value))


def tags_flag(tags: Iterable[tuple[str, str]]) -> Flag:
    """Return `--tags` in the shorthand of the AWS CLI."""
    return flag("--tags", *(f"Key={name},Value={value}" for name, value in tags))


def state_function(stack: str) -> str:
    """Return the shell function `state`, which prints the value of a Terraform expression in the stack."""
    folder = shlex.quote(f"cdktf.out/stacks/{stack}")
    return f"""state() {{ terraform -chdir={folder} console <<<"$1" | tr -d '"'; }}"""


def _state(expression: str) -> str:
    return f"$(state {shlex.quote(expression)})"
