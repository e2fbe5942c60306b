"""Facts about a resource type beyond its schema: replacement, secrets and valid values.

Paths consist of attribute and block names without indexes: `("vpc_config", "subnet_ids")`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Constraint:
    """The valid values of one argument. None and empty mean that nothing is published.

    For a collection, `min_items` and `max_items` limit its size; everything else applies to each element.
    `source` is the publisher: "CloudFormation", "botocore", or "arq" for our own facts.
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

    `replacing` are the arguments whose change forces replacement; `sensitive` those that hold secrets;
    `constraints` the valid values. `cloudformation` is the type's name in CloudFormation, or "".
    """

    cloudformation: str = ""
    replacing: frozenset[Names] = frozenset()
    sensitive: frozenset[Names] = frozenset()
    constraints: Mapping[Names, Constraint] = field(default_factory=dict)


NO_FACTS = Facts()
