"""An interpreter of the part of the Amazon States Language that the drill uses, with JSONPath.

Tasks call the API with boto3, so that its models check the parameters. Waits take no time.
https://states-language.net/spec.html
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore import xform_name

Data = dict[str, Any]
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "StringEquals": lambda value, given: value == given,
    "NumericGreaterThan": lambda value, given: value > given,
    "NumericGreaterThanEquals": lambda value, given: value >= given,
}
_ABSENT = object()


class Machine:
    """One execution of a definition against the client of a service."""

    def __init__(self, definition: Data, client: Any, *, on_task: Callable[[str], None]) -> None:
        self._states: dict[str, Data] = definition["States"]
        self._first: str = definition["StartAt"]
        self._client = client
        self._on_task = on_task
        self._started = datetime.now(UTC)
        self.waited_seconds = 0

    def run(self) -> tuple[str, Data]:
        """Return the error, or "" after success, and the final data."""
        name, data = self._first, dict[str, Any]()
        for _ in range(1000):
            state = self._states[name]
            match state["Type"]:
                case "Succeed":
                    return "", data
                case "Fail":
                    return state["Error"], data
                case "Wait":
                    self.waited_seconds += state["Seconds"]
                case "Pass":
                    data = state.get("Result") or self._template(state["Parameters"], data)
                case "Task":
                    data = self._call(name, state, data)
                case "Choice":
                    name = self._choose(state, data)
                    continue
                case other:
                    raise AssertionError(f"unknown type {other}")
            name = state["Next"]
        raise AssertionError("the machine does not end")

    def _call(self, name: str, state: Data, data: Data) -> Data:
        operation = xform_name(state["Resource"].rpartition(":")[2])
        result = getattr(self._client, operation)(**self._template(state["Parameters"], data))
        self._on_task(name)
        if state["ResultPath"] is None:
            return data
        selected = self._template(state["ResultSelector"], result)
        return {**data, state["ResultPath"].removeprefix("$."): selected}

    def _choose(self, state: Data, data: Data) -> str:
        for choice in state["Choices"]:
            value = self._path(choice["Variable"], data)
            if "IsPresent" in choice:
                matches = (value is not _ABSENT) == choice["IsPresent"]
            else:
                (operator,) = choice.keys() & _OPERATORS.keys()
                assert value is not _ABSENT, choice["Variable"]
                matches = _OPERATORS[operator](value, choice[operator])
            if matches:
                return str(choice["Next"])
        return str(state["Default"])

    def _template(self, template: Any, data: Data) -> Any:
        if isinstance(template, list):
            return [self._template(each, data) for each in template]
        if not isinstance(template, dict):
            return template
        return {
            key.removesuffix(".$"): self._expression(value, data)
            if key.endswith(".$")
            else self._template(value, data)
            for key, value in template.items()
        }

    def _expression(self, text: str, data: Data) -> Any:
        if text.startswith("$$."):
            waited = timedelta(seconds=0 if "Execution" in text else self.waited_seconds)
            return (self._started + waited).isoformat()
        if match := re.fullmatch(r"States\.MathAdd\((.+), (.+)\)", text):
            one, other = (self._number(each, data) for each in match.groups())
            return one + other
        value = self._path(text, data)
        assert value is not _ABSENT, text
        return value

    def _number(self, text: str, data: Data) -> int:
        return int(text) if text.isdigit() else round(self._path(text, data))

    def _path(self, path: str, data: Any) -> Any:
        head, star, tail = path.partition("[*].")
        if star:
            return [each[tail] for each in self._path(head, data)]
        value: Any = data
        for key, index in re.findall(r"\.(\w+)(?:\[(\d+)\])?", path):
            value = value.get(key, _ABSENT) if isinstance(value, dict) else _ABSENT
            if index:
                found = isinstance(value, list) and len(value) > int(index)
                value = value[int(index)] if found else _ABSENT
        return value
