"""Finds services of the account's audit that exist already: a region can have only one of each.

Somebody turned them on by hand, or the organization did. Then the first deployment of the account stack fails
half-way: `The request is rejected because the current account already owns a detector`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from arqctl.core.aws_api import AwsError
from arqctl.core.json_access import as_object, as_text
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, missing, ok
from arqctl.doctor.aws.configuration import Resource
from arqctl.doctor.check import Check

_DETECTOR = "aws_guardduty_detector"
_HUB = "aws_securityhub_account"
_RECORDER = "aws_config_configuration_recorder"
_CHANNEL = "aws_config_delivery_channel"
_ANALYZER = "aws_accessanalyzer_analyzer"
# An account without Security Hub gets this error: https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_DescribeHub.html
_NO_HUB = frozenset({"InvalidAccessException", "ResourceNotFoundException"})
_BY_ORGANIZATION = "or name it in audit.managed_by_organization, if the organization manages it"


@dataclass(frozen=True)
class _Existing:
    """An existing service, and the command that imports or deletes it."""

    found: str
    fix: str


def _check(context: AwsContext) -> Iterator[Check]:
    declared = context.configuration.resources(_DETECTOR, _HUB, _RECORDER, _CHANNEL, _ANALYZER)
    if not declared:
        return
    problems = [
        each
        for region in sorted({each.region for each in declared})
        for each in _of_region(context, region, [each for each in declared if each.region == region])
    ]
    if problems:
        fix = " && ".join(each.fix for each in problems)
        found = ", ".join(each.found for each in problems)
        yield missing(EXISTING_SERVICES.name, f"exists already: {found}", f"{fix}; {_BY_ORGANIZATION}")
    else:
        yield ok(EXISTING_SERVICES.name, "none in the way of the account stack")


def _of_region(context: AwsContext, region: str, declared: list[Resource]) -> Iterator[_Existing]:
    of_type = {each.block.type: each for each in declared}
    detectors = list(_detectors(context, region)) if _DETECTOR in of_type else []
    is_deployed = any(own for _, own in detectors)
    for id_, own in detectors:
        if not own:
            yield _import(of_type[_DETECTOR], "detector of GuardDuty", id_)
    # A hub has no tags. The stack that made a detector also made the hub.
    if _HUB in of_type and not is_deployed and _has_hub(context, region):
        yield _import(of_type[_HUB], "Security Hub", context.account)
    if _RECORDER in of_type:
        yield from _recorders(context, of_type[_RECORDER])
    if _CHANNEL in of_type:
        yield from _channels(context, of_type[_CHANNEL])
    analyzers = [each for each in declared if each.block.type == _ANALYZER]
    if analyzers:
        yield from _analyzers(context, region, analyzers)


def _detectors(context: AwsContext, region: str) -> Iterator[tuple[str, bool]]:
    """Yield the id of each detector, and whether it has the tags of the environment."""
    ids = context.call("guardduty", "list_detectors", region).get("DetectorIds")
    for each in ids if isinstance(ids, list) else ():
        detector = context.call("guardduty", "get_detector", region, DetectorId=as_text(each))
        tags = as_object(detector.get("Tags"))
        own = context.configuration.default_tags
        yield as_text(each), bool(own) and own.items() <= tags.items()


def _has_hub(context: AwsContext, region: str) -> bool:
    try:
        context.call("securityhub", "describe_hub", region)
    except AwsError as error:
        if error.code in _NO_HUB:
            return False
        raise
    return True


def _recorders(context: AwsContext, recorder: Resource) -> Iterator[_Existing]:
    """Yield recorders of another name. AWS overwrites one of the same name."""
    region = recorder.region
    member = "ConfigurationRecorders"
    for each in context.list_all("config", "describe_configuration_recorders", member, region):
        name = as_text(each.get("name"))
        if name != recorder.text("name"):
            names = f"--configuration-recorder-name {name} --region {region}"
            fix = f"aws configservice delete-configuration-recorder {names}"
            yield _Existing(f"recorder {name} of Config in {region}", fix)


def _channels(context: AwsContext, channel: Resource) -> Iterator[_Existing]:
    region = channel.region
    for each in context.list_all("config", "describe_delivery_channels", "DeliveryChannels", region):
        name = as_text(each.get("name"))
        if name != channel.text("name"):
            fix = (
                f"aws configservice delete-delivery-channel --delivery-channel-name {name} --region {region}"
            )
            yield _Existing(f"delivery channel {name} of Config in {region}", fix)


def _analyzers(context: AwsContext, region: str, declared: list[Resource]) -> Iterator[_Existing]:
    """Yield analyzers of a declared type with another name: an account has few of each."""
    names = {each.text("analyzer_name") for each in declared}
    types = {each.text("type") for each in declared}
    for each in context.list_all("accessanalyzer", "list_analyzers", "analyzers", region):
        name = as_text(each.get("name"))
        if as_text(each.get("type")) in types and name not in names:
            fix = f"aws accessanalyzer delete-analyzer --analyzer-name {name} --region {region}"
            yield _Existing(f"analyzer {name} in {region}", fix)


def _import(resource: Resource, what: str, id_: str) -> _Existing:
    folder = f"cdktf.out/stacks/{resource.stack.name}"
    command = f"terraform -chdir={folder} import {resource.block.address} {id_}"
    return _Existing(f"{what} in {resource.region}", command)


EXISTING_SERVICES = AwsCheck(
    "existing audit services",
    (
        "access-analyzer:ListAnalyzers",
        "config:DescribeConfigurationRecorders",
        "config:DescribeDeliveryChannels",
        "guardduty:GetDetector",
        "guardduty:ListDetectors",
        "securityhub:DescribeHub",
    ),
    _check,
)
