"""Translates shell commands from one environment to another."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from arqctl.runbook.pages.aws_edits import aws_edits
from arqctl.runbook.pages.kubectl_edits import kubectl_edits
from arqctl.runbook.pages.name_translation import NameTranslation
from arqctl.runbook.pages.placeholders import placeholder_edits
from arqctl.runbook.pages.shell_words import Edit, Word, apply_edits, replace_part, split_commands
from arqctl.runbook.pages.unresolved import UnresolvedError

PROGRAMS: Final = frozenset(("arqctl", "aws", "cdktf", "curl", "dig", "gh", "helm", "kubectl", "openssl"))
"""Programs whose commands can name an environment."""

_WITH_STANDBY: Final = frozenset(("cost", "doctor", "drill", "evidence", "paging", "recovery", "slo"))
"""Commands of arqctl about an environment together with its standby."""

_HOSTS: Final = (
    "aws_cloudfront_distribution.aliases",
    "aws_route53_record.name",
    "aws_synthetics_canary.run_config.environment_variables.CANARY_SETTINGS.zone",
)
_HOST = re.compile(r"(?<![\w.-])(?:[a-z0-9-]+\.)+[a-z]{2,}(?![\w.-])")


@dataclass(frozen=True)
class Translated:
    """A line of commands in the target environment, and the variables of the shell that it needs."""

    line: str
    variables: tuple[str, ...]


def translate(line: str, names: NameTranslation) -> Translated:
    """Translate a line of shell commands.

    Raises:
        UnresolvedError: if a name has no counterpart in the target environment.
    """
    edits: list[Edit] = []
    variables: list[str] = []
    for command in split_commands(line):
        if command:
            edits += _edits(command, names)
            for edit, variable in placeholder_edits(command, names.target):
                edits.append(edit)
                if variable:
                    variables.append(variable)
    return Translated(apply_edits(line, edits), tuple(dict.fromkeys(variables)))


def _edits(command: Sequence[Word], names: NameTranslation) -> Iterator[Edit]:
    match command[0].value:
        case "aws":
            yield from aws_edits(command, names)
        case "kubectl":
            yield from kubectl_edits(command, names)
        case "gh":
            yield from _workflow_edits(command, names)
        case "curl" | "dig" | "openssl":
            yield from _host_edits(command, names)
        case _:
            yield from _stack_edits(command, names)


def _stack_edits(command: Sequence[Word], names: NameTranslation) -> Iterator[Edit]:
    """Translate the names of environments and stacks."""
    target = names.target
    known = {stack.name for stack in target.stacks} | {target.environment}
    shared = {stack.name for stack in target.shared}
    for word in command[1:]:
        if re.fullmatch(rf"{re.escape(names.reference.environment)}(-[a-z]+)*", word.value):
            renamed = names.rename(word.value)
            if command[1].value in _WITH_STANDBY and renamed == target.environment:
                renamed = target.home
            elif renamed not in known and word.value in shared:
                renamed = word.value
            elif renamed not in known:
                raise UnresolvedError(f"{target.environment} has no stack {renamed}")
            yield replace_part(word, word.value, renamed)


def _workflow_edits(command: Sequence[Word], names: NameTranslation) -> Iterator[Edit]:
    """Translate the inputs of a workflow. A standby has its own cluster, in its environment."""
    reference, target = names.reference.environment, names.target
    for word in command[1:]:
        for field, name in (("environment", target.home), ("cluster", target.environment)):
            if word.value == f"{field}={reference}":
                yield replace_part(word, word.value, f"{field}={name}")


def _host_edits(command: Sequence[Word], names: NameTranslation) -> Iterator[Edit]:
    for word in command[1:]:
        for match in _HOST.finditer(word.value):
            found = names.find(_HOSTS, match[0], names.reference.region)
            yield replace_part(word, match[0], found.value)
