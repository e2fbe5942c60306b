"""Charges of a Helm release: the volumes of its claims, and the nodes of its node pools."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from arqctl.core.json_access import Body, Json, as_list, as_object
from arqctl.cost.arguments import read_number, read_text
from arqctl.cost.charges.charge import ONE, Charge, ChargeFunction
from arqctl.cost.charges.cluster_nodes import charge_node_pools
from arqctl.cost.charges.instances import charge_ebs_volumes, charge_unknown_volume
from arqctl.cost.priceable import PriceableResource
from arqctl.cost.stack_resources import StackResources

_QUANTITY = re.compile(r"(?P<count>\d+(\.\d+)?)(?P<unit>[MGT]i)")
_GIB = {"Mi": Decimal(1) / 1024, "Gi": ONE, "Ti": Decimal(1024)}
_CLASS = "kubernetes_storage_class_v1"
_CLASS_NAME = re.compile(rf"\$\{{({_CLASS}\.[\w-]+)\.metadata\[0\]\.name\}}")


@dataclass(frozen=True, slots=True)
class _Claim:
    """A claim of each replica: its size such as `20Gi`, and the name of its storage class."""

    size: str
    storage_class: str
    replicas: Decimal | None


def charge_release(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge the volumes of a release, at the number of replicas that its values state, and node pools.

    Its pods run on nodes, which have their own charges.

    Values have claims as the `persistence` of a StatefulSet, or as the operator's `volumeClaimTemplate`.
    Volumes that the chart creates by its defaults aren't detected.
    """
    values = resource.values.get("values")
    for text in [] if values is None else as_list(values) or [values]:
        parsed = _parse(text)
        if parsed is None:
            yield charge_unknown_volume("in values that are not JSON")
            continue
        for claim in _claims(parsed, ONE):
            parameters = _parameters(claim.storage_class, stack)
            kind = read_text(parameters, "type")
            yield from charge_ebs_volumes(parameters, kind, _gib(claim.size), claim.replicas)
        yield from charge_node_pools(parsed, stack)


def _parse(text: Json) -> Json:
    try:
        parsed: Json = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return parsed


def _claims(values: Json, replicas: Decimal | None) -> Iterator[_Claim]:
    if isinstance(values, list):
        for each in values:
            yield from _claims(each, replicas)
    if not isinstance(values, dict):
        return
    replicas = read_number(values, "replicas") if "replicas" in values else replicas
    if "volumeClaimTemplate" in values:
        spec = as_object(as_object(values["volumeClaimTemplate"]).get("spec"))
        requests = as_object(as_object(spec.get("resources")).get("requests"))
        yield _Claim(read_text(requests, "storage"), _text(spec, "storageClassName"), replicas)
    persistence = as_object(values.get("persistence"))
    if "size" in persistence and persistence.get("enabled") is not False:
        yield _Claim(read_text(persistence, "size"), _text(persistence, "storageClass"), replicas)
    for each in values.values():
        yield from _claims(each, replicas)


def _text(values: Body, name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _parameters(storage_class: str, stack: StackResources) -> Body:
    """Return the parameters of a storage class of the stack; none if it has another."""
    reference = _CLASS_NAME.fullmatch(storage_class)
    for each in stack.of_type(_CLASS):
        metadata = each.values.get("metadata")
        name = as_object(as_list(metadata)[0] if as_list(metadata) else metadata).get("name")
        if each.address == reference[1] if reference else name == storage_class:
            return as_object(each.values.get("parameters"))
    return {}


def _gib(size: str) -> Decimal | None:
    quantity = _QUANTITY.fullmatch(size)
    return Decimal(quantity["count"]) * _GIB[quantity["unit"]] if quantity else None


CLUSTER_VOLUMES: Mapping[str, ChargeFunction] = {"helm_release": charge_release}
