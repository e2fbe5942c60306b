"""What sends a fleet its requests."""

from collections.abc import Sequence
from typing import Protocol

from cdktf import ITerraformDependable


class TrafficSource(Protocol):
    """An application load balancer's target group of type `instance`, in which a fleet registers."""

    @property
    def arn(self) -> str:
        """The target group's ARN."""
        ...

    @property
    def arn_suffix(self) -> str:
        """The part of its ARN by which CloudWatch knows it: `targetgroup/…`."""
        ...

    @property
    def load_balancer_suffix(self) -> str:
        """The same of its load balancer: `app/…`."""
        ...

    @property
    def rules(self) -> Sequence[ITerraformDependable]:
        """The listener rules that send it requests, without which none can be counted."""
        ...
