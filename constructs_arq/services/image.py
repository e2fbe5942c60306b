"""Container images of services, from the registry of the environment."""

import re
from typing import Annotated, Protocol

from pydantic import AfterValidator

from constructs_arq.core.config import validation_error
from constructs_arq.core.instance_types import Architecture

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def _digest(value: str) -> str:
    if not _DIGEST.fullmatch(value):
        raise validation_error(
            "must be the digest of an image, because a tag can move to another image",
            fix='Use the digest that the push printed, such as "sha256:" and 64 hexadecimal digits.',
        )
    return value


ImageDigest = Annotated[str, AfterValidator(_digest)]


class Images(Protocol):
    """The repository with the images of services."""

    @property
    def url(self) -> str:
        """The URL of the repository, without a tag."""
        ...

    @property
    def architecture(self) -> Architecture:
        """The architecture of the images, which only nodes with it can run."""
        ...


def image_reference(images: Images, digest: str) -> str:
    """Return the reference of one image, which no later push changes."""
    return f"{images.url}@{digest}"
