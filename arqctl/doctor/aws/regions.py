"""Checks that the account has enabled the regions of all providers."""

from collections.abc import Iterator

from arqctl.core.json_access import as_text
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, missing, ok
from arqctl.doctor.check import Check

_ENABLED = ("opt-in-not-required", "opted-in")


def _check(context: AwsContext) -> Iterator[Check]:
    regions = context.list_all("ec2", "describe_regions", "Regions", AllRegions=True)
    enabled = {as_text(each.get("RegionName")) for each in regions if each.get("OptInStatus") in _ENABLED}
    off = [region for region in context.configuration.regions if region not in enabled]
    if off:
        fix = " && ".join(f"aws account enable-region --region-name {region}" for region in off)
        yield missing(REGIONS.name, f"{', '.join(off)}: not enabled", fix)
    else:
        yield ok(REGIONS.name, ", ".join(context.configuration.regions))


REGIONS = AwsCheck("regions", ("ec2:DescribeRegions",), _check)
