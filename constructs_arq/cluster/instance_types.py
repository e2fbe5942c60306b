"""Instance types and images of node groups."""

from collections.abc import Sequence
from enum import StrEnum

from constructs_arq.core.config import validation_error
from constructs_arq.core.instance_types import (
    Architecture,
    architecture,
    instance_family,
    require_single_architecture,
)

_ACCELERATED_SERIES = {"dl", "f", "g", "gr", "inf", "p", "trn", "vt"}


class OperatingSystem(StrEnum):
    """The operating system of nodes: `BOTTLEROCKET` is minimal, `AL2023` is general purpose."""

    AL2023 = "al2023"
    BOTTLEROCKET = "bottlerocket"


_AMI_TYPES = {
    (OperatingSystem.AL2023, Architecture.X86_64): "AL2023_x86_64_STANDARD",
    (OperatingSystem.AL2023, Architecture.ARM64): "AL2023_ARM_64_STANDARD",
    (OperatingSystem.BOTTLEROCKET, Architecture.X86_64): "BOTTLEROCKET_x86_64",
    (OperatingSystem.BOTTLEROCKET, Architecture.ARM64): "BOTTLEROCKET_ARM_64",
}


def ami_type(operating_system: OperatingSystem, instance_types: Sequence[str]) -> str:
    """Return the EKS AMI type for instance types of one architecture."""
    return _AMI_TYPES[operating_system, architecture(instance_types[0])]


def require_standard_image(instance_types: tuple[str, ...]) -> tuple[str, ...]:
    """Raise an error unless one standard image boots all types. Return the types."""
    for name in instance_types:
        if instance_family(name) in _ACCELERATED_SERIES:
            raise validation_error(
                "must not have accelerators, which need other images and drivers",
                fix=f"Use a Karpenter node pool for {name}.",
            )
    require_single_architecture(instance_types)
    return instance_types
