"""Validation of AWS requirements for databases and caches."""

from constructs import Construct

from constructs_arq.core.errors import ConstructError
from constructs_arq.network.subnets import IsolatedSubnets

_MIN_ZONES = 2


def require_isolated_subnets(construct: Construct, subnets: object) -> None:
    """Raise a `ConstructError` unless `subnets` are isolated subnets in at least two zones."""
    if not isinstance(subnets, IsolatedSubnets):
        raise ConstructError(
            construct.node.path,
            f"subnets must be IsolatedSubnets, got {type(subnets).__name__}",
            fix="Use subnets=network.isolated.",
        )
    if len(subnets.subnet_ids) < _MIN_ZONES:
        raise ConstructError(
            construct.node.path,
            f"AWS requires subnets in at least {_MIN_ZONES} zones, got {len(subnets.subnet_ids)}",
            fix="Add a second zone to the network.",
        )


def require_name_length(construct: Construct, name: str, *, limit: int) -> None:
    """Raise a `ConstructError` if `name` has more than `limit` characters."""
    if len(name) > limit:
        raise ConstructError(
            construct.node.path,
            f"the AWS name must have at most {limit} characters, got {name!r}",
            fix="Use a shorter construct id.",
        )
