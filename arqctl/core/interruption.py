"""Interrupts a run: Ctrl-C, the end of a pipeline's job, and a deadline are the same.

A cancelled pipeline sends SIGINT, sends SIGTERM after 7.5 seconds, and kills the process after 10 seconds.
Each signal becomes KeyboardInterrupt, so that a run can save what it has.
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-cancellation
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, TypeAlias

Handler: TypeAlias = Callable[[int, FrameType | None], object]

INTERRUPTIONS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)
"""The signals that interrupt a run. The deadline sends SIGALRM."""


@contextmanager
def handle_interruptions(handler: Handler | signal.Handlers) -> Iterator[bool]:
    """Handle the signals with `handler`, except those that are ignored already.

    Yields whether signals can be handled: Python delivers them to the main thread only.
    """
    if threading.current_thread() is not threading.main_thread():
        yield False
        return
    handled = [each for each in INTERRUPTIONS if signal.getsignal(each) is not signal.SIG_IGN]
    before = {each: signal.signal(each, handler) for each in handled}
    try:
        yield True
    finally:
        for each, previous in before.items():
            signal.signal(each, previous)


@contextmanager
def ignore_interruptions() -> Iterator[None]:
    """Ignore the signals: a pipeline sends the second one while the run saves what it has."""
    with handle_interruptions(signal.SIG_IGN):
        yield


@contextmanager
def interrupt_on_signals() -> Iterator[None]:
    """Raise KeyboardInterrupt for each of the signals."""
    with handle_interruptions(signal.default_int_handler):
        yield


@contextmanager
def deadline(minutes: float | None) -> Iterator[None]:
    """Interrupt the run after so many minutes, or never if it is None.

    Raises:
        KeyboardInterrupt: with the reason.
    """
    if minutes is None:
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, minutes * 60)
    try:
        yield
    except KeyboardInterrupt as interrupt:
        is_over = signal.getitimer(signal.ITIMER_REAL)[0] == 0
        reason = f"It took longer than --timeout-minutes {minutes:g}." if is_over else ""
        raise KeyboardInterrupt("\n".join(filter(None, [reason, str(interrupt)]))) from interrupt
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
