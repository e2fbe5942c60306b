"""Sizes of database classes and cache nodes."""

from decimal import Decimal

from arqctl.cost.charges.database import vcpu_count

_SIZES = ("micro", "small", "medium", "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge")
_DOTS = 2
_GIB_A_VCPU = {"m": 4, "r": 8}
_BURSTABLE_GIB = {"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16, "2xlarge": 32}


def smaller_class(class_: str) -> str | None:
    """Return the next smaller class of the family, such as `db.r7g.large` for `db.r7g.xlarge`."""
    family, _, size = class_.rpartition(".")
    index = _SIZES.index(size) if size in _SIZES else 0
    return f"{family}.{_SIZES[index - 1]}" if index else None


def memory_gib(class_: str) -> Decimal | None:
    """Return the memory of a database class in GiB; None for an unknown family."""
    family, size = class_.split(".")[1:] if class_.count(".") == _DOTS else ("", "")
    if family.startswith("t"):
        gib = _BURSTABLE_GIB.get(size)
        return None if gib is None else Decimal(gib)
    factor, vcpus = _GIB_A_VCPU.get(family[:1]), vcpu_count(class_)
    return None if factor is None or vcpus is None else vcpus * factor
