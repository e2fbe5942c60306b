"""The custom objects of the cluster stack, which are in the values of its releases."""

import json
from collections.abc import Iterator

from arqctl.core.json_access import Body, Json, as_list, as_object, as_text
from arqctl.doctor.aws.aws_check import AwsContext
from arqctl.doctor.aws.configuration import Resource


def custom_objects(context: AwsContext, kind: str, group: str) -> Iterator[tuple[Resource, Body]]:
    """Yield each object of a kind in an API group, such as `karpenter.sh`, with its release."""
    for release in context.configuration.resources("helm_release"):
        for each in _objects(release):
            is_of_group = as_text(each.get("apiVersion")).startswith(f"{group}/")
            if is_of_group and as_text(each.get("kind")) == kind:
                yield release, each


def _objects(release: Resource) -> Iterator[Body]:
    for text in as_list(release.arguments.get("values")):
        try:
            values: Json = json.loads(as_text(text))
        except ValueError:
            continue
        yield from map(as_object, as_list(as_object(values).get("objects")))
