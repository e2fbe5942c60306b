"""Finds the custom resources of a stack whose controllers report a status."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from arqctl.core.assembly import Stack
from arqctl.core.json_access import Body, Json, as_list, as_object, as_text
from arqctl.core.literals import resolve

PLURALS: Final = {
    "Certificate": "certificates",
    "ClientSettingsPolicy": "clientsettingspolicies",
    "ClusterIssuer": "clusterissuers",
    "ClusterSecretStore": "clustersecretstores",
    "EC2NodeClass": "ec2nodeclasses",
    "ExternalSecret": "externalsecrets",
    "Gateway": "gateways",
    "HTTPRoute": "httproutes",
    "NodePool": "nodepools",
    "ProxySettingsPolicy": "proxysettingspolicies",
    "RateLimitPolicy": "ratelimitpolicies",
    "ScaledObject": "scaledobjects",
    "SnippetsPolicy": "snippetspolicies",
    "TargetGroupBinding": "targetgroupbindings",
    "UpstreamSettingsPolicy": "upstreamsettingspolicies",
}
"""Kinds whose controllers report a status, with their names in paths of the API."""

_EXPRESSION: Final = re.compile(r"\$\{.*\}")


@dataclass(frozen=True, order=True)
class CustomObject:
    """A custom resource that the stack deploys. `collection` is the path of all objects of its kind.

    `name` is a glob: its `*` matches a part that only Terraform knows, such as a hash of other values.
    """

    collection: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


def find_custom_objects(stack: Stack) -> list[CustomObject]:
    """Return the custom resources of the stack's Helm releases that have a status."""
    return sorted(
        _custom_object(stack, manifest)
        for block in stack.resources
        if block.type == "helm_release"
        for values in as_list(block.body.get("values"))
        for manifest in _manifests(as_text(values))
        if as_text(manifest.get("kind")) in PLURALS
    )


def _manifests(values: str) -> Iterator[Body]:
    # Third-party charts have values in YAML, and no list of objects.
    try:
        document: Json = json.loads(values)
    except ValueError:
        return
    yield from map(as_object, as_list(as_object(document).get("objects")))


def _custom_object(stack: Stack, manifest: Body) -> CustomObject:
    kind, metadata = as_text(manifest.get("kind")), as_object(manifest.get("metadata"))
    return CustomObject(
        collection=f"/apis/{as_text(manifest.get('apiVersion'))}/{PLURALS[kind]}",
        kind=kind,
        namespace=resolve(stack, as_text(metadata.get("namespace"))),
        name=_EXPRESSION.sub("*", as_text(metadata.get("name"))),
    )
