"""Retries requests to GitHub or GitLab."""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TypeVar

from arqctl.core.errors import InputError, Problem
from arqctl.core.progress import ProgressCallback

_Result = TypeVar("_Result")

_ATTEMPTS = 8
_MAX_SECONDS = 600.0
_MAX_DIGITS = 10


class RetryableError(Exception):
    """A request failed, and the same request may succeed later.

    `retry_after` is the wait in seconds that the server asks for. Without it, `first_wait` is the wait before
    the second attempt, and each further wait is twice as long.
    """

    def __init__(
        self, forge: str, why: str, *, retry_after: float | None = None, first_wait: float = 1
    ) -> None:
        super().__init__(f"{forge} {why}")
        self.forge = forge
        self.why = why
        self.retry_after = retry_after
        self.first_wait = first_wait


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Repeats a task until it succeeds: eight attempts within ten minutes. `on_progress` gets each wait.

    `jitter` returns a number from 0 to 1, so that jobs that failed together don't retry together.
    """

    on_progress: ProgressCallback
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random

    def run(self, task: Callable[[], _Result]) -> _Result:
        """Return the task's result. The task must be safe to repeat.

        Raises:
            InputError: when the last attempt fails, or the server asks for a longer wait.
        """
        waited, attempts = 0.0, 0
        while True:
            try:
                return task()
            except RetryableError as error:
                wait = self._wait(error, attempts)
                attempts += 1
                if attempts == _ATTEMPTS or waited + wait > _MAX_SECONDS:
                    raise InputError([_problem(error, attempts, waited, wait)]) from error
                self.on_progress(f"{error}: retrying in {wait:.0f} s")
                self.sleep(wait)
                waited += wait

    def _wait(self, error: RetryableError, earlier_waits: int) -> float:
        asked = error.retry_after
        wait = error.first_wait * 2**earlier_waits if asked is None else max(asked, 1)
        return wait * (1 + self.jitter() / 4)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a response's headers ask to wait: `Retry-After`, or a rate limit's reset."""
    after = headers.get("retry-after", "")
    if _is_number(after):
        return float(after)
    if after:
        try:
            return parsedate_to_datetime(after).timestamp() - time.time()
        except ValueError:
            return None
    for prefix in ("x-ratelimit", "ratelimit"):
        reset = headers.get(f"{prefix}-reset", "")
        if headers.get(f"{prefix}-remaining") == "0" and _is_number(reset):
            return float(reset) - time.time()
    return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS


def _problem(error: RetryableError, attempts: int, waited: float, wait: float) -> Problem:
    what = f"{error.why}, in {attempts} of {attempts} attempts"
    if error.retry_after is not None:
        left = (_MAX_SECONDS - waited) / 60
        what = f"{error.why}, and asks to wait {wait / 60:.0f} minutes; {left:.0f} are left"
    return Problem(error.forge, what, "Run the job again later")
