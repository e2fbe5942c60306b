"""ECR repositories for container images."""

import json
from typing import Annotated, Final

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.ecr_lifecycle_policy import EcrLifecyclePolicy
from cdktf_cdktf_provider_aws.ecr_repository import (
    EcrRepository,
    EcrRepositoryEncryptionConfiguration,
    EcrRepositoryImageScanningConfiguration,
)
from cdktf_cdktf_provider_aws.ecr_repository_policy import EcrRepositoryPolicy
from constructs import Construct
from pydantic import Field, StringConstraints, field_validator

from constructs_arq.core.config import Config, collect_problems, validation_error
from constructs_arq.core.instance_types import Architecture
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
# More images than a repository can have, so that the rule expires none.
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html
_UNLIMITED: Final = 1_000_000

TagPrefix = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,126}$")]


class ImageRepositoryConfig(Config):
    """Configuration of a container image repository."""

    release_prefixes: tuple[TagPrefix, ...] = Field(
        default=("release-", "v"),
        min_length=1,
        # A policy has at most 50 rules.
        max_length=48,
        description="First characters of the tags of images that may run. They never expire.",
    )
    build_days: int = Field(
        default=90, ge=1, description="Days after the push until an image without such a tag expires."
    )

    architecture: Architecture = Field(
        default=Architecture.ARM64,
        description="Architecture of all images, for which they are built: pods run on such nodes only.",
    )

    @field_validator("release_prefixes")
    @classmethod
    def _require_different_prefixes(cls, prefixes: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(prefixes)) < len(prefixes):
            raise validation_error("must not repeat a prefix", fix="Remove the repeated prefix.")
        return prefixes


class ImageRepository(Construct):
    """An ECR repository with its own key, immutable tags, and a scan of each image at push.

    Images with a release tag never expire: ECR knows when an image was pushed, not whether it runs. Untagged
    images expire after a week, and all others after `build_days`. Only principals of this account with a
    grant have access. `name` and `region` are for a copy of the repository of another stack: a copy has the
    same name in another region.
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/security-best-practices.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: ImageRepositoryConfig,
        name: str | None = None,
        region: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        self.logical_name: str = logical_name(self)
        name = name or stack.physical_name(self.logical_name)
        provider = stack.provider_in(region or stack.region)
        key = Key(self, "key", description=f"Encrypts images in {name}", region=region)
        repository = EcrRepository(
            self,
            "Default",
            name=name,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration=EcrRepositoryImageScanningConfiguration(scan_on_push=True),
            encryption_configuration=[
                EcrRepositoryEncryptionConfiguration(encryption_type="KMS", kms_key=key.arn)
            ],
            force_delete=not stack.protected,
            lifecycle=stack.protection,
            provider=provider,
        )
        self.resource: ITerraformDependable = repository
        self.arn: str = repository.arn
        self.url: str = repository.repository_url
        self.architecture: Architecture = config.architecture
        repository_name: str = repository.name
        EcrLifecyclePolicy(
            self, "lifecycle", repository=repository_name, policy=_lifecycle(config), provider=provider
        )
        EcrRepositoryPolicy(
            self,
            "policy",
            repository=repository_name,
            provider=provider,
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
    def from_name(
        scope: Construct, *, name: str, architecture: Architecture = Architecture.ARM64
    ) -> ExistingImageRepository:
        """Return an existing repository in the account and region of the stack. AWS is not called.

        `architecture` is that of its images.

        Raises:
            ConfigError: if the name is invalid.
        """
        with collect_problems("ImageRepository.from_name"):
            attributes = ImageRepositoryAttributes(name=name)
        return ExistingImageRepository(
            stack=Stack.of(scope), attributes=attributes, architecture=architecture
        )


def _lifecycle(config: ImageRepositoryConfig) -> str:
    # A rule can't expire images that an earlier rule selects. A list of prefixes would only select images
    # that have tags with all of them.
    releases = [
        _expire(
            f"Images with a tag {prefix}* stay",
            tagStatus="tagged",
            tagPrefixList=[prefix],
            countType="imageCountMoreThan",
            countNumber=_UNLIMITED,
        )
        for prefix in config.release_prefixes
    ]
    rules = [
        *releases,
        _expire(
            f"Untagged images expire after {_UNTAGGED_DAYS} days",
            tagStatus="untagged",
            countType="sinceImagePushed",
            countUnit="days",
            countNumber=_UNTAGGED_DAYS,
        ),
        _expire(
            f"Images without a release tag expire after {config.build_days} days",
            tagStatus="any",
            countType="sinceImagePushed",
            countUnit="days",
            countNumber=config.build_days,
        ),
    ]
    return json.dumps(
        {"rules": [{"rulePriority": priority, **rule} for priority, rule in enumerate(rules, start=1)]}
    )


def _expire(description: str, **selection: str | int | list[str]) -> dict[str, object]:
    return {"description": description, "selection": selection, "action": {"type": "expire"}}
