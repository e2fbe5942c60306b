"""Identifiers of existing AWS resources: literal text, or a Terraform reference that contains it."""

import re
from typing import Annotated

from pydantic import AfterValidator

from constructs_arq.core.config import validation_error


def resource_identifier(pattern: str, *, kind: str, example: str) -> AfterValidator:
    """Return a validator for a kind of identifier: it matches `pattern`, or is a Terraform reference."""

    def validate(value: str) -> str:
        if "${" not in value and not re.fullmatch(pattern, value):
            raise validation_error(
                f"must be {kind} or a Terraform reference", fix=f'Use a value such as "{example}".'
            )
        return value

    return AfterValidator(validate)


SecurityGroupId = Annotated[
    str,
    resource_identifier(r"sg-[0-9a-f]{8,17}", kind="a security group id", example="sg-0123456789abcdef0"),
]
VpcId = Annotated[
    str, resource_identifier(r"vpc-[0-9a-f]{8,17}", kind="a VPC id", example="vpc-0123456789abcdef0")
]
HostName = Annotated[
    str,
    resource_identifier(
        r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+",
        kind="a host name in lower case",
        example="db.example.com",
    ),
]
