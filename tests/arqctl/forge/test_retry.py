"""Waiting: as long as the forge asks for, longer each time where it doesn't say, and never without an end."""

import time
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from arqctl.core.errors import InputError
from arqctl.forge.retry import NotNow, Patience, wait_told


def busy(*reasons: NotNow) -> tuple[Patience, list[float], list[str], list[NotNow]]:
    """Patience, what it waits and says, and what goes wrong before the work succeeds."""
    waits: list[float] = []
    said: list[str] = []
    return Patience(said.append, waits.append, lambda: 0), waits, said, list(reasons)


def work(reasons: list[NotNow]) -> str:
    if reasons:
        raise reasons.pop(0)
    return "done"


def test_what_succeeds_is_done_once_and_nothing_is_said() -> None:
    patience, waits, said, reasons = busy()
    assert patience.keep(lambda: work(reasons)) == "done"
    assert (waits, said) == ([], [])


def test_it_waits_longer_each_time_and_says_so() -> None:
    patience, waits, said, reasons = busy(*[NotNow("GitHub", "answers with 502")] * 3)
    assert patience.keep(lambda: work(reasons)) == "done"
    assert waits == [1, 2, 4]
    assert said[0] == "GitHub answers with 502: asking again in 1 s"


def test_it_waits_as_long_as_it_is_told() -> None:
    patience, waits, _, reasons = busy(*[NotNow("GitHub", "limits", told=90, first=60)] * 2)
    patience.keep(lambda: work(reasons))
    assert waits == [90, 90]


def test_a_limit_without_an_end_is_waited_for_from_a_minute_on() -> None:
    patience, waits, _, reasons = busy(*[NotNow("GitHub", "limits", first=60)] * 3)
    patience.keep(lambda: work(reasons))
    assert waits == [60, 120, 240]


@pytest.mark.parametrize("told", [0, -5])
def test_a_wait_that_is_over_is_still_a_moment(told: float) -> None:
    patience, waits, _, reasons = busy(NotNow("GitHub", "limits", told=told))
    patience.keep(lambda: work(reasons))
    assert waits == [1]


def test_it_doesn_t_begin_a_wait_that_is_too_long() -> None:
    patience, waits, said, reasons = busy(NotNow("GitHub", "limits how often it is asked", told=47 * 60))
    with pytest.raises(InputError, match=r"asks to wait 47 minutes, of 10 that are left.*Run the job again"):
        patience.keep(lambda: work(reasons))
    assert (waits, said) == ([], [])


@given(
    st.lists(st.one_of(st.none(), st.floats(0, 1e9)), min_size=20, max_size=20),
    st.sampled_from([1.0, 60.0]),
    st.floats(0, 1),
)
def test_it_ends_within_ten_minutes_and_never_comes_early(
    told: list[float | None], first: float, jitter: float
) -> None:
    waits: list[float] = []
    reasons = [NotNow("GitHub", "is busy", told=each, first=first) for each in told]
    with pytest.raises(InputError):
        Patience(lambda _: None, waits.append, lambda: jitter).keep(lambda: work(reasons))
    assert sum(waits) <= 600
    assert all(wait >= (asked or 0) for wait, asked in zip(waits, told, strict=False))


def test_many_that_failed_at_once_don_t_come_back_at_once() -> None:
    waits: list[float] = []
    jitters = iter((0, 0.5, 1))
    reasons = [NotNow("GitHub", "is busy", told=100)] * 3
    Patience(print, waits.append, lambda: next(jitters)).keep(lambda: work(reasons))
    assert waits == [100, 112.5, 125]


class TestWaitTold:
    def told(self, **headers: str) -> float | None:
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return wait_told(CaseInsensitiveDict(named))

    def test_in_seconds(self) -> None:
        assert self.told(Retry_After="30") == 30

    def test_as_a_date(self) -> None:
        assert self.told(Retry_After=formatdate(time.time() + 90, usegmt=True)) == pytest.approx(90, abs=5)

    @pytest.mark.parametrize("prefix", ["X-RateLimit", "RateLimit"])
    def test_until_the_limit_begins_anew(self, prefix: str) -> None:
        reset = str(int(time.time()) + 120)
        headers = {f"{prefix}-Remaining": "0", f"{prefix}-Reset": reset}
        assert self.told(**headers) == pytest.approx(120, abs=5)

    def test_what_is_left_of_a_limit_is_no_reason_to_wait(self) -> None:
        assert self.told(X_RateLimit_Remaining="12", X_RateLimit_Reset="99999999999") is None

    def test_the_shorter_word_goes_first(self) -> None:
        reset = str(int(time.time()) + 3000)
        assert self.told(Retry_After="5", X_RateLimit_Remaining="0", X_RateLimit_Reset=reset) == 5

    @pytest.mark.parametrize("text", ["soon", "-1", "1e9", "٣", "9" * 5000, "Thu, 99 Foo", "", "1.5", "nan"])
    def test_what_is_no_time_tells_nothing(self, text: str) -> None:
        assert self.told(Retry_After=text) is None
        assert self.told(X_RateLimit_Remaining="0", X_RateLimit_Reset=text) is None
