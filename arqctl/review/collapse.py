"""Changes that are told by a count: of tags that mean nothing, and of hashes of what was built anew."""

import re
from collections.abc import Sequence

from arqctl.plan.diff.difference import Difference, Kind
from arqctl.review.model import Rolled

_TAGS = re.compile(r"tags(?:_all)?(?:\..+)?")
_TAG_BLOCKS = re.compile(r"tag(?:\[.+\])?(?:\..+)?")
_HAVE_TAG_BLOCKS = ("aws_autoscaling_group",)
# What a role or a user may do can depend on its own tags.
_PRINCIPALS = ("aws_iam_role", "aws_iam_user")
# By these tags something is found: by Kubernetes, by backup plans, by policies on access.
_MEANT = re.compile(
    r"(?i)kubernetes|k8s|karpenter|backup|snapshot|retention|dlm|access|allow|permission|confidential|classif"
    r"|polic|tenant|schedule|patch"
)
_HASHES = re.compile(
    r"source_code_hash|code_sha256|source_hash|etag|version_id|(?:s3_)?object_version|content_(?:hash|md5)"
    r"|asset_hash|(?:output_)?(?:base64)?(?:sha1|sha256|sha512|md5)|checksum_\w+"
)
# Where assets lie: the path has their hash in it.
_PLACES = ("filename", "source", "s3_key")
_HASH = re.compile(r"[0-9A-Fa-f]{16,}")
# What the provider knows only after it uploaded.
_FOLLOW = (
    "last_modified",
    "version",
    "qualified_arn",
    "qualified_invoke_arn",
    "source_code_size",
    "tags_all",
)


def rolled(type: str, differences: Sequence[Difference]) -> Rolled | None:
    """What a change is told by a count as, or None for one that is told itself.

    It is told itself if anything in it is secret, forces a replacement, or may change what someone may do.
    """
    if not differences or any(each.is_secret or each.forces or each.lines for each in differences):
        return None
    if all(_is_of_tags(type, each) for each in differences):
        return Rolled.TAGS
    if any(map(_is_of_hash, differences)) and all(
        _is_of_hash(each) or _follows(each) for each in differences
    ):
        return Rolled.HASHES
    return None


def _is_of_tags(type: str, difference: Difference) -> bool:
    path = difference.path
    is_block = type in _HAVE_TAG_BLOCKS and _TAG_BLOCKS.fullmatch(path)
    if type in _PRINCIPALS or not (is_block or _TAGS.fullmatch(path)):
        return False
    named = (path,) if "." in path or "[" in path else (path, difference.before, difference.after)
    return not any(map(_MEANT.search, named))


def _is_of_hash(difference: Difference) -> bool:
    if difference.path in _PLACES:
        return _HASH.sub("", difference.before) == _HASH.sub("", difference.after)
    return _HASHES.fullmatch(difference.path) is not None


def _follows(difference: Difference) -> bool:
    return difference.kind is Kind.UNKNOWN and difference.path in _FOLLOW
