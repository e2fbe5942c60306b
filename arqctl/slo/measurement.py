"""The measurement of an objective, and the error budget that it leaves."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from arqctl.slo.objective import Objective

_ALL: Final = Decimal(1)


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """The share of failed requests in the window of an objective and in the last hour.

    `covered` is the share of the window that has data. A ratio is None if it has no data.
    """

    error_ratio: Decimal | None
    last_hour: Decimal | None
    covered: Decimal


NO_DATA: Final = Measurement(error_ratio=None, last_hour=None, covered=Decimal(0))


@dataclass(frozen=True, kw_only=True)
class Budget:
    """An objective with its measurement."""

    objective: Objective
    measurement: Measurement

    @property
    def used(self) -> Decimal | None:
        """The share of the budget that is used: more than 1 if the objective is missed."""
        ratio = self.measurement.error_ratio
        return None if ratio is None else ratio / self.objective.budget

    @property
    def left(self) -> Decimal | None:
        """The share of the budget that is left; negative if the objective is missed."""
        return None if self.used is None else _ALL - self.used

    @property
    def left_minutes(self) -> Decimal | None:
        """The budget that is left, as minutes of a total outage."""
        return None if self.left is None else self.left * self.objective.budget_minutes

    @property
    def burn_rate(self) -> Decimal | None:
        """The share of failed requests of the last hour, divided by the budget."""
        ratio = self.measurement.last_hour
        return None if ratio is None else ratio / self.objective.budget

    @property
    def days_left(self) -> Decimal | None:
        """The days until the budget is used up at the burn rate, or None if it never is, or is unknown."""
        if self.left is None or not self.burn_rate:
            return None
        return max(Decimal(0), self.left) * self.objective.window_days / self.burn_rate

    @property
    def is_measured(self) -> bool:
        """Whether the budget and the burn rate are known."""
        return self.used is not None and self.burn_rate is not None

    @property
    def is_used_up(self) -> bool:
        """Whether the objective is missed."""
        return self.used is not None and self.used >= _ALL
