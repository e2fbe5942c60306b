"""S3: life cycles, replication and what they need."""

from collections.abc import Iterator, Mapping

from arqctl.offline.aws.numbers import number
from arqctl.offline.aws.checks.planned_resources import Registry
from arqctl.offline.aws.checks.resource import Resource, blocks, refuse, text
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Value

_INFREQUENT = ("STANDARD_IA", "ONEZONE_IA")
_FIRST_INFREQUENT = 30
_ACTIONS = (
    "abort_incomplete_multipart_upload", "expiration", "noncurrent_version_expiration",
    "noncurrent_version_transition", "transition",
)  # fmt: skip


def rule_ids(resource: Resource) -> Iterator[Diagnostic]:
    """Rules of one configuration have ids of their own; of replication, priorities too."""
    for name in ("id", "priority"):
        given = [each.get(name) for each in resource.blocks("rule")]
        known = [each for each in given if isinstance(each, str | int) and each != ""]
        for each in sorted({str(each) for each in known if known.count(each) > 1}):
            yield refuse(
                f"Two rules with one {name}", f"rule has the {name} {each} twice. Name them apart.", "rule"
            )


def life_cycle(configuration: Resource) -> Iterator[Diagnostic]:
    """A rule does something, and things move on before they go."""
    for rule in configuration.blocks("rule"):
        named = text(rule.get("id")) or "without id"
        if not any(rule.get(name) not in (None, [], {}) for name in _ACTIONS):
            yield refuse(
                "A rule that does nothing", f"rule {named} has none of {', '.join(_ACTIONS)}.", "rule"
            )
        yield from _moves(rule, named)
        for block, name in (
            ("expiration", "days"),
            ("noncurrent_version_expiration", "noncurrent_days"),
            ("abort_incomplete_multipart_upload", "days_after_initiation"),
        ):
            for each in blocks(rule, block):
                days = number(each.get(name))
                # 0 is how the provider writes "not by days" for an expiration.
                if days is not None and (days < 0 or (days == 0 and block != "expiration")):
                    yield refuse(
                        "Days that S3 refuses", f"{name} of rule {named} is {days}; take 1 or more.", "rule"
                    )


def versioned(replication: Resource, registry: Registry) -> Iterator[Diagnostic]:
    """What is replicated is versioned."""
    bucket = replication.values.get("bucket")
    for versioning in registry.of_type("aws_s3_bucket_versioning"):
        if registry.same("aws_s3_bucket", bucket, versioning.values.get("bucket")):
            for each in versioning.blocks("versioning_configuration"):
                status = text(each.get("status"))
                if status and status != "Enabled":
                    yield refuse(
                        "Replication of a bucket without versions",
                        f"Its versioning is {status}. S3 replicates versioned buckets only.",
                        "bucket",
                    )


def encryption(configuration: Resource) -> Iterator[Diagnostic]:
    """A key goes with encryption by KMS."""
    for rule in configuration.blocks("rule"):
        for each in blocks(rule, "apply_server_side_encryption_by_default"):
            if text(each.get("sse_algorithm")) == "AES256" and each.get("kms_master_key_id") not in (
                None,
                "",
            ):
                yield refuse(
                    "A key that S3 has no use for", "sse_algorithm is AES256. Write aws:kms.", "rule"
                )


def _moves(rule: Mapping[str, Value], named: str) -> Iterator[Diagnostic]:
    gone = [number(each.get("days")) for each in blocks(rule, "expiration")]
    for move in blocks(rule, "transition"):
        days, storage = number(move.get("days")), text(move.get("storage_class"))
        if days is not None and storage in _INFREQUENT and days < _FIRST_INFREQUENT:
            yield refuse(
                "A transition that is too early",
                f"rule {named} moves to {storage} after {days} days; S3 wants {_FIRST_INFREQUENT} at least.",
                "rule",
            )
        for last in gone:
            if days is not None and last and days >= last:
                yield refuse(
                    "A transition of what is gone",
                    f"rule {named} moves objects after {days} days and removes them after {last}.",
                    "rule",
                )
