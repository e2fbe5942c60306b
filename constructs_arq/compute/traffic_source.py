"""Contract between a fleet and the target group that sends it requests."""

from collections.abc import Sequence
from typing import Protocol

from cdktf import ITerraformDependable


class TrafficSource(Protocol):
    """A target group of type `instance` in which a fleet registers its instances."""

    @property
    def arn(self) -> str:
        """The target group's ARN."""
        ...

    @property
    def arn_suffix(self) -> str:
        """The target group's CloudWatch dimension value: `targetgroup/…`."""
        ...

    @property
    def load_balancer_suffix(self) -> str:
        """The load balancer's CloudWatch dimension value: `app/…`."""
        ...

    @property
    def rules(self) -> Sequence[ITerraformDependable]:
        """The listener rules that forward requests to the group."""
        ...
