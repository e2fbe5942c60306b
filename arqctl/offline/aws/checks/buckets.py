"""Checks of S3 bucket configurations: lifecycle, replication and encryption."""

from collections.abc import Iterator, Mapping

from arqctl.offline.aws.checks.planned_resources import PlannedResources
from arqctl.offline.aws.checks.resource import Resource, as_text, get_blocks, make_error
from arqctl.offline.aws.numbers import as_number
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Value

_INFREQUENT_ACCESS = ("STANDARD_IA", "ONEZONE_IA")
_MIN_INFREQUENT_ACCESS_DAYS = 30
_ACTIONS = (
    "abort_incomplete_multipart_upload", "expiration", "noncurrent_version_expiration",
    "noncurrent_version_transition", "transition",
)  # fmt: skip


def check_rule_ids(resource: Resource) -> Iterator[Diagnostic]:
    """Check that rules of one configuration have different ids and priorities."""
    for name in ("id", "priority"):
        given = [each.get(name) for each in resource.get_blocks("rule")]
        known_values = [each for each in given if isinstance(each, str | int) and each != ""]
        for each in sorted({str(each) for each in known_values if known_values.count(each) > 1}):
            yield make_error(
                f"Duplicate rule {name}",
                f"Two rule blocks have the {name} {each}. Give each its own.",
                "rule",
            )


def check_lifecycle(configuration: Resource) -> Iterator[Diagnostic]:
    """Check that each lifecycle rule has an action, and that objects transition before they expire."""
    for rule in configuration.get_blocks("rule"):
        rule_name = as_text(rule.get("id")) or "without id"
        if not any(rule.get(name) not in (None, [], {}) for name in _ACTIONS):
            yield make_error(
                "Lifecycle rule has no action",
                f"rule {rule_name} has none of {', '.join(_ACTIONS)}. Add one.",
                "rule",
            )
        yield from _check_transitions(rule, rule_name)
        for block, name in (
            ("expiration", "days"),
            ("noncurrent_version_expiration", "noncurrent_days"),
            ("abort_incomplete_multipart_upload", "days_after_initiation"),
        ):
            for each in get_blocks(rule, block):
                days = as_number(each.get(name))
                # The provider writes 0 for an expiration that is not counted in days.
                if days is not None and (days < 0 or (days == 0 and block != "expiration")):
                    yield make_error(
                        "Invalid number of days",
                        f"{name} of rule {rule_name} is {days}. Use 1 or more.",
                        "rule",
                    )


def check_replication_versioning(replication: Resource, planned: PlannedResources) -> Iterator[Diagnostic]:
    """Check that the bucket of a replication configuration has versioning enabled."""
    bucket = replication.values.get("bucket")
    for versioning in planned.list_of_type("aws_s3_bucket_versioning"):
        if planned.is_same_resource("aws_s3_bucket", bucket, versioning.values.get("bucket")):
            for each in versioning.get_blocks("versioning_configuration"):
                status = as_text(each.get("status"))
                if status and status != "Enabled":
                    yield make_error(
                        "Replication of a bucket without versioning",
                        f"The bucket's versioning status is {status}. Set it to Enabled: S3 replicates "
                        "only versioned buckets.",
                        "bucket",
                    )


def check_encryption_key(configuration: Resource) -> Iterator[Diagnostic]:
    """Check that only KMS encryption names a key."""
    for rule in configuration.get_blocks("rule"):
        for each in get_blocks(rule, "apply_server_side_encryption_by_default"):
            if as_text(each.get("sse_algorithm")) == "AES256" and each.get("kms_master_key_id") not in (
                None,
                "",
            ):
                yield make_error(
                    "KMS key with AES256 encryption",
                    "kms_master_key_id is set, but sse_algorithm is AES256. Set sse_algorithm to aws:kms.",
                    "rule",
                )


def _check_transitions(rule: Mapping[str, Value], rule_name: str) -> Iterator[Diagnostic]:
    expirations = [as_number(each.get("days")) for each in get_blocks(rule, "expiration")]
    for transition in get_blocks(rule, "transition"):
        days, storage = as_number(transition.get("days")), as_text(transition.get("storage_class"))
        if days is not None and storage in _INFREQUENT_ACCESS and days < _MIN_INFREQUENT_ACCESS_DAYS:
            yield make_error(
                "Transition is too early",
                f"rule {rule_name} moves objects to {storage} after {days} days. S3 requires at least "
                f"{_MIN_INFREQUENT_ACCESS_DAYS}.",
                "rule",
            )
        for expiration in expirations:
            if days is not None and expiration and days >= expiration:
                yield make_error(
                    "Transition after expiration",
                    f"rule {rule_name} moves objects after {days} days, but deletes them after {expiration}. "
                    "Use fewer days for the transition.",
                    "rule",
                )
