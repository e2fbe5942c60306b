"""The objectives of an environment, from the output `objectives` of its AWS stack."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from arqctl.core.assembly import Stack
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Body, Json, as_list, as_object, as_text

_OUTPUT: Final = "objectives"
_MINUTES_PER_DAY: Final = 24 * 60
PROMETHEUS: Final = "prometheus"
CLOUDWATCH: Final = "cloudwatch"
_FIX: Final = "Synthesize it with the same version of the library"


@dataclass(frozen=True, kw_only=True)
class Objective:
    """An objective, and the source of its measurement.

    `alarm` is the name of an alarm of CloudWatch on the same metrics, "" if Prometheus measures it.
    """

    name: str
    percent: Decimal
    window_days: int
    source: str
    alarm: str = ""

    @property
    def budget(self) -> Decimal:
        """The share of requests that may fail."""
        return (100 - self.percent) / 100

    @property
    def budget_minutes(self) -> Decimal:
        """The minutes of a total outage that the budget allows."""
        return self.budget * self.window_days * _MINUTES_PER_DAY


def find_objectives(environment: str, stacks: Sequence[Stack]) -> tuple[Objective, ...]:
    """Return the objectives of an environment, sorted by name.

    Raises:
        InputError: if it has none, or an invalid one.
    """
    found = [_read(environment, as_object(each)) for stack in stacks for each in _listed(environment, stack)]
    if not found:
        fix = "Set slos in its file, or choose another environment"
        raise InputError([Problem(environment, "has no objectives", fix)])
    return tuple(sorted(found, key=lambda each: each.name))


def _listed(environment: str, stack: Stack) -> Sequence[Json]:
    text = as_text(as_object(as_object(stack.document.get("output")).get(_OUTPUT)).get("value"))
    try:
        return as_list(json.loads(text or "[]"))
    except ValueError:
        raise InputError([Problem(environment, f"the output {_OUTPUT} is no JSON", _FIX)]) from None


def _read(environment: str, value: Body) -> Objective:
    name, source = as_text(value.get("name")), as_text(value.get("source"))
    percent, days = _decimal(value.get("percent")), value.get("window_days")
    if not name or percent is None or not isinstance(days, int) or source not in (PROMETHEUS, CLOUDWATCH):
        what = f"the objective {name or '?'} in the output {_OUTPUT} is invalid"
        raise InputError([Problem(environment, what, _FIX)])
    return Objective(
        name=name, percent=percent, window_days=days, source=source, alarm=as_text(value.get("alarm"))
    )


def _decimal(value: Json) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 < number < 100 else None  # noqa: PLR2004 - percent
