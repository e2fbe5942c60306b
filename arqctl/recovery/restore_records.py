"""Restore tests of an environment, from the records that its state machine writes."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sys import float_info
from typing import Final

from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Body, Json, as_object, as_text

_FIX: Final = "Copy the folder restores/ of the bucket for dumps again, without changes"
_EMPTY: Final = "Copy the folder restores/ of the bucket for dumps, or name another with --restores"
_GIB: Final = 1024**3


@dataclass(frozen=True, kw_only=True)
class RestoreTest:
    """A restore job, and whether the restored database was valid.

    `seconds` is the duration of the job, and `age_seconds` that from the backup until its start. These and
    `gib`, the size of the instance, are None if AWS Backup did not state them.
    """

    job: str
    at: datetime
    valid: bool
    message: str
    seconds: float | None
    age_seconds: float | None
    gib: float | None


def read_restores(folder: Path, environment: str, *, now: datetime) -> Sequence[RestoreTest]:
    """Return the restore tests of a folder with records, the oldest first.

    Raises:
        InputError: with all invalid records, or if there are none.
    """
    files = sorted(folder.glob("*.json")) if folder.is_dir() else []
    if not files:
        raise InputError([Problem(str(folder), "has no records of restore tests", _EMPTY)])
    problems: list[Problem] = []
    tests: list[RestoreTest] = []
    for file in files:
        try:
            tests.append(_read(file, environment, now))
        except (OSError, RecursionError, ValueError) as error:
            problems.append(Problem(str(file), str(error), _FIX))
    if problems:
        raise InputError(problems)
    return sorted(tests, key=lambda test: test.at)


def _read(file: Path, environment: str, now: datetime) -> RestoreTest:
    record: Json = json.loads(file.read_text(encoding="utf-8"))
    event, result = as_object(as_object(record).get("detail")), as_object(as_object(record).get("result"))
    at = _time(as_object(record).get("time"), "time")
    problems = list(_faults(event, result, environment))
    if at > now:
        problems.append(f"time must not be after now, got {at.isoformat()}")
    if problems:
        raise ValueError("; ".join(problems))
    restore = as_object(result.get("restore"))
    seconds, size = (_number(restore.get(name), f"result.restore.{name}") for name in ("seconds", "bytes"))
    age = None
    if seconds is not None:
        backup = _time(restore.get("recovery_point"), "result.restore.recovery_point")
        age = (_start(at, seconds) - backup).total_seconds()
    return RestoreTest(
        job=as_text(event["restoreJobId"]),
        at=at,
        valid=result["valid"] is True,
        message=as_text(result.get("message")),
        seconds=seconds,
        age_seconds=age,
        gib=None if size is None else size / _GIB,
    )


def _faults(event: Body, result: Body, environment: str) -> Iterator[str]:
    if not as_text(event.get("restoreJobId")):
        yield "has no detail.restoreJobId"
    # The name of the plan begins with the environment.
    plan = as_text(event.get("restoreTestingPlanArn")).rpartition(":")[2]
    if not plan.startswith(f"{environment.replace('-', '_')}_"):
        yield f"is of the plan {plan or '?'}, not of {environment}"
    if not isinstance(result.get("valid"), bool):
        yield f"result.valid must be true or false, got {result.get('valid')!r}"


def _time(value: Json, name: str) -> datetime:
    try:
        found = datetime.fromisoformat(as_text(value))
    except ValueError:
        raise ValueError(f"{name} must be a time, got {value!r}") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _start(at: datetime, seconds: float) -> datetime:
    try:
        return at - timedelta(seconds=seconds)
    except OverflowError:
        what = "result.restore.seconds must be the duration of a job"
        raise ValueError(f"{what}, got {seconds:g}") from None


def _number(value: Json, name: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= float_info.max:
        raise ValueError(f"{name} must be a number from 0 on, got {value!r}")
    return float(value)
