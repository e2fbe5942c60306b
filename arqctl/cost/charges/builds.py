"""Charges of CodeBuild, by the assumed minutes of builds."""

from collections.abc import Iterator, Mapping
from typing import Final

from arqctl.cost.arguments import read_block, read_text
from arqctl.cost.charges.charge import Charge, ChargeFunction, charge_usage
from arqctl.cost.priceable import PriceableResource
from arqctl.cost.stack_resources import StackResources

_SIZE_PREFIX: Final = "BUILD_GENERAL1_"
_FAMILIES: Final = {"ARM_CONTAINER": "arm1", "LINUX_CONTAINER": "general1"}


def charge_project(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge the minutes of builds. Other environments than containers of EC2 have no price."""
    environment = read_block(resource.values, "environment")
    family = _FAMILIES.get(read_text(environment, "type"), "?")
    size = read_text(environment, "compute_type")
    known = family != "?" and size.startswith(_SIZE_PREFIX)
    item = f"codebuild/{family}.{size.removeprefix(_SIZE_PREFIX).lower()}" if known else "codebuild/?"
    minutes = stack.usage("build_minutes", read_text(resource.values, "name"))
    if minutes:
        yield from charge_usage(item, minutes if known else None, "minute of a build")


BUILDS: Mapping[str, ChargeFunction] = {"aws_codebuild_project": charge_project}
