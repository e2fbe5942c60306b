"""Launch templates and instances: their disks, their data, their images."""

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

# GiB, by kind of volume.
_SIZES = {
    "gp2": (1, 16384), "gp3": (1, 65536), "io1": (4, 16384), "io2": (4, 65536), "st1": (125, 16384),
    "sc1": (125, 16384), "standard": (1, 1024),
}  # fmt: skip
_IOPS = {"gp3": (3000, 80000), "io1": (100, 64000), "io2": (100, 256000)}
_THROUGHPUT = (125, 2000)
_USER_DATA = 16384


def check_volumes(resource: Resource) -> Iterator[Diagnostic]:
    """Every volume: a size and a speed that its kind has."""
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
    """What an instance runs at its start: base64 in a launch template, 16 KiB at most."""
    given = resource.get_text("user_data")
    if given is None:
        return
    size = len(given.encode())
    if resource.type == "aws_launch_template":
        try:
            size = len(base64.b64decode(given, validate=True))
        except (binascii.Error, ValueError):
            yield make_error("User data that isn't base64", "Wrap user_data in base64encode(…).", "user_data")
            return
    if size > _USER_DATA:
        yield make_error("User data that is too long", f"It has {size} bytes; {_USER_DATA} fit.", "user_data")


def check_image(resource: Resource) -> Iterator[Diagnostic]:
    """An image is named by its id, or by a parameter that holds it."""
    for name in ("image_id", "ami"):
        known = resource.get_text(name)
        if known and not known.startswith(("ami-", "resolve:ssm:")):
            yield make_error("Not an image", f"{name} is {known!r}; it takes ami-….", name)


def check_network_interfaces(template: Resource) -> Iterator[Diagnostic]:
    """Security groups stand at the template or at its network interfaces, not at both."""
    inside = any(
        definitely_set(each, "security_groups") for each in template.get_blocks("network_interfaces")
    )
    if inside and (
        template.definitely_set("vpc_security_group_ids") or template.definitely_set("security_group_names")
    ):
        yield make_error(
            "Security groups in two places",
            "network_interfaces has security_groups. Leave vpc_security_group_ids out.",
            "vpc_security_group_ids",
        )
    for profile in template.get_blocks("iam_instance_profile"):
        if definitely_set(profile, "arn") and definitely_set(profile, "name"):
            yield make_error("A profile named twice", "Give arn or name.", "iam_instance_profile")
        said = known_prefix(profile.get("arn"))
        if said.startswith("arn:") and ":role/" in said:
            yield make_error("A role instead of its profile", f"arn is {said}.", "iam_instance_profile")


def _check_volume(
    volume: Mapping[str, Value], size_name: str, kind_name: str, block: str
) -> Iterator[Diagnostic]:
    kind, size, iops = (
        as_text(volume.get(kind_name)),
        as_number(volume.get(size_name)),
        as_number(volume.get("iops")),
    )
    smallest, largest = _SIZES.get(kind or "gp3", (1, 65536))
    if size is not None and not smallest <= size <= largest:
        yield make_error(
            "A volume of a size that EBS refuses",
            f"{size_name} is {size} GiB; {kind or 'gp3'} takes {smallest} to {largest}.",
            block,
        )
    if kind in _IOPS and iops is not None and iops and not _IOPS[kind][0] <= iops <= _IOPS[kind][1]:
        yield make_error(
            "Iops out of bounds", f"iops is {iops}; {kind} takes {_IOPS[kind][0]} to {_IOPS[kind][1]}.", block
        )
    if kind in ("io1", "io2") and not possibly_set(volume, "iops"):
        yield make_error("Provisioned storage without iops", f"{kind_name} is {kind}. Give iops.", block)
    if kind in ("gp2", "st1", "sc1", "standard") and iops:
        yield make_error("Iops that the volume has not", f"{kind_name} is {kind}. Leave iops out.", block)
    throughput = as_number(volume.get("throughput"))
    if throughput and kind and kind != "gp3":
        yield make_error(
            "A throughput that the volume has not", f"{kind_name} is {kind}. Leave throughput out.", block
        )
    if throughput and kind == "gp3" and not _THROUGHPUT[0] <= throughput <= _THROUGHPUT[1]:
        yield make_error(
            "A throughput out of bounds", f"throughput is {throughput} MiB/s; 125 to 2000 are taken.", block
        )
    if volume.get("encrypted") in (False, "false") and definitely_set(volume, "kms_key_id"):
        yield make_error(
            "A key for a volume that isn't encrypted", "Set encrypted, or leave kms_key_id out.", block
        )


def _check_device_names(resource: Resource) -> Iterator[Diagnostic]:
    devices = [each.get("device_name") for each in resource.get_blocks("block_device_mappings")]
    for name in sorted({str(each) for each in devices if isinstance(each, str) and devices.count(each) > 1}):
        yield make_error(
            "Two disks with one name", f"device_name {name} is given twice.", "block_device_mappings"
        )
