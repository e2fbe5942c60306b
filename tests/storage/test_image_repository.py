import json
from typing import Any

import pytest

from constructs_arq.core.errors import ConfigError
from constructs_arq.core.stack import Stack
from constructs_arq.security.role import Role, Trust
from constructs_arq.storage.image_repository import ImageRepository, ImageRepositoryConfig
from tests.support import STACK, Synthesized, statements, synthesize


def build(stack: Stack) -> None:
    images = ImageRepository(stack, "images", config=ImageRepositoryConfig(build_days=50))
    tools = ImageRepository(stack, "tools", config=ImageRepositoryConfig())
    nodes = Role(stack, "nodes", description="Runs pods", trust=Trust.service("ec2.amazonaws.com"))
    pipeline = Role(stack, "pipeline", description="Builds", trust=Trust.service("ec2.amazonaws.com"))
    for repository in (images, tools):
        repository.grant_pull(nodes)
    images.grant_push(pipeline)


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize(build)


def actions(synthesized: Synthesized, role: str, policy_name: str) -> set[str]:
    document = synthesized.one("aws_iam_role_policy", f"{role}/{policy_name}")["policy"]
    return {action for statement in statements(document).values() for action in statement["Action"]}


def test_tags_are_immutable_and_images_are_scanned(synthesized: Synthesized) -> None:
    repository = synthesized.one("aws_ecr_repository", "images/Default")
    assert repository["image_tag_mutability"] == "IMMUTABLE"
    assert repository["image_scanning_configuration"] == {"scan_on_push": True}
    assert repository["force_delete"] is False


def test_images_are_encrypted_with_the_repositorys_own_key(synthesized: Synthesized) -> None:
    keys = {
        path: repository["encryption_configuration"][0]
        for path, repository in synthesized.of_type("aws_ecr_repository").items()
    }
    assert all(encryption["encryption_type"] == "KMS" for encryption in keys.values())
    assert keys["images/Default"]["kms_key"] != keys["tools/Default"]["kms_key"]
    assert keys["images/Default"]["kms_key"].startswith("${aws_kms_key.images_key_")


def lifecycle(synthesized: Synthesized) -> list[dict[str, Any]]:
    document = json.loads(synthesized.one("aws_ecr_lifecycle_policy", "images/lifecycle")["policy"])
    rules: list[dict[str, Any]] = document["rules"]
    return rules


def expired(rules: list[dict[str, Any]], *tags: str, days: int) -> bool:
    """Return whether ECR expires an image of this age: the first rule that selects it decides.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html#lp_evaluation_rules
    """
    for rule in sorted(rules, key=lambda each: int(each["rulePriority"])):
        selection = rule["selection"]
        prefixes = selection.get("tagPrefixList", [])
        selected = {
            "any": True,
            "untagged": not tags,
            # All prefixes of the list must match.
            "tagged": all(any(tag.startswith(prefix) for tag in tags) for prefix in prefixes),
        }
        if selected[selection["tagStatus"]]:
            by_age = selection["countType"] == "sinceImagePushed"
            return bool(by_age and days > selection["countNumber"])
    return False


@pytest.mark.parametrize("tags", [("release-2026-11",), ("v1.2.3",), ("main-4f2a", "v9")])
def test_images_with_a_release_tag_never_expire(synthesized: Synthesized, tags: tuple[str, ...]) -> None:
    assert not expired(lifecycle(synthesized), *tags, days=10_000)


@pytest.mark.parametrize(("tags", "days"), [((), 7), (("main-4f2a",), 50), (("pr-12", "4f2a"), 50)])
def test_other_images_expire_after_their_days(
    synthesized: Synthesized, tags: tuple[str, ...], days: int
) -> None:
    rules = lifecycle(synthesized)
    assert not expired(rules, *tags, days=days)
    assert expired(rules, *tags, days=days + 1)


def test_the_rule_for_any_tag_comes_last(synthesized: Synthesized) -> None:
    rules = lifecycle(synthesized)
    priorities = {each["selection"]["tagStatus"]: each["rulePriority"] for each in rules}
    assert priorities["any"] == max(priorities.values()) == len(rules)


def test_other_accounts_have_no_access(synthesized: Synthesized) -> None:
    document = synthesized.one("aws_ecr_repository_policy", "images/policy")["policy"]
    assert {str(s["Principal"]) for s in statements(document).values()} == {
        "{'AWS': 'arn:aws:iam::111122223333:root'}"
    }


def test_a_pull_grant_does_not_allow_push(synthesized: Synthesized) -> None:
    pulls = actions(synthesized, "nodes", "pull-images")
    pushes = actions(synthesized, "pipeline", "push-images")
    assert "ecr:BatchGetImage" in pulls
    assert "ecr:PutImage" in pushes - pulls
    assert not {action for action in pulls | pushes if "Delete" in action or "*" in action}


def test_one_role_can_pull_from_several_repositories(synthesized: Synthesized) -> None:
    for repository in ("images", "tools"):
        assert actions(synthesized, "nodes", f"log-in-to-{repository}") == {"ecr:GetAuthorizationToken"}


def test_protected_repositories_cannot_be_destroyed(synthesized: Synthesized) -> None:
    assert synthesized.one("aws_ecr_repository", "images/Default")["lifecycle"] == {"prevent_destroy": True}
    unprotected = synthesize(build, config=STACK.model_copy(update={"protected": False}))
    assert "lifecycle" not in unprotected.one("aws_ecr_repository", "images/Default")
    assert unprotected.one("aws_ecr_repository", "images/Default")["force_delete"] is True


@pytest.mark.parametrize("prefixes", [(), ("v", "v"), ("-v",), ("a b",)])
def test_invalid_release_prefixes_are_rejected(prefixes: tuple[str, ...]) -> None:
    with pytest.raises(ConfigError, match="release_prefixes"):
        ImageRepositoryConfig(release_prefixes=prefixes)
