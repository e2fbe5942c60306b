"""Tests that offline AWS refuses a second one of a service that a region has once."""

import pytest

from arqctl.offline.aws.account import Account
from arqctl.offline.aws.checks import Resource, check_create
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.values import Value

HERE = Account("210987654321", "eu-west-1")
ELSEWHERE = Account("210987654321", "eu-central-1")


@pytest.mark.parametrize(
    ("type_", "first", "second", "error"),
    [
        ("aws_guardduty_detector", {}, {}, "already owns a detector"),
        ("aws_securityhub_account", {}, {}, "already subscribed"),
        ("aws_config_configuration_recorder", {"name": "old"}, {"name": "default"}, "Recorders"),
        ("aws_config_delivery_channel", {"name": "old"}, {"name": "default"}, "DeliveryChannels"),
    ],
)
def test_a_second_service_in_a_region_is_refused(
    type_: str, first: dict[str, Value], second: dict[str, Value], error: str
) -> None:
    store = ResourceStore()
    assert check_create(Resource(type_, second, HERE), store) == []
    store.save(HERE, type_, "first", {"id": "first", **first})
    [found] = check_create(Resource(type_, second, HERE), store)
    assert error in found.summary
    assert "Import it" in found.detail
    assert check_create(Resource(type_, second, ELSEWHERE), store) == []


@pytest.mark.parametrize("type_", ["aws_config_configuration_recorder", "aws_config_delivery_channel"])
def test_config_overwrites_a_service_of_the_same_name(type_: str) -> None:
    store = ResourceStore()
    store.save(HERE, type_, "default", {"id": "default", "name": "default"})
    assert check_create(Resource(type_, {"name": "default"}, HERE), store) == []
