"""The machine image of a fleet: one fixed image, never the latest."""

import re
from typing import Annotated

from cdktf_cdktf_provider_aws.data_aws_ami import DataAwsAmi, DataAwsAmiFilter
from constructs import Construct
from pydantic import AfterValidator

from constructs_arq.core.config import validation_error

_ID = re.compile(r"ami-([0-9a-f]{8}|[0-9a-f]{17})")
_AMAZON_LINUX = re.compile(r"al2023-ami-(minimal-)?\d{4}\.\d+\.\d{8}\.\d+-kernel-[\d.]+-(arm64|x86_64)")
_EXAMPLE = "al2023-ami-2023.9.20251208.0-kernel-6.1-arm64"


def _image(value: str) -> str:
    if not (_ID.fullmatch(value) or _AMAZON_LINUX.fullmatch(value)):
        raise validation_error(
            "must be the id of an image or the full name of an Amazon Linux 2023 image",
            fix=f'Write it like "ami-0123456789abcdef0" or "{_EXAMPLE}".',
        )
    return value


MachineImage = Annotated[str, AfterValidator(_image)]
"""The id of an image, or the name of an Amazon Linux 2023 image, which all regions share."""


def find_architecture(image: str) -> str | None:
    """Return the architecture in the name of an image; an id has none."""
    return None if _ID.fullmatch(image) else image.rpartition("-")[2]


def find_image_id(scope: Construct, image: str) -> str:
    """Return the id of an image. Terraform looks up a name in the plan, in the stack's region.

    The name of a release never gets another image, so a plan shows the same image when it is reviewed and
    when it is applied. AWS deprecates old releases; a deprecated image still launches.
    https://docs.aws.amazon.com/linux/al2023/ug/ec2.html
    """
    if _ID.fullmatch(image):
        return image
    found = DataAwsAmi(
        scope,
        "image",
        owners=["amazon"],
        include_deprecated=True,
        filter=[DataAwsAmiFilter(name="name", values=[image])],
    )
    return str(found.id)
