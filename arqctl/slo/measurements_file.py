"""Reads measurements from a file, so that a report needs no network."""

import json
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Body, Json, as_object
from arqctl.slo.measurement import NO_DATA, Measurement
from arqctl.slo.objective import Objective

_FORM = '{"api-availability": {"error_ratio": 0.0004, "last_hour": 0.0001, "covered": 1}}'


def read_measurements(file: Path, objectives: Sequence[Objective]) -> dict[str, Measurement]:
    """Return the measurements by objective. An objective that the file does not name has no data.

    Raises:
        InputError: if the file is not of that form, or names an unknown objective.
    """
    try:
        document: Json = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError([Problem(str(file), f"can't be read: {error}", f"Write it like {_FORM}")]) from error
    entries = as_object(document)
    known = {objective.name for objective in objectives}
    problems = [
        Problem(f"{file}: {name}", "is no objective of the environment", f"Use {', '.join(sorted(known))}")
        for name in entries
        if name not in known
    ]
    if not isinstance(document, dict):
        problems.append(Problem(str(file), "must be a JSON object", f"Write it like {_FORM}"))
    if problems:
        raise InputError(problems)
    return {name: _measurement(file, name, as_object(entries.get(name))) for name in known}


def _measurement(file: Path, name: str, entry: Body) -> Measurement:
    if not entry:
        return NO_DATA
    values = {key: _share(file, name, key, entry.get(key)) for key in ("error_ratio", "last_hour", "covered")}
    covered = values["covered"]
    return Measurement(
        error_ratio=values["error_ratio"],
        last_hour=values["last_hour"],
        covered=Decimal(0) if covered is None else covered,
    )


def _share(file: Path, name: str, key: str, value: Json) -> Decimal | None:
    if value is None:
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 <= number <= 1:
        what = f"must be a number from 0 to 1, got {value!r}"
        raise InputError([Problem(f"{file}: {name}.{key}", what, f"Write it like {_FORM}")])
    return number
