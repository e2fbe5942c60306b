"""What is known of a resource type beyond its schema: what replaces it, what is secret, what AWS takes.

Paths in here name attributes and blocks only, without numbers: `("vpc_config", "subnet_ids")`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Constraint:
    """Which values AWS takes for one argument; None and empty where nothing is published.

    Of a collection, `min_items` and `max_items` say how many it holds; all else speaks of each element.
    `source` says who published it: "CloudFormation" or "botocore", or "arq" for our own.
    """

    source: str
    values: tuple[str, ...] = ()
    pattern: str = ""
    min_length: int | None = None
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    min_items: int | None = None
    max_items: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts of one resource type.

    `replacing` are the arguments whose change forces a new resource; `sensitive` those that hold secrets;
    `constraints` the values that AWS takes. `cloudformation` is the type's name there, "" if it has none.
    """

    cloudformation: str = ""
    replacing: frozenset[Names] = frozenset()
    sensitive: frozenset[Names] = frozenset()
    constraints: Mapping[Names, Constraint] = field(default_factory=dict)


NO_FACTS = Facts()
