"""An ECR repository that already exists, or that a later stack creates."""

from typing import Annotated

from constructs_arq.core.config import Config
from constructs_arq.core.instance_types import Architecture
from constructs_arq.core.protocols import Grantee
from constructs_arq.core.stack import Stack
from constructs_arq.core.values import literal_identifier
from constructs_arq.storage.image_grants import grant_pull, grant_push


class ImageRepositoryAttributes(Config):
    """Attributes of an existing repository in the account and region of the stack."""

    name: Annotated[
        str,
        literal_identifier(
            r"[a-z0-9]+([._/-][a-z0-9]+)*", kind="the name of an ECR repository", example="orders"
        ),
    ]


class ExistingImageRepository:
    """An existing repository, for grants and for the images of services."""

    def __init__(
        self, *, stack: Stack, attributes: ImageRepositoryAttributes, architecture: Architecture
    ) -> None:
        self.url: str = f"{stack.account_id}.dkr.ecr.{stack.region}.amazonaws.com/{attributes.name}"
        self.architecture: Architecture = architecture
        self.arn: str = stack.arn("ecr", f"repository/{attributes.name}")
        self.logical_name: str = attributes.name

    def grant_pull(self, grantee: Grantee) -> None:
        """Allow `grantee` to pull images."""
        grant_pull(self, grantee)

    def grant_push(self, grantee: Grantee) -> None:
        """Allow `grantee` to push and pull images. It can't move existing tags."""
        grant_push(self, grantee)
