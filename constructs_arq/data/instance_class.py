"""RDS instance classes, their memory and connection limits."""

import re
from typing import Annotated

from pydantic import AfterValidator

from constructs_arq.core.config import validation_error

GIB = 1024**3

_NAME = re.compile(r"db\.([mrtx])\d[a-z]*\.(micro|small|medium|large|(\d*)xlarge)")
_GIB_PER_CPU = {"m": 4, "r": 8, "x": 16}
_BURSTABLE_GIB = {"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16, "2xlarge": 32}

# RDS's own default: LEAST(DBInstanceClassMemory / 9531392, 5000).
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections
_BYTES_PER_CONNECTION = 9_531_392
_MAX_CONNECTIONS = 5_000


def _instance_class(value: str) -> str:
    if _memory_gib(value) is None:
        raise validation_error(
            "must be an RDS instance class of the m, r, t or x family",
            fix='Use one such as "db.r7g.large".',
        )
    return value


InstanceClass = Annotated[str, AfterValidator(_instance_class)]


def memory_bytes(instance_class: str) -> int:
    """Return the memory of a class in bytes, from the minimum per CPU of its family.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
    """
    return (_memory_gib(instance_class) or 0) * GIB


def max_connections(instance_class: str) -> int:
    """Return the default `max_connections` of PostgreSQL on a class."""
    return min(memory_bytes(instance_class) // _BYTES_PER_CONNECTION, _MAX_CONNECTIONS)


def _memory_gib(instance_class: str) -> int | None:
    match = _NAME.fullmatch(instance_class)
    if match is None:
        return None
    family, size, multiple = match.groups()
    if family == "t":
        return _BURSTABLE_GIB.get(size)
    if size == "large":
        return 2 * _GIB_PER_CPU[family]
    if size.endswith("xlarge"):
        return 4 * int(multiple or 1) * _GIB_PER_CPU[family]
    return None
