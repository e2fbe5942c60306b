"""S3: life cycles, replication and what they need."""

from collections.abc import Iterator, Mapping

from arqctl.offline.aws.checks.planned_resources import PlannedResources
from arqctl.offline.aws.checks.resource import Resource, as_text, get_blocks, make_error
from arqctl.offline.aws.numbers import as_number
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Value

_INFREQUENT = ("STANDARD_IA", "ONEZONE_IA")
_FIRST_INFREQUENT = 30
_ACTIONS = (
    "abort_incomplete_multipart_upload", "expiration", "noncurrent_version_expiration",
    "noncurrent_version_transition", "transition",
)  # fmt: skip


def check_rule_ids(resource: Resource) -> Iterator[Diagnostic]:
    """Rules of one configuration have ids of their own; of replication, priorities too."""
    for name in ("id", "priority"):
        given = [each.get(name) for each in resource.get_blocks("rule")]
        known = [each for each in given if isinstance(each, str | int) and each != ""]
        for each in sorted({str(each) for each in known if known.count(each) > 1}):
            yield make_error(
                f"Two rules with one {name}", f"rule has the {name} {each} twice. Name them apart.", "rule"
            )


def check_lifecycle(configuration: Resource) -> Iterator[Diagnostic]:
    """A rule does something, and things move on before they go."""
    for rule in configuration.get_blocks("rule"):
        named = as_text(rule.get("id")) or "without id"
        if not any(rule.get(name) not in (None, [], {}) for name in _ACTIONS):
            yield make_error(
                "A rule that does nothing", f"rule {named} has none of {', '.join(_ACTIONS)}.", "rule"
            )
        yield from _check_transitions(rule, named)
        for block, name in (
            ("expiration", "days"),
            ("noncurrent_version_expiration", "noncurrent_days"),
            ("abort_incomplete_multipart_upload", "days_after_initiation"),
        ):
            for each in get_blocks(rule, block):
                days = as_number(each.get(name))
                # 0 is how the provider writes "not by days" for an expiration.
                if days is not None and (days < 0 or (days == 0 and block != "expiration")):
                    yield make_error(
                        "Days that S3 refuses", f"{name} of rule {named} is {days}; take 1 or more.", "rule"
                    )


def check_replication_versioning(replication: Resource, planned: PlannedResources) -> Iterator[Diagnostic]:
    """What is replicated is versioned."""
    bucket = replication.values.get("bucket")
    for versioning in planned.of_type("aws_s3_bucket_versioning"):
        if planned.refer_to_same("aws_s3_bucket", bucket, versioning.values.get("bucket")):
            for each in versioning.get_blocks("versioning_configuration"):
                status = as_text(each.get("status"))
                if status and status != "Enabled":
                    yield make_error(
                        "Replication of a bucket without versions",
                        f"Its versioning is {status}. S3 replicates versioned buckets only.",
                        "bucket",
                    )


def check_encryption_key(configuration: Resource) -> Iterator[Diagnostic]:
    """A key goes with encryption by KMS."""
    for rule in configuration.get_blocks("rule"):
        for each in get_blocks(rule, "apply_server_side_encryption_by_default"):
            if as_text(each.get("sse_algorithm")) == "AES256" and each.get("kms_master_key_id") not in (
                None,
                "",
            ):
                yield make_error(
                    "A key that S3 has no use for", "sse_algorithm is AES256. Write aws:kms.", "rule"
                )


def _check_transitions(rule: Mapping[str, Value], named: str) -> Iterator[Diagnostic]:
    gone = [as_number(each.get("days")) for each in get_blocks(rule, "expiration")]
    for move in get_blocks(rule, "transition"):
        days, storage = as_number(move.get("days")), as_text(move.get("storage_class"))
        if days is not None and storage in _INFREQUENT and days < _FIRST_INFREQUENT:
            yield make_error(
                "A transition that is too early",
                f"rule {named} moves to {storage} after {days} days; S3 wants {_FIRST_INFREQUENT} at least.",
                "rule",
            )
        for last in gone:
            if days is not None and last and days >= last:
                yield make_error(
                    "A transition of what is gone",
                    f"rule {named} moves objects after {days} days and removes them after {last}.",
                    "rule",
                )
