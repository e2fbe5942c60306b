"""Rules and routes in which a minute of production is a second.

All durations of Prometheus and Alertmanager are divided by one factor: intervals, windows, waits, and the
seconds of a window by which expressions multiply. Names of series keep the windows of production. Programs
that are monitored keep their own time.
"""

import re
from typing import Any

FACTOR = 60
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_KEYS = {
    "for",
    "group_interval",
    "group_wait",
    "interval",
    "keep_firing_for",
    "repeat_interval",
    "resolve_timeout",
}
_DURATION = re.compile(r"(?:(?<=\[)|(?<=offset ))\d+[smhd](?=\]|\b)")
# The failures in a window, and the time until a forecast.
_SECONDS = re.compile(r"(?<=\* )\d+(?= >=)|(?<=\], )\d+(?=\))")
# The time since an event.
_AGE = re.compile(r"(time\(\) - .*?[<>] )(\d{3,})")
# A sum of samples, which divides the interval of evaluation by the window.
_RATIO = re.compile(r"(?<=\* )(\d+) / (\d+)")


def shorten(value: Any) -> Any:
    """Return rules or routes with shorter durations."""
    if isinstance(value, list):
        return [shorten(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {key: _shorten_entry(key, each) for key, each in value.items()}


def shorten_duration(text: str) -> str:
    """Return a duration such as `30s` in milliseconds: `500ms`."""
    return f"{round(int(text[:-1]) * _UNITS[text[-1]] * 1000 / FACTOR)}ms"


def shorten_expression(text: str) -> str:
    """Return a query about a shorter time."""
    text = _RATIO.sub(lambda match: f"{int(match[1]) / FACTOR} / {int(match[2]) / FACTOR}", text)
    text = _SECONDS.sub(lambda match: str(int(match[0]) / FACTOR), text)
    text = _AGE.sub(lambda match: match[1] + str(int(match[2]) / FACTOR), text)
    return _DURATION.sub(lambda match: shorten_duration(match[0]), text)


def _shorten_entry(key: str, value: Any) -> Any:
    if key == "expr":
        return shorten_expression(value)
    if key in _KEYS:
        return shorten_duration(value)
    return shorten(value)
