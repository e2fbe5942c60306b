"""Retries: number of attempts, length of the waits, and the limit of ten minutes."""

import time
from dataclasses import dataclass, field
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from arqctl.core.errors import InputError
from arqctl.forge.retry import RetryableError, RetryPolicy, retry_after


@dataclass
class Recorder:
    """Records the waits and the progress of a policy without waiting."""

    waits: list[float] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def run(self, *errors: RetryableError) -> tuple[str, int]:
        """Run a task that first raises the errors; return its result and the number of attempts."""
        pending, attempts = list(errors), 0

        def task() -> str:
            nonlocal attempts
            attempts += 1
            if pending:
                raise pending.pop(0)
            return "done"

        return RetryPolicy(self.lines.append, self.waits.append, lambda: 0).run(task), attempts


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


BUSY = RetryableError("GitHub", "answers with 502")


def test_a_success_needs_one_attempt(recorder: Recorder) -> None:
    assert recorder.run() == ("done", 1)
    assert (recorder.waits, recorder.lines) == ([], [])


def test_each_wait_is_twice_as_long_and_is_reported(recorder: Recorder) -> None:
    assert recorder.run(*[BUSY] * 3) == ("done", 4)
    assert recorder.waits == [1, 2, 4]
    assert recorder.lines[0] == "GitHub answers with 502: retrying in 1 s"


def test_the_eighth_attempt_is_the_last(recorder: Recorder) -> None:
    assert recorder.run(*[BUSY] * 7) == ("done", 8)
    with pytest.raises(InputError, match="answers with 502, in 8 of 8 attempts"):
        Recorder().run(*[BUSY] * 8)


def test_a_wait_that_the_server_asks_for_is_kept(recorder: Recorder) -> None:
    recorder.run(*[RetryableError("GitHub", "limits", retry_after=90, first_wait=60)] * 2)
    assert recorder.waits == [90, 90]


def test_a_limit_without_a_time_starts_with_a_minute(recorder: Recorder) -> None:
    recorder.run(*[RetryableError("GitHub", "limits", first_wait=60)] * 3)
    assert recorder.waits == [60, 120, 240]


@pytest.mark.parametrize("seconds", [0, -5])
def test_a_wait_in_the_past_is_a_second(recorder: Recorder, seconds: float) -> None:
    recorder.run(RetryableError("GitHub", "limits", retry_after=seconds))
    assert recorder.waits == [1]


def test_a_wait_that_is_too_long_does_not_start(recorder: Recorder) -> None:
    limit = RetryableError("GitHub", "limits the rate of requests", retry_after=47 * 60)
    with pytest.raises(InputError, match=r"asks to wait 47 minutes; 10 are left.*Run the job again"):
        recorder.run(limit)
    assert (recorder.waits, recorder.lines) == ([], [])


@given(
    st.lists(st.one_of(st.none(), st.floats(0, 1e9)), min_size=20, max_size=20),
    st.sampled_from([1.0, 60.0]),
    st.floats(0, 1),
)
def test_it_ends_within_ten_minutes_and_never_retries_early(
    asked: list[float | None], first_wait: float, jitter: float
) -> None:
    waits: list[float] = []
    errors = [RetryableError("GitHub", "is busy", retry_after=each, first_wait=first_wait) for each in asked]

    def task() -> None:
        raise errors.pop(0)

    with pytest.raises(InputError):
        RetryPolicy(lambda _: None, waits.append, lambda: jitter).run(task)
    assert sum(waits) <= 600
    assert all(wait >= (each or 0) for wait, each in zip(waits, asked, strict=False))


def test_jitter_spreads_the_waits() -> None:
    waits: list[float] = []
    jitters = iter((0, 0.5, 1))
    errors = [RetryableError("GitHub", "is busy", retry_after=100)] * 3

    def task() -> None:
        if errors:
            raise errors.pop()

    RetryPolicy(print, waits.append, lambda: next(jitters)).run(task)
    assert waits == [100, 112.5, 125]


class TestRetryAfter:
    def seconds(self, **headers: str) -> float | None:
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return retry_after(CaseInsensitiveDict(named))

    def test_in_seconds(self) -> None:
        assert self.seconds(Retry_After="30") == 30

    def test_as_a_date(self) -> None:
        assert self.seconds(Retry_After=formatdate(time.time() + 90, usegmt=True)) == pytest.approx(90, abs=5)

    @pytest.mark.parametrize("prefix", ["X-RateLimit", "RateLimit"])
    def test_until_a_rate_limit_resets(self, prefix: str) -> None:
        reset = str(int(time.time()) + 120)
        headers = {f"{prefix}-Remaining": "0", f"{prefix}-Reset": reset}
        assert self.seconds(**headers) == pytest.approx(120, abs=5)

    def test_a_limit_with_requests_left_needs_no_wait(self) -> None:
        assert self.seconds(X_RateLimit_Remaining="12", X_RateLimit_Reset="99999999999") is None

    def test_retry_after_precedes_the_rate_limit(self) -> None:
        reset = str(int(time.time()) + 3000)
        assert self.seconds(Retry_After="5", X_RateLimit_Remaining="0", X_RateLimit_Reset=reset) == 5

    @pytest.mark.parametrize("text", ["soon", "-1", "1e9", "٣", "9" * 5000, "Thu, 99 Foo", "", "1.5", "nan"])
    def test_an_invalid_time_is_ignored(self, text: str) -> None:
        assert self.seconds(Retry_After=text) is None
        assert self.seconds(X_RateLimit_Remaining="0", X_RateLimit_Reset=text) is None
