"""Advice: a cheaper storage class for objects that are seldom read."""

from collections.abc import Iterator
from decimal import Decimal

from arqctl.cost.advice.saving import Saving, StackCosts, dollars, price_of
from arqctl.cost.arguments import read_block, read_blocks, read_number, read_text

_MINIMUM_GIB = Decimal(50)
_MINIMUM = Decimal("0.50")
_LONG_DAYS, _YEAR = 100, 365
_OLD_SHARE = Decimal("0.7")
"""Share of the objects older than 30 days, at a retention of 100 days or more."""
_SMALLEST_KIB = Decimal(128)
"""S3 doesn't move smaller objects.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
"""
_KIB_A_GIB = Decimal(1024**2)
_DAYS_A_MONTH = 30


def advise_storage_tiers(stack: StackCosts) -> Iterator[Saving]:
    """Move objects to Standard-IA after 30 days, in large buckets of large objects without a transition."""
    for bucket in stack.of_type("aws_s3_bucket"):
        stored = stack.components(bucket, "s3/standard")
        gib, days = stored[0].quantity if stored else None, _kept_days(stack, bucket.address)
        name = read_text(bucket.values, "bucket") or read_text(bucket.values, "bucket_prefix")
        size = stack.resources.usage("object_kib", name)
        if gib is None or gib < _MINIMUM_GIB or days is None or size < _SMALLEST_KIB:
            continue
        old, moved = gib * _OLD_SHARE, gib * _KIB_A_GIB / size / days * _DAYS_A_MONTH
        quantities = {"standard": old, "standard-ia": old, "standard-ia-transition": moved}
        now, then, moves = (
            price_of(stored[0].region, f"s3/{item}", quantity) for item, quantity in quantities.items()
        )
        if now is None or then is None or moves is None or now - then - moves < _MINIMUM:
            continue
        yield Saving(
            kind="storage",
            change=f"Move objects of {name} to Standard-IA after 30 days",
            monthly=now - then - moves,
            calculation=f"{dollars(now - then)} for {old:,.0f} of {gib:,.0f} GiB - {dollars(moves)} "
            f"for {moved:,.0f} moved objects, of an assumed {size:,.0f} KiB each",
            trade_off="Reads cost $0.01 for a GiB. Objects that are deleted within 30 more days cost more.",
            addresses=(bucket.address,),
        )


def _kept_days(stack: StackCosts, address: str) -> Decimal | None:
    """Return how long a bucket keeps objects; None if it moves them, deletes them soon, or is unknown."""
    kept: list[Decimal | None] = [Decimal(_YEAR)]
    for each in stack.of_type("aws_s3_bucket_lifecycle_configuration"):
        if f"${{{address}." not in str(each.values.get("bucket")):
            continue
        rules = read_blocks(each.values, "rule")
        if not isinstance(rules, tuple) or any(rule.get("transition") for rule in rules):
            return None
        kept += [read_number(read_block(rule, "expiration"), "days", _YEAR) for rule in rules]
    known = [days for days in kept if days is not None]
    return min(known) if len(known) == len(kept) and min(known) >= _LONG_DAYS else None
