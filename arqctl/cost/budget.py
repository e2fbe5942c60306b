"""Compares the budgets in stacks with the estimate of what the stacks cost."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import chain

from arqctl.core.assembly import Block, Stack
from arqctl.cost.arguments import read_number, read_text
from arqctl.cost.assumptions import Assumptions, assumptions_of
from arqctl.cost.estimate import Estimate, combine, estimate
from arqctl.cost.priceable import priceable_resources

_TYPE = "aws_budgets_budget"
_TOLERANCE = Decimal("0.20")
_STEP = 50
"""Suggested budgets are multiples of this number of dollars, or of a dollar below ten times as much."""


@dataclass(frozen=True)
class BudgetComparison:
    """A budget of all costs, and the estimate of its environment in US dollars a month.

    `limit` is None if it isn't literal.
    """

    block: Block
    stack: str
    limit: Decimal | None
    estimate: Decimal

    @property
    def is_close(self) -> bool:
        """Whether the budget is within 20 % of the estimate."""
        if self.limit is None:
            return False
        return abs(self.limit - self.estimate) <= self.estimate * _TOLERANCE

    @property
    def suggested(self) -> int:
        """A round budget near the estimate."""
        step = Decimal(_STEP if self.estimate >= 10 * _STEP else 1)
        rounded = (self.estimate / step).quantize(Decimal(1), ROUND_HALF_UP) * step
        return max(int(rounded), 1)

    def __str__(self) -> str:
        given = "is not a literal number" if self.limit is None else f"is ${self.limit:,f} a month"
        return f"The budget {given}, and the estimate is ${self.estimate:,}"


def compare_budgets(
    stacks: Iterable[Stack], assumptions: Assumptions | None = None
) -> Iterator[BudgetComparison]:
    """Yield the monthly cost budgets in the stacks of one environment that have no filter."""
    given = tuple(stacks)
    budgets = [(stack, block) for stack in given for block in stack.resources if _covers_all(block)]
    if not budgets:
        return
    costs = estimate_stacks(given, assumptions)
    for stack, block in budgets:
        yield BudgetComparison(block, stack.name, read_number(block.body, "limit_amount"), costs.monthly)


def estimate_stacks(stacks: Iterable[Stack], assumptions: Assumptions | None = None) -> Estimate:
    """Estimate what several stacks cost together; by default with the usage of their environments."""
    given = tuple(stacks)
    resources = [priceable_resources(stack) for stack in given]
    related = tuple(chain.from_iterable(resources))
    usage = [(assumptions or assumptions_of(stack.environment)).for_stack(stack.name) for stack in given]
    return combine(estimate(own, each, related) for own, each in zip(resources, usage, strict=True))


def _covers_all(block: Block) -> bool:
    return (
        block.type == _TYPE
        and read_text(block.body, "budget_type") == "COST"
        and read_text(block.body, "time_unit") == "MONTHLY"
        and not block.body.get("cost_filter")
    )
