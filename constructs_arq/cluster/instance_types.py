"""What an EC2 instance type's name tells: its architecture, and so the image that its nodes boot."""

import re
from collections.abc import Sequence
from enum import StrEnum

from constructs_arq.core.config import wrong

# https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
_TYPE = re.compile(r"(?P<series>[a-z]+)(-|(?P<generation>\d+)(?P<options>[a-z]*))[a-z0-9-]*\.[a-z0-9-]+")
_ACCELERATED = {"dl", "f", "g", "gr", "inf", "p", "trn", "vt"}


class OperatingSystem(StrEnum):
    """What nodes run: `BOTTLEROCKET` is the smaller target, `AL2023` the more familiar one."""

    AL2023 = "al2023"
    BOTTLEROCKET = "bottlerocket"


_AMI_TYPES = {
    OperatingSystem.AL2023: {"x86_64": "AL2023_x86_64_STANDARD", "arm64": "AL2023_ARM_64_STANDARD"},
    OperatingSystem.BOTTLEROCKET: {"x86_64": "BOTTLEROCKET_x86_64", "arm64": "BOTTLEROCKET_ARM_64"},
}


def ami_type(operating_system: OperatingSystem, instance_types: Sequence[str]) -> str:
    """The EKS image for nodes of these types, which all have one architecture."""
    return _AMI_TYPES[operating_system][_architecture(instance_types[0])]


def checked_instance_types(values: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse types that one node group can't mix."""
    for value in values:
        _require_general_purpose(value)
    if len(set(values)) < len(values):
        raise wrong("must not name an instance type twice", mend="Remove the repeated type.")
    if len({_architecture(value) for value in values}) > 1:
        raise wrong(
            "must be of one architecture, since a node group boots one image",
            mend="Put Graviton types (m7g, c8g, …) in a node group of their own.",
        )
    return values


def _require_general_purpose(value: str) -> None:
    match = _TYPE.fullmatch(value)
    if match is None:
        raise wrong("must be EC2 instance types", mend=f'{value!r} is none; write it like "m7i.large".')
    if match["series"] in _ACCELERATED:
        raise wrong(
            "must not have accelerators, which need images and drivers of their own",
            mend=f"Leave {value} to a Karpenter node pool.",
        )


def _architecture(value: str) -> str:
    match = _TYPE.fullmatch(value)
    options = match["options"] if match else None
    return "arm64" if (options and "g" in options) or value.startswith("a1.") else "x86_64"
