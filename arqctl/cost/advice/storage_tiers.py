"""Advice: a cheaper storage class for objects that are seldom read."""

from collections.abc import Iterator
from decimal import Decimal

from arqctl.core.json_access import Body
from arqctl.cost.advice.saving import Saving, StackCosts, price_of
from arqctl.cost.arguments import read_block, read_blocks, read_number, read_text

_MINIMUM_GIB = Decimal(50)
_LONG_DAYS = 100
_OLD_SHARE = Decimal("0.7")
"""Share of the objects older than 30 days, at a retention of 100 days or more."""


def advise_storage_tiers(stack: StackCosts) -> Iterator[Saving]:
    """Move objects to Standard-IA after 30 days, in large buckets without a transition."""
    for bucket in stack.of_type("aws_s3_bucket"):
        stored = stack.components(bucket, "s3/standard")
        gib = stored[0].quantity if stored else None
        if gib is None or gib < _MINIMUM_GIB or _has_transition(stack, bucket.address):
            continue
        old = gib * _OLD_SHARE
        now, then = (price_of(stored[0].region, f"s3/{name}", old) for name in ("standard", "standard-ia"))
        if now is not None and then is not None and then < now:
            name = read_text(bucket.values, "bucket") or read_text(bucket.values, "bucket_prefix")
            yield Saving(
                kind="storage",
                change=f"Move objects of {name} to Standard-IA after 30 days",
                monthly=now - then,
                calculation=f"{old:,.0f} of {gib:,.0f} GiB",
                trade_off="Reads cost $0.01 for a GiB, and objects below 128 KB or deleted early cost more.",
                addresses=(bucket.address,),
            )


def _is_short(rule: Body) -> bool:
    days = read_number(read_block(rule, "expiration"), "days", _LONG_DAYS)
    return days is None or days < _LONG_DAYS


def _has_transition(stack: StackCosts, address: str) -> bool:
    """Return whether a lifecycle moves objects, or deletes them soon after they are old."""
    for each in stack.of_type("aws_s3_bucket_lifecycle_configuration"):
        if f"${{{address}." not in str(each.values.get("bucket")):
            continue
        rules = read_blocks(each.values, "rule")
        if not isinstance(rules, tuple) or any(rule.get("transition") or _is_short(rule) for rule in rules):
            return True
    return False
