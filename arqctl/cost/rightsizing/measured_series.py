"""Measured use of a resource over time, and its percentiles."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

MINIMUM = timedelta(days=14)
"""Two weeks have each weekday twice, so that one holiday or one campaign doesn't decide."""
_POINTS_A_DAY = 24
_WITH_DATA = 0.9
"""Share of the hours that must have data."""


@dataclass(frozen=True)
class MeasuredSeries:
    """Values of a measure of a resource, such as `CPUUtilization` of the database `production-database`.

    `kind` is `rds`, `elasticache` or `container`. `stack` is the stack of a container, because stacks have
    containers of the same name. Databases and caches have names of their own, and no stack.
    """

    kind: str
    name: str
    measure: str
    times: tuple[datetime, ...]
    values: tuple[float, ...]
    stack: str = ""

    @property
    def fault(self) -> str:
        """Why the series can't be used; "" if it can."""
        if not self.times:
            return "has no values"
        covered = max(self.times) - min(self.times)
        if covered < MINIMUM - timedelta(hours=1):
            return f"covers {covered / timedelta(days=1):.1f} days, at least {MINIMUM.days} are needed"
        hours = len({each.replace(minute=0, second=0, microsecond=0) for each in self.times})
        if hours < covered / timedelta(days=1) * _POINTS_A_DAY * _WITH_DATA:
            return f"has data in {hours} hours of {covered / timedelta(days=1):.0f} days: some are missing"
        return ""

    def percentile(self, percent: int) -> float:
        """Return the smallest value that is not exceeded by this percentage of the values."""
        ordered = sorted(self.values)
        return ordered[max(ceil(len(ordered) * percent / 100) - 1, 0)]
