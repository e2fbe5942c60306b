"""Custom resources in a cluster, such as a NodePool or an HTTPRoute."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from cdktf import ITerraformDependable, TerraformAsset
from cdktf_cdktf_provider_helm.release import Release
from constructs import Construct

from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack, logical_name

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"

_CHART = Path(__file__).parent / "charts" / "custom-objects"
_CHART_ID = "custom-objects-chart"
# Releases that `helm rollback` can return to. Each is a Secret in the cluster.
_MAX_HISTORY = 3
# https://helm.sh/docs/chart_template_guide/getting_started/
_LONGEST_NAME = 53
# Helm's default.
_TIMEOUT_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class CustomObject:
    """A Kubernetes object of a custom resource definition. `namespace` is None for cluster-wide kinds."""

    api_version: str
    kind: str
    name: str
    namespace: str | None = None
    spec: Mapping[str, Json]
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)

    def manifest(self) -> dict[str, Json]:
        """Return the object as Kubernetes reads it."""
        metadata: dict[str, Json] = {"name": self.name}
        if self.namespace is not None:
            metadata["namespace"] = self.namespace
        if self.labels:
            metadata["labels"] = dict(self.labels)
        if self.annotations:
            metadata["annotations"] = dict(self.annotations)
        return {"apiVersion": self.api_version, "kind": self.kind, "metadata": metadata, "spec": self.spec}


class CustomObjects(Construct):
    """Custom resources that Terraform creates, changes and deletes together, as one Helm release.

    The release installs a small chart of this library. Terraform's `kubernetes_manifest` needs the definition
    of a custom resource at plan time, so it can't be planned before the add-on that brings the definition.
    `depends_on` names that add-on. `resource` is for the `depends_on` of other resources. A deletion waits
    `timeout_seconds` for the controllers, which remove their finalizers.

    Raises:
        ConstructError: if the path of the construct makes too long a name for a release.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        namespace: str,
        objects: Sequence[CustomObject],
        timeout_seconds: int = _TIMEOUT_SECONDS,
        depends_on: Sequence[ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, id)
        self.objects: Sequence[CustomObject] = tuple(objects)
        self.resource = Release(
            self,
            "Default",
            name=self._find_name(),
            namespace=namespace,
            chart=_chart_path(Stack.of(self)),
            values=[json.dumps({"objects": [each.manifest() for each in self.objects]}, sort_keys=True)],
            wait=True,
            atomic=True,
            timeout=timeout_seconds,
            max_history=_MAX_HISTORY,
            depends_on=list(depends_on) or None,
        )

    def _find_name(self) -> str:
        name = logical_name(self)
        if len(name) > _LONGEST_NAME:
            raise ConstructError(
                self.node.path,
                f"the name of a Helm release must have at most {_LONGEST_NAME} characters, got {len(name)}: "
                f"{name}",
                fix=f"Shorten the ids of the constructs around it by {len(name) - _LONGEST_NAME}.",
            )
        return name


def _chart_path(stack: Stack) -> str:
    """Return the chart's path in the stack's folder. Synthesis copies the chart there."""
    existing = stack.node.try_find_child(_CHART_ID)
    if isinstance(existing, TerraformAsset):
        return existing.path
    return TerraformAsset(stack, _CHART_ID, path=str(_CHART)).path
