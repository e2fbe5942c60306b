"""Volumes and monitoring are charged for each instance."""

from decimal import Decimal

import pytest

from arqctl.core.json_access import Body, Json
from arqctl.cost.charges.instances import charge_instance_hours, charge_launch_template
from tests.arqctl.cost.priced_stacks import quantities, resource

THREE = Decimal(3)


def charged(template: Body) -> dict[str, Decimal | None]:
    return {each.item: each.quantity for each in charge_launch_template(template, THREE)}


def disks(*ebs: Json) -> Body:
    return {"block_device_mappings": [{"device_name": "/dev/xvda", "ebs": each} for each in ebs]}


def test_an_unknown_type_has_no_quantity() -> None:
    assert charge_instance_hours("", THREE).quantity is None
    assert charge_instance_hours("m7g.large", THREE).quantity == THREE


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (disks({"volume_size": 20, "volume_type": "gp3"}), {"ebs/gp3": Decimal(60)}),
        (disks([{"volume_size": "20", "volume_type": "gp3"}]), {"ebs/gp3": Decimal(60)}),
        (disks({"volume_size": 20}), {"ebs/?": None}),
        (disks({"volume_type": "gp3"}), {"ebs/gp3": None}),
        (disks("${var.disk}"), {"ebs/?": None}),
        ({"block_device_mappings": "${var.disks}"}, {"ebs/?": None}),
        ({}, {"ebs/?": None}),
        (
            disks({"volume_size": 20, "volume_type": "gp3", "iops": 4000, "throughput": 125}),
            {"ebs/gp3": Decimal(60), "ebs/gp3/iops": Decimal(3000)},
        ),
        (
            disks({"volume_size": 20, "volume_type": "io2", "iops": 100}),
            {"ebs/io2": Decimal(60), "ebs/io2/iops": Decimal(300)},
        ),
        (disks({"volume_size": 20, "volume_type": "gp2", "iops": 100}), {"ebs/gp2": Decimal(60)}),
    ],
)
def test_volumes_of_a_launch_template(template: Body, expected: dict[str, Decimal | None]) -> None:
    assert charged(template) == expected


def test_a_device_without_a_volume_costs_nothing() -> None:
    mapped: Body = {
        "block_device_mappings": [
            {"device_name": "/dev/sdb", "no_device": ""},
            {"device_name": "/dev/xvda", "ebs": {"volume_size": 1, "volume_type": "gp3"}},
        ]
    }
    assert charged(mapped) == {"ebs/gp3": THREE}


@pytest.mark.parametrize(
    ("enabled", "expected"),
    [(True, Decimal(21)), ("true", Decimal(21)), ("${var.on}", None), (False, 0), (None, 0)],
)
def test_detailed_monitoring_is_seven_metrics(enabled: Json, expected: Decimal | None) -> None:
    template = {**disks({"volume_size": 1, "volume_type": "gp3"}), "monitoring": {"enabled": enabled}}
    assert charged(template).get("cloudwatch/metric", 0) == expected


def test_monitoring_of_one_instance() -> None:
    box = resource("aws_instance", instance_type="m7g.large", monitoring=True)
    assert quantities(box)["cloudwatch/metric"] == 7
