"""Finds changes that are only counted: of tags without a meaning, and of hashes of rebuilt artifacts."""

import re
from collections.abc import Sequence

from arqctl.plan.diff.difference import Difference, Kind
from arqctl.review.model import CollapsedChange

_TAGS = re.compile(r"tags(?:_all)?(?:\..+)?")
_TAG_BLOCK = re.compile(r"tag(?:\[.+\])?(?:\..+)?")
_TYPES_WITH_TAG_BLOCKS = ("aws_autoscaling_group",)
# Policies can grant access by the tags of a principal.
_PRINCIPALS = ("aws_iam_role", "aws_iam_user")
# Kubernetes, backup plans and access policies select resources by such tags.
_FUNCTIONAL_TAG = re.compile(
    r"(?i)kubernetes|k8s|karpenter|backup|snapshot|retention|dlm|access|allow|permission|confidential|classif"
    r"|polic|tenant|schedule|patch"
)
_HASH_ARGUMENT = re.compile(
    r"source_code_hash|code_sha256|source_hash|etag|version_id|(?:s3_)?object_version|content_(?:hash|md5)"
    r"|asset_hash|(?:output_)?(?:base64)?(?:sha1|sha256|sha512|md5)|checksum_\w+"
)
# File paths and keys of assets, which contain a hash.
_ASSET_PATHS = ("filename", "source", "s3_key")
_HEX_HASH = re.compile(r"[0-9A-Fa-f]{16,}")
# Attributes that the provider computes after an upload.
_COMPUTED = (
    "last_modified",
    "version",
    "qualified_arn",
    "qualified_invoke_arn",
    "source_code_size",
    "tags_all",
)


def collapsed_change(type: str, differences: Sequence[Difference]) -> CollapsedChange | None:
    """Return the kind of a change that is only counted, or None for one that is listed.

    A change is listed if any difference is secret, forces a replacement or can affect access.
    """
    if not differences or any(each.is_secret or each.forces or each.lines for each in differences):
        return None
    if all(_is_tag_difference(type, each) for each in differences):
        return CollapsedChange.TAGS
    if any(map(_is_hash_difference, differences)) and all(
        _is_hash_difference(each) or _is_computed_after_upload(each) for each in differences
    ):
        return CollapsedChange.HASHES
    return None


def _is_tag_difference(type: str, difference: Difference) -> bool:
    path = difference.path
    is_block = type in _TYPES_WITH_TAG_BLOCKS and _TAG_BLOCK.fullmatch(path)
    if type in _PRINCIPALS or not (is_block or _TAGS.fullmatch(path)):
        return False
    named = (path,) if "." in path or "[" in path else (path, difference.before, difference.after)
    return not any(map(_FUNCTIONAL_TAG.search, named))


def _is_hash_difference(difference: Difference) -> bool:
    if difference.path in _ASSET_PATHS:
        return _HEX_HASH.sub("", difference.before) == _HEX_HASH.sub("", difference.after)
    return _HASH_ARGUMENT.fullmatch(difference.path) is not None


def _is_computed_after_upload(difference: Difference) -> bool:
    return difference.kind is Kind.UNKNOWN and difference.path in _COMPUTED
