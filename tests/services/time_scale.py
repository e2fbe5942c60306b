"""The simulated cluster is faster than a real one."""

_TIMES_FASTER = 5


def scaled(seconds: float) -> float:
    """Return the seconds of the simulation. All waits and delays have the same ratio as in a cluster."""
    return seconds / _TIMES_FASTER
