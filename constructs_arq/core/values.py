"""Types of configuration values, validated for the form that AWS requires."""

import ipaddress
import re
from typing import Annotated

from pydantic import AfterValidator, Field

from constructs_arq.core.config import validation_error

_ACCOUNT = re.compile(r"\d{12}")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


def _account_id(value: str) -> str:
    if not _ACCOUNT.fullmatch(value):
        raise validation_error(
            "must be an AWS account's 12 digits", fix="Write it as text, leading zeros included."
        )
    return value


def _region(value: str) -> str:
    if not _REGION.fullmatch(value):
        raise validation_error("must be an AWS region", fix='Use a region\'s code, such as "eu-west-1".')
    return value


def _slug(value: str) -> str:
    if not _SLUG.fullmatch(value):
        raise validation_error(
            "must be lower-case words joined by hyphens", fix='Write it like "orders-api".'
        )
    return value


def _domain(value: str) -> str:
    if not _DOMAIN.fullmatch(value):
        raise validation_error("must be a domain name", fix='Write it in lower case, like "app.example.com".')
    return value


def _cidr(value: str) -> str:
    try:
        ipaddress.ip_network(value)
    except ValueError as error:
        raise validation_error("must be an address range", fix=f"{str(error).capitalize()}.") from None
    return value


def resource_identifier(pattern: str, *, kind: str, example: str) -> AfterValidator:
    """Return a validator for an identifier of an existing resource: `pattern`, or a Terraform reference."""
    return literal_identifier(rf"{pattern}|(?s:.*\$\{{.*)", kind=kind, example=example)


def literal_identifier(pattern: str, *, kind: str, example: str) -> AfterValidator:
    """Return a validator for an identifier of an existing resource that must be literal text."""
    compiled = re.compile(pattern)

    def validate(value: str) -> str:
        if not compiled.fullmatch(value):
            raise validation_error(f"must be {kind}", fix=f'Write it like "{example}".')
        return value

    return AfterValidator(validate)


def _aws_id(prefix: str, resource: str) -> AfterValidator:
    return resource_identifier(
        rf"{prefix}-([0-9a-f]{{8}}|[0-9a-f]{{17}})",
        kind=f"the id of a {resource}",
        example=f"{prefix}-0123456789abcdef0",
    )


AccountId = Annotated[str, AfterValidator(_account_id)]
Region = Annotated[str, AfterValidator(_region)]
Slug = Annotated[str, AfterValidator(_slug), Field(max_length=40)]
Domain = Annotated[str, AfterValidator(_domain)]
Cidr = Annotated[str, AfterValidator(_cidr)]
Percent = Annotated[int, Field(ge=1, le=100)]
VpcId = Annotated[str, _aws_id("vpc", "VPC")]
SubnetId = Annotated[str, _aws_id("subnet", "subnet")]
SecurityGroupId = Annotated[str, _aws_id("sg", "security group")]


def _literal(value: str) -> str:
    if "${" in value or "%{" in value:
        raise validation_error(
            'must not contain "${" or "%{", which Terraform would evaluate',
            fix="Remove it. Constructs take values that refer to resources as arguments.",
        )
    return value


LiteralText = Annotated[str, AfterValidator(_literal)]


def slugify(text: str) -> str:
    """Return text as a construct id: `slugify("ecr.api")` is `"ecr-api"`."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def is_reference(value: str) -> bool:
    """Return whether a string contains a Terraform reference, whose value is known when Terraform runs."""
    return "${" in value
