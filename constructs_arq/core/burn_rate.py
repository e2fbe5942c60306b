"""Error budgets, and the burn rates at which alerts fire.

An objective of 99.9 % leaves a budget of 0.1 % of the requests. The burn rate is the share of failed requests
divided by the budget: at 1, the budget lasts exactly for the window of the objective.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from constructs_arq.core.alarm import Severity

_MINUTES_PER_DAY: Final = 24 * 60
_SECONDS_PER_DAY: Final = 86_400


@dataclass(frozen=True, kw_only=True)
class BurnRate:
    """A burn rate that is an alert if it is exceeded in both windows.

    The long window shows that the problem costs a relevant part of the budget. The short one shows that it
    still exists, so the alert ends soon after the problem.
    """

    factor: Decimal
    short_seconds: int
    long_seconds: int
    severity: Severity

    def error_ratio(self, objective: float) -> Decimal:
        """Return the share of failed requests at this burn rate."""
        return self.factor * error_budget(objective)

    def budget_used(self, window_days: int) -> Decimal:
        """Return the share of the budget that is used when the long window reaches this burn rate."""
        return self.factor * self.long_seconds / (window_days * _SECONDS_PER_DAY)

    def seconds_to_detect(self, failed: Decimal, *, objective: float) -> Decimal | None:
        """Return the time until a share of failed requests, after none, exceeds the rate in both windows.

        None if it never does. Collection of the data and evaluation take longer.
        """
        threshold = self.error_ratio(objective)
        return self.long_seconds * threshold / failed if failed > threshold else None


# The windows and factors of chapter 5, "Alerting on SLOs", of Google's Site Reliability Workbook.
# https://sre.google/workbook/alerting-on-slos/#6-multiwindow-multi-burn-rate-alerts
BURN_RATES: Final = (
    BurnRate(factor=Decimal("14.4"), short_seconds=5 * 60, long_seconds=60 * 60, severity=Severity.CRITICAL),
    BurnRate(factor=Decimal(6), short_seconds=30 * 60, long_seconds=6 * 3600, severity=Severity.CRITICAL),
    BurnRate(factor=Decimal(3), short_seconds=2 * 3600, long_seconds=86_400, severity=Severity.WARNING),
    BurnRate(factor=Decimal(1), short_seconds=6 * 3600, long_seconds=3 * 86_400, severity=Severity.WARNING),
)

# At this share of successful requests, the highest burn rate is that of a total outage.
SMALLEST_OBJECTIVE: Final = 100 - 100 / max(rate.factor for rate in BURN_RATES)


def error_budget(objective: float) -> Decimal:
    """Return the share of requests that may fail: 0.001 for an objective of 99.9 %."""
    # Exact, because the text has the digits that the user wrote.
    return (100 - Decimal(str(objective))) / 100


def budget_minutes(objective: float, window_days: int) -> Decimal:
    """Return the minutes of total outage that the budget allows: 40.32 for 99.9 % in 28 days."""
    return error_budget(objective) * window_days * _MINUTES_PER_DAY
