"""Translates commands of the AWS CLI."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from arqctl.runbook.pages.name_translation import NameTranslation
from arqctl.runbook.pages.shell_words import Edit, Word, replace_part
from arqctl.runbook.pages.unresolved import UnresolvedError

# Services with one region, in which no resource of theirs is.
_GLOBAL_SERVICES: Final = {"route53domains"}


def aws_edits(command: Sequence[Word], names: NameTranslation) -> Iterator[Edit]:
    """Translate the names of resources, and set the region of the first one, or that of the command."""
    if len(command) <= 3:  # noqa: PLR2004 - a mention of an operation alone is no command
        return
    options = {first.value: second for first, second in pairwise(command)}
    given = options.get("--region")
    region = given.value if given else names.reference.region
    is_global = command[1].value in _GLOBAL_SERVICES
    target = "" if region.isupper() else names.find_region(region)
    for word, sources, value, is_prefix in _named(command, names.reference.environment):
        if is_prefix:
            yield replace_part(word, value, names.find_prefix(sources, value, target))
        else:
            found = names.find(sources, value, names.reference.region if is_global else region)
            target = target if is_global else found.region
            yield replace_part(word, value, found.value)
    if given:
        if target:
            yield replace_part(given, given.value, target)
    else:
        operation = command[3] if command[2].value == "wait" else command[2]
        yield Edit(operation.end, operation.end, f" --region {target}")


def _named(command: Sequence[Word], environment: str) -> Iterator[tuple[Word, Sequence[str], str, bool]]:
    """Yield each word with a name, what defines it, the name, and whether it is a prefix."""
    service, option = command[1].value, command[2].value
    known = _aws_names().get(service, {})
    for word in command[3:]:
        if word.value.startswith("--"):
            option = word.value.removeprefix("--")
            continue
        dimension = re.fullmatch(r"Name=(\w+),Value=(.+)", word.value)
        key, value = dimension.groups() if dimension else (option, word.value)
        if option == "query":
            continue
        for part in value.removeprefix("s3://").split("/") if value.startswith("s3://") else [value]:
            names_environment = re.search(rf"(?<![a-z0-9]){re.escape(environment)}(?![a-z0-9])", part)
            if key in known and not part.isupper() and (names_environment or service != "s3"):
                yield word, known[key], part, key.endswith("-prefix")
            elif names_environment:
                what = f"no resource is known for aws {service}, {key}: add it to aws_names.toml"
                raise UnresolvedError(what)


@cache
def _aws_names() -> Mapping[str, Mapping[str, Sequence[str]]]:
    return tomllib.loads((Path(__file__).parent / "aws_names.toml").read_text(encoding="utf-8"))
