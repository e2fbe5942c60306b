"""Reads measured use from files: answers of Prometheus and of CloudWatch, as docs/cost.md describes them."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path

from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Body, Json, as_list, as_object, as_text
from arqctl.cost.rightsizing.measured_series import MeasuredSeries

_FORMATS = "Write the answer of one of the commands in docs/cost.md#rightsizing to the file"
_KINDS = ("rds", "elasticache")
_LABEL_PARTS = 3
_LABELS = ("stack", "container", "measure")


def read_usage(files: Iterable[Path]) -> tuple[MeasuredSeries, ...]:
    """Return the series of all files.

    Raises:
        InputError: for each file with another format, and for each series that is too short or has gaps.
    """
    found: list[MeasuredSeries] = []
    problems: list[Problem] = []
    for file in files:
        try:
            series = tuple(_series(_read(file)))
        except ValueError as error:
            problems.append(Problem(str(file), str(error), _FORMATS))
            continue
        if not series:
            problems.append(Problem(str(file), "has no series", _FORMATS))
        for each in series:
            if each.fault:
                place = f"{file}: {each.kind}/{each.name}/{each.measure}"
                problems.append(Problem(place, each.fault, "Query at least 14 days, with a value each hour"))
        found += series
    if problems:
        raise InputError(problems)
    return tuple(found)


def _read(file: Path) -> Body:
    try:
        document: Json = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"is not JSON: {error}") from error
    return as_object(document)


def _series(document: Body) -> Iterator[MeasuredSeries]:
    if "MetricDataResults" in document:
        yield from _from_cloudwatch(as_list(document["MetricDataResults"]))
    elif as_object(document.get("data")).get("resultType") == "matrix":
        yield from _from_prometheus(as_list(as_object(document["data"]).get("result")))
    else:
        raise ValueError("is neither a range of Prometheus nor an answer of get-metric-data")


def _from_cloudwatch(results: list[Json]) -> Iterator[MeasuredSeries]:
    for each in map(as_object, results):
        parts = as_text(each.get("Label")).split("/")
        if len(parts) != _LABEL_PARTS or parts[0] not in _KINDS:
            raise ValueError(f"the label {as_text(each.get('Label'))!r} is not KIND/NAME/METRIC")
        points = zip(as_list(each.get("Timestamps")), as_list(each.get("Values")), strict=True)
        times, values = _points((datetime.fromisoformat(as_text(time)), value) for time, value in points)
        yield MeasuredSeries(parts[0], parts[1], parts[2], times, values)


def _from_prometheus(results: list[Json]) -> Iterator[MeasuredSeries]:
    for each in map(as_object, results):
        labels = as_object(each.get("metric"))
        stack, container, measure = (as_text(labels.get(name)) for name in _LABELS)
        if not (stack and container and measure):
            raise ValueError(f"a series lacks one of the labels {', '.join(_LABELS)}")
        pairs = [as_list(point) for point in as_list(each.get("values"))]
        times, values = _points((_time(time), value) for time, value in pairs)
        yield MeasuredSeries("container", container, measure, times, values, stack)


def _time(value: Json) -> datetime:
    return datetime.fromtimestamp(float(str(value)), UTC)


def _points(pairs: Iterable[tuple[datetime, Json]]) -> tuple[tuple[datetime, ...], tuple[float, ...]]:
    times, values = [], []
    for time, value in pairs:
        number = float(str(value))
        if isfinite(number):
            times.append(time)
            values.append(number)
    return tuple(times), tuple(values)
