"""The literal texts in the arguments of a stack's blocks."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Final

from arqctl.core.assembly import Stack
from arqctl.core.json_access import Json

_REFERENCE: Final = re.compile(r"\$\{([a-z]\w*\.[\w-]+)\.([\w.\[\]]+)\}")
_MAX_REFERENCES: Final = 8


def texts_at(value: Json, path: Sequence[str]) -> Iterator[str]:
    """Yield the texts at a path. A list stands for its elements, and a text for the JSON in it."""
    if isinstance(value, list):
        for each in value:
            yield from texts_at(each, path)
    elif not path:
        if isinstance(value, str):
            yield value
    elif isinstance(value, str):
        try:
            yield from texts_at(json.loads(value), path)
        except ValueError:
            return
    elif isinstance(value, dict) and path[0] in value:
        yield from texts_at(value[path[0]], path[1:])


def resolve(stack: Stack, text: str) -> str:
    """Return the text with the literal arguments that its references point to. Other references stay."""
    for _ in range(_MAX_REFERENCES):
        replaced = _REFERENCE.sub(lambda match: _argument(stack, match), text)
        if replaced == text:
            break
        text = replaced
    return text


def _argument(stack: Stack, match: re.Match[str]) -> str:
    block = stack.blocks.get(match[1])
    path = re.sub(r"\[\d+\]", "", match[2]).split(".")
    return next(texts_at(block.body, path), match[0]) if block else match[0]
