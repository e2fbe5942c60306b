"""A resource's values, together with the marks for values that aren't known yet."""

import json
from collections.abc import Callable, Collection, Iterator

from arqctl.core.json_access import KNOWN_AFTER_APPLY, Json
from arqctl.plan.diff.value_pair import is_marked


class PartialValues:
    """A block of values. An unknown value reads as KNOWN_AFTER_APPLY, never as absent.

    `read` has the arguments that were read.
    """

    __slots__ = ("_unknown", "_values", "read")

    def __init__(self, values: Json, unknown: Json = False) -> None:
        self._values = values if isinstance(values, dict) else {}
        self._unknown = unknown
        self.read: set[str] = set()

    def text(self, name: str) -> str:
        """Return a single value as text: a number or boolean as in JSON, and "" for none."""
        value, unknown = self._at(name)
        if unknown is True:
            return KNOWN_AFTER_APPLY
        return _text(value)

    def texts(self, name: str) -> list[str]:
        """Return the values of a list or set; [KNOWN_AFTER_APPLY] if it is unknown as a whole."""
        value, unknown = self._at(name)
        if unknown is True:
            return [KNOWN_AFTER_APPLY]
        if not isinstance(value, list):
            return [_text(value)] if value not in (None, "") else _unknowns(unknown)
        marks = unknown if isinstance(unknown, list) else []
        known = [
            KNOWN_AFTER_APPLY if number < len(marks) and marks[number] is True else _text(each)
            for number, each in enumerate(value)
        ]
        return known + _unknowns(marks[len(value) :])

    def blocks(self, name: str) -> Iterator["PartialValues"]:
        """Yield the blocks with a name, in a list, a set or alone; one unknown block if they are unknown."""
        value, unknown = self._at(name)
        if unknown is True:
            yield PartialValues({}, True)
            return
        values = value if isinstance(value, list) else [value] if isinstance(value, dict) else []
        marks = unknown if isinstance(unknown, list) else [unknown] if isinstance(unknown, dict) else []
        for number in range(max(len(values), len(marks))):
            mark = marks[number] if number < len(marks) else False
            yield PartialValues(values[number] if number < len(values) else {}, mark)

    def within(self, path: str) -> Iterator[tuple["PartialValues", str]]:
        """Yield each block with the last name of a path, `vpc_config.subnet_ids`, and that name."""
        first, _, rest = path.partition(".")
        if not rest:
            yield self, first
            return
        for block in self.blocks(first):
            yield from block.within(rest)

    def unread_texts(self, is_wanted: Callable[[str], bool]) -> Iterator[str]:
        """Yield the wanted texts at any depth of the arguments that nothing has read yet.

        An object that has statements counts as the text of a policy.
        """
        for name in sorted(self._values.keys() - self.read):
            found = list(filter(is_wanted, _all_texts(self._values[name])))
            if found:
                self.read.add(name)
            yield from found

    def unread_names(self) -> list[str]:
        """Return the arguments that nothing has read yet and that are set or unknown."""
        marks = self._unknown if isinstance(self._unknown, dict) else {}
        unknown = {name for name, mark in marks.items() if is_marked(mark)}
        is_set = {name for name, value in self._values.items() if value not in (None, "", [], {})}
        return sorted((is_set | unknown) - self.read)

    def unknown_names(self) -> list[str]:
        """Return the names, at any depth, of the values that are unknown as a whole."""
        return list(_marked_names(self._unknown))

    def unknown_parts(self, name: str) -> Json:
        """Return the marks for the unknown parts of a value, and false if there are none."""
        marks = self._at(name)[1]
        return marks if is_marked(marks) else False

    def content(self, ignored: Collection[str]) -> Json:
        """Return all values with their unknown marks, without the ignored arguments and without nulls."""
        marks = self._unknown if isinstance(self._unknown, dict) else {"": self._unknown}
        return [
            {name: value for name, value in each.items() if name not in ignored and value is not None}
            for each in (self._values, {name: mark for name, mark in marks.items() if mark is not False})
        ]

    def is_unknown(self, name: str) -> bool:
        """Return whether a value is unknown as a whole."""
        return self._at(name)[1] is True

    def _at(self, name: str) -> tuple[Json, Json]:
        self.read.add(name)
        if self._unknown is True:
            return None, True
        unknown = self._unknown.get(name, False) if isinstance(self._unknown, dict) else False
        return self._values.get(name), unknown


def _all_texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        if "Statement" in value and value.lstrip().startswith(("{", "[")):
            yield from _texts_in_json(value)
    elif isinstance(value, dict):
        if "Statement" in value:
            yield json.dumps(value)
        yield from (text for part in value.values() for text in _all_texts(part))
    elif isinstance(value, list):
        yield from (text for part in value for text in _all_texts(part))


def _texts_in_json(text: str) -> Iterator[str]:
    """Yield the texts inside of a JSON document, without the document itself."""
    try:
        parsed: Json = json.loads(text)
    except (ValueError, RecursionError):
        return
    parts = parsed.values() if isinstance(parsed, dict) else parsed if isinstance(parsed, list) else ()
    for part in parts:
        yield from _all_texts(part)


def _marked_names(marks: Json) -> Iterator[str]:
    if isinstance(marks, list):
        yield from (name for each in marks for name in _marked_names(each))
    elif isinstance(marks, dict):
        for name, mark in marks.items():
            yield from [name] if mark is True else _marked_names(mark)


def _unknowns(marks: Json) -> list[str]:
    return [KNOWN_AFTER_APPLY for mark in marks if mark is True] if isinstance(marks, list) else []


def _text(value: Json) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
