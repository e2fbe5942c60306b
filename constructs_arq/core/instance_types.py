"""Parses the names of EC2 instance types.

https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator

from constructs_arq.core.config import validation_error

# Examples: m7g.large, m7i-flex.large, u-6tb1.metal. A family, then usually a generation and options.
_TYPE = re.compile(r"(?P<family>[a-z]+)(-|\d+(?P<options>[a-z]*))[a-z0-9-]*\.[a-z0-9-]+")
# The first Graviton family has no "g" in its name.
_FIRST_GRAVITON = "a1."


class Architecture(StrEnum):
    """A processor architecture, as EC2 spells it."""

    ARM64 = "arm64"
    X86_64 = "x86_64"

    @property
    def kubernetes_name(self) -> str:
        """The architecture, as Kubernetes spells it in the label `kubernetes.io/arch`."""
        return "amd64" if self is Architecture.X86_64 else str(self)


def _instance_type(value: str) -> str:
    if not _TYPE.fullmatch(value):
        raise validation_error("must be an EC2 instance type", fix='Write it like "m7g.large".')
    return value


InstanceType = Annotated[str, AfterValidator(_instance_type)]


def instance_family(instance_type: str) -> str:
    """Return the letters at the start of a type's name: "g" is graphics, "m" general purpose."""
    match = _TYPE.fullmatch(instance_type)
    return match["family"] if match else ""


def architecture(instance_type: str) -> Architecture:
    """Return the architecture of a type. A "g" after the generation stands for Graviton (arm64)."""
    match = _TYPE.fullmatch(instance_type)
    graviton = match is not None and "g" in (match["options"] or "")
    return (
        Architecture.ARM64 if graviton or instance_type.startswith(_FIRST_GRAVITON) else Architecture.X86_64
    )


def require_single_architecture(types: Sequence[str]) -> None:
    """Raise a validation error if types are missing, repeated, or of different architectures.

    An image boots one architecture only. Pydantic's `min_length` would add a problem for each invalid type.
    """
    if not types:
        raise validation_error("must name at least one type", fix='Add one, such as "m7g.large".')
    if len(set(types)) < len(types):
        raise validation_error("must not repeat a type", fix="Remove the repeated type.")
    by_architecture = {architecture(name): name for name in types}
    if len(by_architecture) > 1:
        arm, intel = by_architecture[Architecture.ARM64], by_architecture[Architecture.X86_64]
        raise validation_error(
            f"must all be of one architecture, but {arm} is arm64 and {intel} is x86_64",
            fix="Use types of one of them.",
        )
