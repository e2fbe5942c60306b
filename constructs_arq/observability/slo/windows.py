"""The windows of burn rates and reports, as durations of Prometheus."""

from typing import Final

_UNITS: Final = (("d", 86_400), ("h", 3600), ("m", 60))


def duration(seconds: int) -> str:
    """Return a duration as Prometheus writes it in the largest unit: `1d`, `6h`, `5m`."""
    for unit, length in _UNITS:
        if seconds % length == 0:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"
