"""Words in capitals, which stand for values that only the account or the cluster knows."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from arqctl.runbook.pages.inventory import Inventory
from arqctl.runbook.pages.shell_words import Edit, Word
from arqctl.runbook.pages.unresolved import UnresolvedError

_PLACEHOLDER = re.compile(r"(?<![\w.$%{-])[A-Z][A-Z0-9]+(?:[-_][A-Z0-9]+)*(?![\w.%-])")

_LITERAL_AFTER: Final = {
    "--by-resource-type",
    "--by-state",
    "--by-status",
    "--query",
    "--scope",
    "--state",
    "--state-value",
    "--status",
    "--status-filter",
    "--version-stage",
    "+nssearch",
    "+short",
}
"""Options whose values have words in capitals that are no placeholders."""

_LITERAL_WORDS_AFTER: Final = {
    "--filter-pattern": {"ERROR", "FALSE", "FATAL", "IS"},
    "--filters": {"ACTIVE", "CRITICAL", "EQUALS", "HIGH", "NEW"},
}
"""The words in the values of these options that are no placeholders."""

_SET_BY_SHELLS: Final = frozenset(
    (
        *("BASH", "COLUMNS", "DIRSTACK", "DISPLAY", "EDITOR", "EUID", "GID", "GROUPS", "HISTFILE", "HOME"),
        *("HOST", "HOSTNAME", "HOSTTYPE", "IFS", "LANG", "LINES", "LOGNAME", "MACHTYPE", "MAIL", "NAME"),
        *("OLDPWD", "OSTYPE", "PAGER", "PATH", "PPID", "PWD", "RANDOM", "SECONDS", "SHELL", "SHLVL"),
        *("TERM", "TMPDIR", "TTY", "TZ", "UID", "USER", "USERNAME"),
    )
)
"""Variables of a shell, a login or a terminal: a command would run with a value that nobody chose."""

_LITERAL_MEMBERS: Final = {"Status"}
"""Members of structures, as in `--workflow Status=NEW`, whose values are no placeholders."""

_PROGRAMS_WITHOUT_PLACEHOLDERS: Final = {"grep", "jq"}

_PROGRAMS_WITH_SENTENCES: Final = {"arqctl"}
"""Programs whose arguments contain sentences, such as the reason for an emergency."""

_DEFINED_BY: Final = {
    "ZONE-ID": "aws_route53_record.zone_id",
}
"""Placeholders, and the arguments of Terraform with their values."""


def known_value(placeholder: str, target: Inventory) -> str:
    """Return the value that the stacks define for a placeholder, or "" if they define none or several."""
    match placeholder:
        case "ENV":
            return target.environment
        case "ACCOUNT":
            return target.account
        case "CLUSTER":
            return target.cluster
    values = (
        {name.value for name in target.names(_DEFINED_BY[placeholder])}
        if placeholder in _DEFINED_BY
        else set()
    )
    return values.pop() if len(values) == 1 else ""


def placeholder_edits(command: Sequence[Word], target: Inventory) -> Iterator[tuple[Edit, str]]:
    """Yield for each placeholder its edit, and the name of the shell variable that it became.

    A value that the stacks define replaces it; the variable is "" then. The shell refuses a command with
    `${NAME:?}` while the variable is not set.

    Raises:
        UnresolvedError: for one in single quotes, where the shell reads no variable; for one that shells set.
    """
    if command[0].value in _PROGRAMS_WITHOUT_PLACEHOLDERS:
        return
    for before, word in zip(("", *(each.value for each in command)), command, strict=False):
        is_sentence = command[0].value in _PROGRAMS_WITH_SENTENCES and " " in word.value
        if before in _LITERAL_AFTER or word.raw.startswith("--") or is_sentence:
            continue
        for match in _PLACEHOLDER.finditer(word.raw):
            is_literal = match[0] in _LITERAL_WORDS_AFTER.get(before, ())
            if not is_literal and _member(word.raw[: match.start()]) not in _LITERAL_MEMBERS:
                yield _edit(word, match, target)


def _edit(word: Word, match: re.Match[str], target: Inventory) -> tuple[Edit, str]:
    start, end = word.start + match.start(), word.start + match.end()
    if value := known_value(match[0], target):
        return Edit(start, end, value), ""
    if match[0] in _SET_BY_SHELLS:
        raise UnresolvedError(f"shells set {match[0]}: choose another word for the placeholder")
    if "'" in word.raw:
        raise UnresolvedError(f"{match[0]} in single quotes is no variable of the shell")
    name = match[0].replace("-", "_")
    variable = f"${{{name}:?}}"
    if '"' not in word.raw and word.raw == match[0]:
        variable = f'"{variable}"'
    return Edit(start, end, variable), name


def _member(text: str) -> str:
    """Return the member of a structure whose value follows the text, or ""."""
    found = re.search(r"(\w+)=$", text)
    return found[1] if found else ""
