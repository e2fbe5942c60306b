"""Advice: shorter retention and a cheaper class of log groups."""

from collections.abc import Iterator
from decimal import Decimal

from arqctl.cost.advice.saving import Saving, StackCosts, price_of
from arqctl.cost.arguments import read_number, read_text
from arqctl.cost.priceable import PriceableResource

# The shortest that CKV_AWS_338 of the gate accepts.
_DAYS = Decimal(365)
_MINIMUM = Decimal("0.50")
# These need the class Standard: metric filters, subscriptions, and alarms on them.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html
_STANDARD_ONLY = ("aws_cloudwatch_log_metric_filter", "aws_cloudwatch_log_subscription_filter")


def advise_retention(stack: StackCosts) -> Iterator[Saving]:
    """Keep logs for a year where they are kept longer."""
    for group in stack.of_type("aws_cloudwatch_log_group"):
        days = read_number(group.values, "retention_in_days", 0)
        stored = stack.monthly(group, "logs/storage")
        if not days or days <= _DAYS:
            continue
        monthly = round(stored * (1 - _DAYS / days), 2)
        if monthly >= _MINIMUM:
            yield Saving(
                kind="logs",
                change=f"Keep {_name(group)} for a year",
                monthly=monthly,
                calculation=f"stored for {_DAYS} instead of {days:,f} days",
                trade_off="Older events can't be investigated. Check what your auditors require.",
                addresses=(group.address,),
            )


def advise_log_class(stack: StackCosts) -> Iterator[Saving]:
    """Use the class Infrequent Access, which ingests at half the price, where nothing reads the logs."""
    for group in stack.of_type("aws_cloudwatch_log_group"):
        ingested = stack.components(group, "logs/ingestion")
        infrequent = read_text(group.values, "log_group_class") == "INFREQUENT_ACCESS"
        if not ingested or infrequent or _is_read(stack, group):
            continue
        part = ingested[0]
        other = price_of(part.region, "logs/ingestion-infrequent-access", part.quantity or Decimal(0))
        if other is None or part.monthly is None or part.monthly - other < _MINIMUM:
            continue
        yield Saving(
            kind="logs",
            change=f"Use the class Infrequent Access for {_name(group)}",
            monthly=part.monthly - other,
            calculation=f"{part.quantity:,f} GiB at half of the price",
            trade_off="Runbooks that use `aws logs tail` or FilterLogEvents don't work: AWS refuses both. "
            "No Live Tail, metric filters or subscriptions. AWS replaces the log group.",
            addresses=(group.address,),
        )


def _is_read(stack: StackCosts, group: PriceableResource) -> bool:
    name = read_text(group.values, "name")
    others = stack.of_type(*_STANDARD_ONLY)
    return bool(stack.referrers(group, *_STANDARD_ONLY)) or any(
        name and each.values.get("log_group_name") == name for each in others
    )


def _name(group: PriceableResource) -> str:
    return read_text(group.values, "name") or group.path
