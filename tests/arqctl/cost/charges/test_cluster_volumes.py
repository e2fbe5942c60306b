"""Volumes that claims of Helm releases create are charged for each replica."""

import json
from decimal import Decimal

import pytest

from arqctl.core.json_access import Json
from arqctl.cost.priceable import PriceableResource
from tests.arqctl.cost.priced_stacks import cents, monthly, quantities, resource

CLASS = resource(
    "kubernetes_storage_class_v1", "fast", metadata={"name": "fast-gp3"}, parameters={"type": "gp3"}
)
REFERENCE = "${kubernetes_storage_class_v1.fast.metadata[0].name}"


def release(*values: Json) -> PriceableResource:
    return resource("helm_release", values=[json.dumps(each) for each in values])


def template(size: str, storage_class: str = REFERENCE) -> Json:
    spec: Json = {"storageClassName": storage_class, "resources": {"requests": {"storage": size}}}
    return {"volumeClaimTemplate": {"spec": spec}}


@pytest.mark.parametrize("storage_class", [REFERENCE, "fast-gp3"])
def test_each_replica_has_a_volume(storage_class: str) -> None:
    servers: Json = {"prometheusSpec": {"replicas": 2, "storageSpec": template("73Gi", storage_class)}}
    assert monthly(release({"prometheus": servers}), CLASS) == cents(2 * 73 * Decimal("0.088"))


def test_persistence_without_replicas_is_one_volume() -> None:
    values: Json = {
        "singleBinary": {"persistence": {"size": "512Mi", "storageClass": REFERENCE}},
        "off": {"persistence": {"enabled": False, "size": "10Gi"}},
    }
    assert quantities(release(values), CLASS) == {"ebs/gp3": Decimal("0.5")}


@pytest.mark.parametrize(
    "values",
    [
        template("${var.size}"),
        template("20Gi", "other"),
        {"replicas": "${var.replicas}", "storage": template("20Gi")},
        {"persistence": {"size": "20GB", "storageClass": REFERENCE}},
    ],
)
def test_an_unreadable_claim_is_unpriced(values: Json) -> None:
    assert monthly(release(values), CLASS) is None


def test_values_that_are_not_json_are_unpriced() -> None:
    assert monthly(resource("helm_release", values=["replicas: 2"]), CLASS) is None
    assert monthly(resource("helm_release", values="${jsonencode(local.values)}"), CLASS) is None
