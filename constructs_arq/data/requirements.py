"""What AWS asks of whatever holds data, said before AWS is asked."""

from constructs import Construct

from constructs_arq.core.errors import ConstructError
from constructs_arq.network.subnets import IsolatedSubnets

_LEAST_ZONES = 2


def require_isolated(construct: Construct, subnets: object) -> None:
    """Refuse anything but isolated subnets in two zones or more, for who doesn't run a type checker.

    Raises:
        ConstructError: which names the construct, and the mend.
    """
    if not isinstance(subnets, IsolatedSubnets):
        raise ConstructError(
            construct.node.path,
            f"data lives in isolated subnets only, got {type(subnets).__name__}",
            fix="Give subnets=network.isolated.",
        )
    if len(subnets.subnet_ids) < _LEAST_ZONES:
        raise ConstructError(
            construct.node.path,
            f"AWS wants subnets in {_LEAST_ZONES} zones or more, got {len(subnets.subnet_ids)}",
            fix="Give the network a second zone.",
        )


def require_name(construct: Construct, name: str, *, most: int) -> None:
    """Refuse a name in AWS that is longer than `most` characters.

    Raises:
        ConstructError: which names the construct, and the mend.
    """
    if len(name) > most:
        raise ConstructError(
            construct.node.path,
            f"AWS takes a name of {most} characters here, got {name!r}",
            fix="Give the construct a shorter id.",
        )
