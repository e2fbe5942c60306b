"""Helm releases of third-party charts."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_helm.release import Release
from constructs import Construct

from constructs_arq.kubernetes.custom_objects import Json
from constructs_arq.platform.chart_keys import require_known_keys
from constructs_arq.platform.support_matrix import Chart, find_release
from constructs_arq.platform.target import AddonTarget

SYSTEM_NAMESPACE: Final = "kube-system"

# Images come from the internet, and a webhook must answer before the release is ready.
_LEAST_TIMEOUT_SECONDS = 600
# Releases that `helm rollback` can return to. Each is a Secret in the cluster.
_MAX_HISTORY = 3


def install_chart(
    scope: Construct,
    id: str,
    *,
    target: AddonTarget,
    chart: Chart,
    namespace: str = SYSTEM_NAMESPACE,
    values: Mapping[str, Json],
    name: str | None = None,
    skip_crds: bool = False,
    update_seconds: int = 0,
    depends_on: Sequence[ITerraformDependable] = (),
) -> Release:
    """Install the release of a chart that the support matrix names. A failed installation is undone.

    Helm installs definitions in the `crds` folder of a chart once and never changes them. `skip_crds` is for
    charts whose definitions another release has. `name` is that of the release, if it is not the chart's.
    `update_seconds` is the longest time in which an update replaces the pods.
    https://helm.sh/docs/chart_best_practices/custom_resource_definitions/

    Raises:
        ConfigError: if the release doesn't support the Kubernetes version of the cluster, or has no such key.
    """
    release = find_release(chart)
    release.require_kubernetes(target.kubernetes_version)
    require_known_keys(chart, values)
    return Release(
        scope,
        id,
        name=name or chart,
        namespace=namespace,
        repository=release.repository,
        chart=release.reference,
        version=release.version,
        values=[json.dumps(values, sort_keys=True)],
        skip_crds=skip_crds,
        wait=True,
        atomic=True,
        timeout=max(_LEAST_TIMEOUT_SECONDS, update_seconds),
        max_history=_MAX_HISTORY,
        depends_on=list(depends_on) or None,
    )
