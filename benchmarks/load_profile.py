"""The load that a recording drives: ramps, a plateau, spikes and a random walk, with random arrivals."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

SECONDS = 180
"""The length of the profile."""

_Rate = Callable[[float], float]


@dataclass(frozen=True)
class _Phase:
    """A part of the profile. `rate` returns requests in a second, for a time between 0 and 1."""

    seconds: int
    rate: _Rate


def draw_arrivals(seed: int, *, seconds: int = SECONDS, scale: float = 1) -> Iterator[float]:
    """Return the times of requests in seconds: a Poisson process, the same for the same seed.

    `scale` multiplies the rates.
    """
    source = random.Random(seed)  # noqa: S311 - a load
    rates = [rate * scale for rate in _rates(source)]
    now = 0.0
    while now < seconds:
        # Within a second, the rate is constant. The pause can be shorter than the next second's would be.
        now += source.expovariate(rates[int(now) % len(rates)])
        if now < seconds:
            yield now


def _rates(source: random.Random) -> list[float]:
    phases = [
        _constant(15, 5),
        _Phase(25, lambda part: 5 + 75 * part),
        _Phase(25, lambda _: 80 * source.uniform(0.85, 1.15)),
        _constant(12, 180),
        _constant(18, 60),
        _Phase(40, _random_walk(source, start=60, least=20, most=140)),
        _constant(8, 200),
        _Phase(22, lambda part: 100 - 90 * part),
        _constant(15, 5),
    ]
    return [phase.rate(second / phase.seconds) for phase in phases for second in range(phase.seconds)]


def _constant(seconds: int, rate: float) -> _Phase:
    return _Phase(seconds, lambda _: rate)


def _random_walk(source: random.Random, *, start: float, least: float, most: float) -> _Rate:
    rate = start

    def step(_: float) -> float:
        nonlocal rate
        rate = min(max(rate * source.uniform(0.75, 1.35), least), most)
        return rate

    return step
