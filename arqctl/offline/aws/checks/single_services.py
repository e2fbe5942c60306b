"""Checks of services that a region has once: an account that uses them already refuses a second one.

https://docs.aws.amazon.com/guardduty/latest/APIReference/API_CreateDetector.html
https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_EnableSecurityHub.html
https://docs.aws.amazon.com/config/latest/APIReference/API_PutConfigurationRecorder.html
https://docs.aws.amazon.com/config/latest/APIReference/API_PutDeliveryChannel.html
"""

from collections.abc import Iterator, Mapping

from arqctl.offline.aws.checks.resource import Resource, make_error
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.diagnostic import Diagnostic

_ERRORS: Mapping[str, str] = {
    "aws_config_configuration_recorder": "MaxNumberOfConfigurationRecordersExceededException",
    "aws_config_delivery_channel": "MaxNumberOfDeliveryChannelsExceededException",
    "aws_guardduty_detector": "BadRequestException: the current account already owns a detector",
    "aws_securityhub_account": "ResourceConflictException: Account is already subscribed to Security Hub",
}
# AWS overwrites one of the same name.
_OVERWRITTEN = ("aws_config_configuration_recorder", "aws_config_delivery_channel")


def check_only_one(resource: Resource, store: ResourceStore) -> Iterator[Diagnostic]:
    """Check that the region does not have the service yet."""
    error = _ERRORS.get(resource.type)
    if error is None or not resource.account:
        return
    existing = store.find_by_arguments(resource.account, resource.type, {}, everywhere=False)
    if existing is None:
        return
    if resource.type in _OVERWRITTEN and existing.state.get("name") == resource.values.get("name"):
        return
    yield make_error(
        f"A region has only one {resource.type} ({error})",
        f"{resource.account.region} already has {existing.id}. Import it, or delete it.",
    )
