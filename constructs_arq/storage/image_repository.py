"""ECR repositories for container images."""

import json

from cdktf_cdktf_provider_aws.ecr_lifecycle_policy import EcrLifecyclePolicy
from cdktf_cdktf_provider_aws.ecr_repository import (
    EcrRepository,
    EcrRepositoryEncryptionConfiguration,
    EcrRepositoryImageScanningConfiguration,
)
from cdktf_cdktf_provider_aws.ecr_repository_policy import EcrRepositoryPolicy
from constructs import Construct
from pydantic import Field

from constructs_arq.core.config import Config, collect_problems
from constructs_arq.core.policy import Statement, policy_document
from constructs_arq.core.protocols import Grantee
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.security.key import Key
from constructs_arq.storage.existing_image_repository import (
    ExistingImageRepository,
    ImageRepositoryAttributes,
)
from constructs_arq.storage.image_grants import PUSH_ACTIONS, grant_pull, grant_push

_UNTAGGED_DAYS = 7


class ImageRepositoryConfig(Config):
    """Configuration of a container image repository."""

    keep_images: int = Field(
        default=100, ge=10, le=1000, description="Number of newest images to keep for rollbacks."
    )


class ImageRepository(Construct):
    """An ECR repository with its own key, immutable tags, and a scan of each image at push.

    Untagged images expire after a week, and the oldest images if there are more than `keep_images`. Only
    principals of this account with a grant have access.
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/security-best-practices.html
    """

    def __init__(self, scope: Construct, id: str, *, config: ImageRepositoryConfig) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        self.logical_name: str = logical_name(self)
        key = Key(self, "key", description=f"Encrypts images in {stack.physical_name(self.logical_name)}")
        repository = EcrRepository(
            self,
            "Default",
            name=stack.physical_name(self.logical_name),
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration=EcrRepositoryImageScanningConfiguration(scan_on_push=True),
            encryption_configuration=[
                EcrRepositoryEncryptionConfiguration(encryption_type="KMS", kms_key=key.arn)
            ],
            force_delete=not stack.protected,
            lifecycle=stack.protection,
        )
        self.arn: str = repository.arn
        self.url: str = repository.repository_url
        repository_name: str = repository.name
        EcrLifecyclePolicy(
            self, "lifecycle", repository=repository_name, policy=_lifecycle(config.keep_images)
        )
        EcrRepositoryPolicy(
            self,
            "policy",
            repository=repository_name,
            policy=policy_document(
                Statement(
                    sid="OwnAccount",
                    actions=PUSH_ACTIONS,
                    principals={"AWS": stack.arn("iam", "root", region="")},
                )
            ),
        )

    def grant_pull(self, grantee: Grantee) -> None:
        """Allow `grantee` to pull images."""
        grant_pull(self, grantee)

    def grant_push(self, grantee: Grantee) -> None:
        """Allow `grantee` to push and pull images. It can't move existing tags."""
        grant_push(self, grantee)

    @staticmethod
    def from_name(scope: Construct, *, name: str) -> ExistingImageRepository:
        """Return an existing repository in the account and region of the stack. AWS is not called.

        Raises:
            ConfigError: if the name is invalid.
        """
        with collect_problems("ImageRepository.from_name"):
            attributes = ImageRepositoryAttributes(name=name)
        return ExistingImageRepository(stack=Stack.of(scope), attributes=attributes)


def _lifecycle(keep_images: int) -> str:
    untagged = {
        "rulePriority": 1,
        "description": f"Untagged images go after {_UNTAGGED_DAYS} days",
        "selection": {
            "tagStatus": "untagged",
            "countType": "sinceImagePushed",
            "countUnit": "days",
            "countNumber": _UNTAGGED_DAYS,
        },
        "action": {"type": "expire"},
    }
    surplus = {
        "rulePriority": 2,
        "description": f"The newest {keep_images} images stay",
        "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": keep_images},
        "action": {"type": "expire"},
    }
    return json.dumps({"rules": [untagged, surplus]})
