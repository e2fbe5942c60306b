"""Regions of an account stack: those of its environment, without a block of VPCs only where networks are."""

from collections.abc import Iterable, Iterator

from arqctl.core.assembly import Stack
from arqctl.core.default_provider import aws_providers, find_provider
from arqctl.core.json_access import as_list, as_object, as_text
from arqctl.gate.report import Finding

RULE = "ARQ_REGIONS"
_LINK = "https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html"
# AccountDefaults writes it, and CKV2_ARQ_26 reads it. A rule sees one stack only.
_NETWORKS_OUTPUT = "network_regions"


def wrong_regions(stacks: Iterable[Stack]) -> tuple[Finding, ...]:
    """Return a finding for each region that an account stack lacks, or that it exempts without a network.

    Nothing is compared if a stack can't be read.
    """
    given = tuple(stacks)
    if any(stack.fault for stack in given):
        return ()
    others = [stack for stack in given if not _is_account(stack)]
    return tuple(
        finding for account in given if _is_account(account) for finding in _compare(account, others)
    )


def _is_account(stack: Stack) -> bool:
    return stack.name.endswith("-account")


def _compare(account: Stack, others: list[Stack]) -> Iterator[Finding]:
    covered = {as_text(each.get("region")) for each in aws_providers(account)}
    used = {as_text(each.get("region")) for stack in others for each in aws_providers(stack)}
    for region in sorted(used - covered - {""}):
        message = (
            f"{account.name} has no provider for {region}, which other stacks of the environment use: "
            "nothing records or checks that region. Add it to the regions of the account stack"
        )
        yield _finding(account, region, message)
    output = as_object(as_object(account.document.get("output")).get(_NETWORKS_OUTPUT))
    for region in sorted(map(str, as_list(output.get("value")))):
        if region not in {each for stack in others for each in _network_regions(stack)}:
            message = (
                f"{_NETWORKS_OUTPUT} names {region}, but no stack of the environment has a VPC there: "
                "VPC Block Public Access is off for nothing. Remove the region, or waive this with the reason"
            )
            yield _finding(account, region, message)


def _network_regions(stack: Stack) -> Iterator[str]:
    for block in stack.resources:
        if block.type == "aws_vpc":
            alias = as_text(block.body.get("provider")).partition(".")[2]
            yield as_text(block.body.get("region")) or as_text(find_provider(stack, alias).get("region"))


def _finding(account: Stack, region: str, message: str) -> Finding:
    return Finding(
        rule=RULE,
        severity="HIGH",
        address=f"output.{_NETWORKS_OUTPUT}",
        path=f"{account.name}/regions/{region}",
        message=message,
        stack=account.name,
        link=_LINK,
    )
