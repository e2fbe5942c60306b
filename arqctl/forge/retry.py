"""Patience with a forge that is out of breath: how long to wait, how often, and when to give up."""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TypeVar

from arqctl.core.errors import InputError, Problem

_Result = TypeVar("_Result")

_ATTEMPTS = 8
_LONGEST = 600.0
_SECONDS = 10


class NotNow(Exception):  # noqa: N818 - it is no error: the same may succeed in a moment
    """The forge can't answer now.

    `told` is how many seconds it asks to be left alone for; where it doesn't say, `first` is how many to wait
    before the second attempt, and each further wait is twice as long.
    """

    def __init__(self, forge: str, why: str, *, told: float | None = None, first: float = 1) -> None:
        super().__init__(f"{forge} {why}")
        self.forge = forge
        self.why = why
        self.told = told
        self.first = first


@dataclass(frozen=True, slots=True)
class Patience:
    """Does a work again until it succeeds, for ten minutes at most. `tell` hears of each wait, and why.

    `jitter` gives a number from 0 to 1, so that many jobs that failed at once don't come back at once.
    """

    tell: Callable[[str], None]
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random

    def keep(self, work: Callable[[], _Result]) -> _Result:
        """What the work gives. It has to be one that does no harm when it is done twice.

        Raises:
            InputError: when the forge still can't answer after the last attempt, or asks for a longer wait.
        """
        waited, attempts = 0.0, 0
        while True:
            try:
                return work()
            except NotNow as reason:
                pause = self._pause(reason, attempts)
                attempts += 1
                if attempts == _ATTEMPTS or waited + pause > _LONGEST:
                    raise InputError([_given_up(reason, attempts, waited, pause)]) from reason
                self.tell(f"{reason}: asking again in {pause:.0f} s")
                self.sleep(pause)
                waited += pause

    def _pause(self, reason: NotNow, waits: int) -> float:
        pause = reason.first * 2**waits if reason.told is None else max(reason.told, 1)
        return pause * (1 + self.jitter() / 4)


def wait_told(headers: Mapping[str, str]) -> float | None:
    """How many seconds a forge asks to be left alone for, by the headers that GitHub and GitLab send."""
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
    return text.isascii() and text.isdecimal() and len(text) <= _SECONDS


def _given_up(reason: NotNow, attempts: int, waited: float, pause: float) -> Problem:
    what = f"{reason.why}, in {attempts} of {attempts} attempts"
    if reason.told is not None:
        limit = (_LONGEST - waited) / 60
        what = f"{reason.why}, and asks to wait {pause / 60:.0f} minutes, of {limit:.0f} that are left"
    return Problem(reason.forge, what, "Run the job again later")
