"""Checks of tags: count, keys and values."""

import re
from collections.abc import Iterator, Mapping

from arqctl.offline.aws.checks.planned_resources import PlannedResources
from arqctl.offline.aws.checks.resource import Resource, make_error
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Value

_MAX_TAGS, _MAX_KEY_LENGTH, _MAX_VALUE_LENGTH = 50, 128, 256
# EC2 accepts any character, most others accept fewer, and none accepts control characters.
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# The characters that IAM documents. S3, RDS and others accept the same.
_IAM_CHARACTERS = re.compile(r"^[\w\s.:/=+\-@]*$")
_IAM_CHARACTER_TYPES = (
    "aws_iam_",
    "aws_kms_",
    "aws_db_",
    "aws_rds_",
    "aws_s3_bucket",
    "aws_lambda_",
    "aws_sqs_",
    "aws_sns_",
)


def check_tags(resource: Resource) -> Iterator[Diagnostic]:
    """Check the tags that a resource sets itself."""
    yield from _check_tag_map(resource, "tags", resource.values.get("tags"))
    for block in resource.get_blocks("tag"):
        pair = {str(block.get("key")): block.get("value")} if isinstance(block.get("key"), str) else {}
        yield from _check_tag_map(resource, "tag", pair)
    for block in resource.get_blocks("tag_specifications"):
        yield from _check_tag_map(resource, "tag_specifications", block.get("tags"))


def check_tags_with_defaults(resource: Resource, _: PlannedResources) -> Iterator[Diagnostic]:
    """Check all tags of a resource, including the provider's default tags."""
    all_tags = resource.values.get("tags_all")
    if isinstance(all_tags, dict) and all_tags != resource.values.get("tags"):
        yield from _check_tag_map(resource, "tags", all_tags)


def _check_tag_map(resource: Resource, argument: str, given: Value) -> Iterator[Diagnostic]:
    if not isinstance(given, dict):
        return
    yield from _check_tag_count(resource, argument, given)
    for name, value in given.items():
        for problem in _tag_problems(resource, name, value):
            yield make_error("Invalid tag", f"{problem}.", argument)


def _check_tag_count(resource: Resource, argument: str, given: Mapping[str, Value]) -> Iterator[Diagnostic]:
    limit = 10 if resource.type == "aws_s3_object" else _MAX_TAGS
    if len(given) > limit:
        yield make_error(
            "Too many tags",
            f"The resource has {len(given)} tags, including the provider's. Use at most {limit}.",
            argument,
        )


def _tag_problems(resource: Resource, name: str, value: Value) -> Iterator[str]:
    has_iam_characters = resource.type.startswith(_IAM_CHARACTER_TYPES)
    if name.lower().startswith("aws:"):
        yield f"the tag {name!r} starts with aws:, which is reserved"
    if not 1 <= len(name) <= _MAX_KEY_LENGTH:
        yield f"the tag {name[:40]!r} has a key of {len(name)} characters; use 1 to {_MAX_KEY_LENGTH}"
    if _CONTROL_CHARACTERS.search(name) or (has_iam_characters and not _IAM_CHARACTERS.match(name)):
        yield f"the key of the tag {name!r} has an invalid character"
    if isinstance(value, str) and len(value) > _MAX_VALUE_LENGTH:
        yield f"the tag {name!r} has a value of {len(value)} characters; use at most {_MAX_VALUE_LENGTH}"
    if isinstance(value, str) and (
        _CONTROL_CHARACTERS.search(value) or (has_iam_characters and not _IAM_CHARACTERS.match(value))
    ):
        yield f"the value {value!r} of the tag {name!r} has an invalid character"
