"""Checks that instances reach the AWS services that they need, or the internet, in subnets without NAT."""

from collections.abc import Iterable
from typing import Final

from constructs import Construct

from constructs_arq.core.errors import ConstructError
from constructs_arq.network.endpoints import InterfaceService
from constructs_arq.network.subnets import PrivateSubnets

# Without one of these, nodes don't join, or pods get no addresses, images, credentials, volumes or targets.
# https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
# https://karpenter.sh/docs/getting-started/getting-started-with-karpenter/#private-clusters
CLUSTER_SERVICES: Final[tuple[InterfaceService, ...]] = (
    "ec2",
    "ecr.api",
    "ecr.dkr",
    "eks",
    "eks-auth",
    "elasticloadbalancing",
    "logs",
    "sqs",
    "ssm",
    "sts",
)
# https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html
SESSION_MANAGER_SERVICES: Final[tuple[InterfaceService, ...]] = ("ec2messages", "ssm", "ssmmessages")


def require_reachable(
    construct: Construct, subnets: PrivateSubnets, services: Iterable[InterfaceService], *, who: str
) -> None:
    """Raise an error if the subnets have neither NAT nor an endpoint for each of the services.

    Raises:
        ConstructError: with all missing services.
    """
    if subnets.reachable_services is None:
        return
    missing = sorted(set(services) - subnets.reachable_services)
    if missing:
        names = ", ".join(f'"{name}"' for name in missing)
        raise ConstructError(
            construct.node.path,
            f"{who} need AWS services that these subnets without NAT can't reach: {names}",
            fix="Add them to interface_endpoints of the network, or use nat=Nat.SINGLE or Nat.PER_ZONE.",
        )


def require_internet(construct: Construct, subnets: PrivateSubnets, *, who: str, why: str) -> None:
    """Raise an error if the subnets have no NAT. `why` names what `who` reaches on the internet.

    Raises:
        ConstructError: if the subnets reach endpoints only.
    """
    if subnets.reachable_services is not None:
        raise ConstructError(
            construct.node.path,
            f"{who} need the internet for {why}, and these subnets have no NAT",
            fix="Use nat=Nat.SINGLE or Nat.PER_ZONE.",
        )
