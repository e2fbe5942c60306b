"""Permissions on a repository's container images."""

from typing import Protocol

from constructs_arq.core.protocols import Grantee

PULL_ACTIONS = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
PUSH_ACTIONS = (
    *PULL_ACTIONS,
    "ecr:InitiateLayerUpload",
    "ecr:UploadLayerPart",
    "ecr:CompleteLayerUpload",
    "ecr:PutImage",
)


class Repository(Protocol):
    """A repository of the library, or an existing one."""

    @property
    def arn(self) -> str:
        """The repository's ARN."""
        ...

    @property
    def logical_name(self) -> str:
        """The name in policy names."""
        ...


def grant_pull(repository: Repository, grantee: Grantee) -> None:
    """Allow `grantee` to pull images."""
    _grant_login(repository, grantee)
    grantee.allow(*PULL_ACTIONS, on=repository.arn, policy_name=f"pull-{repository.logical_name}")


def grant_push(repository: Repository, grantee: Grantee) -> None:
    """Allow `grantee` to push and pull images. It can't move existing tags."""
    _grant_login(repository, grantee)
    grantee.allow(*PUSH_ACTIONS, on=repository.arn, policy_name=f"push-{repository.logical_name}")


def _grant_login(repository: Repository, grantee: Grantee) -> None:
    # The only ECR action without a resource.
    grantee.allow("ecr:GetAuthorizationToken", on="*", policy_name=f"log-in-to-{repository.logical_name}")
