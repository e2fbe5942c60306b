"""Advice: stop what nobody uses at night and at weekends, where no data is protected."""

from collections.abc import Iterator
from decimal import Decimal

from arqctl.cost.advice.saving import Saving, StackCosts, dollars
from arqctl.cost.arguments import read_flag

_OFF_HOURS, _WEEK_HOURS = Decimal(108), Decimal(168)
"""Off from Monday to Friday between 20:00 and 08:00, and at weekends: 5 x 12 + 48 hours."""


def advise_nights(stack: StackCosts) -> Iterator[Saving]:
    """Stop databases and node groups of an environment whose databases can be deleted."""
    databases = tuple(stack.of_type("aws_db_instance"))
    if not databases or any(read_flag(each.values, "deletion_protection") is not False for each in databases):
        return
    scheduled = str([each.values for each in stack.of_type("aws_autoscaling_schedule")])
    groups = tuple(
        each for each in stack.of_type("aws_eks_node_group") if f"${{{each.address}." not in scheduled
    )
    candidates = [
        (
            "databases",
            databases,
            "rds/postgres/",
            "They start in minutes, and RDS starts a stopped one after seven days.",
        ),
        ("node groups", groups, "ec2/", "Nobody can use the environment then, and jobs at night don't run."),
    ]
    for name, resources, prefix, trade_off in candidates:
        charged = sum((stack.monthly(each, prefix) for each in resources), Decimal(0))
        if charged:
            yield Saving(
                kind="nights",
                change=f"Stop {name} from 20:00 to 08:00 and at weekends",
                monthly=round(charged * _OFF_HOURS / _WEEK_HOURS, 2),
                calculation=f"{_OFF_HOURS} of {_WEEK_HOURS} hours of {dollars(charged)}",
                trade_off=trade_off,
                addresses=tuple(each.address for each in resources),
            )
