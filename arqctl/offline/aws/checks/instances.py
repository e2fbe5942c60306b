"""Checks of launch templates, instances and EBS volumes."""

import base64
import binascii
from collections.abc import Iterator, Mapping

from arqctl.offline.aws.checks.resource import (
    Resource,
    as_text,
    definitely_set,
    get_blocks,
    known_prefix,
    make_error,
    possibly_set,
)
from arqctl.offline.aws.numbers import as_number
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Value

# Smallest and largest size in GiB, by volume type.
_VOLUME_SIZES_GIB = {
    "gp2": (1, 16384), "gp3": (1, 65536), "io1": (4, 16384), "io2": (4, 65536), "st1": (125, 16384),
    "sc1": (125, 16384), "standard": (1, 1024),
}  # fmt: skip
_IOPS_RANGES = {"gp3": (3000, 80000), "io1": (100, 64000), "io2": (100, 256000)}
_THROUGHPUT_RANGE = (125, 2000)
_MAX_USER_DATA_BYTES = 16384


def check_volumes(resource: Resource) -> Iterator[Diagnostic]:
    """Check the size and performance of every volume."""
    yield from _check_device_names(resource)
    for block in ("root_block_device", "ebs_block_device"):
        for volume in resource.get_blocks(block):
            yield from _check_volume(volume, "volume_size", "volume_type", block)
    for mapping in resource.get_blocks("block_device_mappings"):
        for volume in get_blocks(mapping, "ebs"):
            yield from _check_volume(volume, "volume_size", "volume_type", "block_device_mappings")
    if resource.type == "aws_ebs_volume":
        yield from _check_volume(resource.values, "size", "type", "size")


def check_user_data(resource: Resource) -> Iterator[Diagnostic]:
    """Check that user data fits in 16 KiB and, in a launch template, is base64."""
    given = resource.get_text("user_data")
    if given is None:
        return
    size = len(given.encode())
    if resource.type == "aws_launch_template":
        try:
            size = len(base64.b64decode(given, validate=True))
        except (binascii.Error, ValueError):
            yield make_error("User data is not base64", "Wrap user_data in base64encode(…).", "user_data")
            return
    if size > _MAX_USER_DATA_BYTES:
        yield make_error(
            "User data is too long",
            f"user_data has {size} bytes. Use at most {_MAX_USER_DATA_BYTES}.",
            "user_data",
        )


def check_image(resource: Resource) -> Iterator[Diagnostic]:
    """Check that an image is an AMI's id or an SSM parameter."""
    for name in ("image_id", "ami"):
        image = resource.get_text(name)
        if image and not image.startswith(("ami-", "resolve:ssm:")):
            yield make_error("Invalid image id", f"{name} is {image!r}. Use an id like ami-….", name)


def check_network_interfaces(template: Resource) -> Iterator[Diagnostic]:
    """Check that security groups are set in one place, and that an instance profile is named once."""
    inside = any(
        definitely_set(each, "security_groups") for each in template.get_blocks("network_interfaces")
    )
    if inside and (
        template.definitely_set("vpc_security_group_ids") or template.definitely_set("security_group_names")
    ):
        yield make_error(
            "Security groups set in two places",
            "network_interfaces has security_groups. Remove vpc_security_group_ids.",
            "vpc_security_group_ids",
        )
    for profile in template.get_blocks("iam_instance_profile"):
        if definitely_set(profile, "arn") and definitely_set(profile, "name"):
            yield make_error(
                "Instance profile named twice", "Set either arn or name.", "iam_instance_profile"
            )
        prefix = known_prefix(profile.get("arn"))
        if prefix.startswith("arn:") and ":role/" in prefix:
            yield make_error(
                "Role ARN instead of an instance profile ARN",
                f"arn is {prefix}. Use the ARN of an instance profile.",
                "iam_instance_profile",
            )


def _check_volume(
    volume: Mapping[str, Value], size_name: str, kind_name: str, block: str
) -> Iterator[Diagnostic]:
    kind, size, iops = (
        as_text(volume.get(kind_name)),
        as_number(volume.get(size_name)),
        as_number(volume.get("iops")),
    )
    smallest, largest = _VOLUME_SIZES_GIB.get(kind or "gp3", (1, 65536))
    if size is not None and not smallest <= size <= largest:
        yield make_error(
            "Invalid volume size",
            f"{size_name} is {size} GiB. {kind or 'gp3'} accepts {smallest} to {largest}.",
            block,
        )
    if (
        kind in _IOPS_RANGES
        and iops is not None
        and iops
        and not _IOPS_RANGES[kind][0] <= iops <= _IOPS_RANGES[kind][1]
    ):
        yield make_error(
            "iops out of range",
            f"iops is {iops}. {kind} accepts {_IOPS_RANGES[kind][0]} to {_IOPS_RANGES[kind][1]}.",
            block,
        )
    if kind in ("io1", "io2") and not possibly_set(volume, "iops"):
        yield make_error("Provisioned storage without iops", f"{kind_name} is {kind}. Set iops.", block)
    if kind in ("gp2", "st1", "sc1", "standard") and iops:
        yield make_error("Volume type without iops", f"{kind_name} is {kind}. Remove iops.", block)
    throughput = as_number(volume.get("throughput"))
    if throughput and kind and kind != "gp3":
        yield make_error(
            "Volume type without throughput", f"{kind_name} is {kind}. Remove throughput.", block
        )
    if throughput and kind == "gp3" and not _THROUGHPUT_RANGE[0] <= throughput <= _THROUGHPUT_RANGE[1]:
        yield make_error(
            "Throughput out of range", f"throughput is {throughput} MiB/s. Use 125 to 2000.", block
        )
    if volume.get("encrypted") in (False, "false") and definitely_set(volume, "kms_key_id"):
        yield make_error(
            "KMS key for an unencrypted volume", "Set encrypted to true, or remove kms_key_id.", block
        )


def _check_device_names(resource: Resource) -> Iterator[Diagnostic]:
    devices = [each.get("device_name") for each in resource.get_blocks("block_device_mappings")]
    for name in sorted({str(each) for each in devices if isinstance(each, str) and devices.count(each) > 1}):
        yield make_error(
            "Duplicate device name",
            f"device_name {name} is used twice. Give each volume its own.",
            "block_device_mappings",
        )
