"""Which instance types a node group takes, and the image that its nodes boot."""

from collections.abc import Sequence
from enum import StrEnum

from constructs_arq.core.config import wrong
from constructs_arq.core.instance_types import Architecture, architecture, require_one_image, series

_ACCELERATED = {"dl", "f", "g", "gr", "inf", "p", "trn", "vt"}


class OperatingSystem(StrEnum):
    """What nodes run: `BOTTLEROCKET` is the smaller target, `AL2023` the more familiar one."""

    AL2023 = "al2023"
    BOTTLEROCKET = "bottlerocket"


_AMI_TYPES = {
    (OperatingSystem.AL2023, Architecture.X86_64): "AL2023_x86_64_STANDARD",
    (OperatingSystem.AL2023, Architecture.ARM64): "AL2023_ARM_64_STANDARD",
    (OperatingSystem.BOTTLEROCKET, Architecture.X86_64): "BOTTLEROCKET_x86_64",
    (OperatingSystem.BOTTLEROCKET, Architecture.ARM64): "BOTTLEROCKET_ARM_64",
}


def ami_type(operating_system: OperatingSystem, instance_types: Sequence[str]) -> str:
    """The EKS image for nodes of these types, which all have one architecture."""
    return _AMI_TYPES[operating_system, architecture(instance_types[0])]


def require_standard_image(instance_types: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse types that no one of these images boots all of."""
    for name in instance_types:
        if series(name) in _ACCELERATED:
            raise wrong(
                "must not have accelerators, which need images and drivers of their own",
                mend=f"Leave {name} to a Karpenter node pool.",
            )
    require_one_image(instance_types)
    return instance_types
