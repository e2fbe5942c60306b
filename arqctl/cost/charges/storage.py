"""Charges of buckets, their replication, images and logs, by their assumed use."""

from collections.abc import Iterator, Mapping

from arqctl.core.json_access import as_list, as_object
from arqctl.cost.arguments import read_block, read_number, read_text
from arqctl.cost.charges.charge import Charge, ChargeFunction, charge_usage, multiply
from arqctl.cost.priceable import PriceableResource
from arqctl.cost.stack_resources import StackResources

_DAYS_A_MONTH = 30
_KEPT_DAYS = 365
"""Days of logs that a group without a retention is assumed to have."""


def charge_bucket(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge the stored objects of a bucket and its requests. All objects count as class Standard."""
    name = read_text(resource.values, "bucket") or read_text(resource.values, "bucket_prefix")
    yield from charge_usage("s3/standard", stack.usage("bucket_gib", name), "GiB in a bucket")
    yield from charge_usage("s3/write", stack.usage("bucket_writes", name), "PUT or LIST request to a bucket")
    yield from charge_usage("s3/read", stack.usage("bucket_reads", name), "GET request to a bucket")


def charge_replication(_: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge the transfer of a replication to another region. The copy's bucket has its own charges."""
    yield from charge_usage(
        "transfer/inter-region", stack.usage("replicated_gib"), "GiB of objects to another region"
    )


def charge_repository(_: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge the images of a repository."""
    yield from charge_usage("ecr/storage", stack.usage("image_gib"), "GiB of images")


def charge_registry_replication(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge the transfer of images to each other region. The copies have their own charges."""
    configuration = read_block(resource.values, "replication_configuration")
    for rule in map(as_object, as_list(configuration.get("rule"))):
        for destination in map(as_object, as_list(rule.get("destination"))):
            if read_text(destination, "region") != resource.region:
                gib = stack.usage("replicated_image_gib")
                yield from charge_usage("transfer/inter-region", gib, "GiB of images to another region")


def charge_log_group(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge what a log group ingests, and stores until its retention ends."""
    values = resource.values
    gib = stack.usage("log_gib", read_text(values, "name"))
    infrequent = read_text(values, "log_group_class") == "INFREQUENT_ACCESS"
    item = "logs/ingestion-infrequent-access" if infrequent else "logs/ingestion"
    yield from charge_usage(item, gib, "GiB ingested into a log group")
    days = read_number(values, "retention_in_days", _KEPT_DAYS)
    if gib:
        stored = multiply(days, gib * stack.usage("log_compression") / _DAYS_A_MONTH)
        yield from charge_usage("logs/storage", stored, "GiB stored in a log group")


def charge_log_delivery(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge deliveries of logs, except those of CloudFront to S3, which are free."""
    source = stack.find("aws_cloudwatch_log_delivery_source", resource.values.get("delivery_source_name"))
    log_type = read_text(source.values, "log_type") if source else ""
    if log_type != "ACCESS_LOGS":
        yield Charge("logs/delivery", None, "delivered logs")


def charge_flow_log(resource: PriceableResource, _: StackResources) -> Iterator[Charge]:
    """Charge flow logs that are not sent to a log group, which has its own charges."""
    destination = read_text(resource.values, "log_destination_type", "cloud-watch-logs")
    if destination != "cloud-watch-logs":
        yield Charge("logs/delivery", None, "delivered flow logs")


STORAGE: Mapping[str, ChargeFunction] = {
    "aws_cloudwatch_log_delivery": charge_log_delivery,
    "aws_cloudwatch_log_group": charge_log_group,
    "aws_ecr_replication_configuration": charge_registry_replication,
    "aws_ecr_repository": charge_repository,
    "aws_flow_log": charge_flow_log,
    "aws_s3_bucket": charge_bucket,
    "aws_s3_bucket_replication_configuration": charge_replication,
}
