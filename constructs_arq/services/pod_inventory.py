"""All pods of a stack."""

from collections.abc import Sequence

from cdktf import TerraformResource
from constructs import ConstructOrder, IConstruct

from constructs_arq.core.errors import ConstructError
from constructs_arq.core.pod_group import HasPodGroups, PodGroup

_WITH_PODS = frozenset(
    {
        "kubernetes_cron_job_v1",
        "kubernetes_daemon_set_v1",
        "kubernetes_deployment_v1",
        "kubernetes_job_v1",
        "kubernetes_pod_v1",
        "kubernetes_replication_controller_v1",
        "kubernetes_stateful_set_v1",
    }
)


def find_pods(root: IConstruct) -> Sequence[PodGroup]:
    """Return the `pod_groups` of all constructs in `root` (`core.pod_group.HasPodGroups`).

    Raises:
        ConstructError: if a construct with a workload does not state its pods, so that no check counts them.
    """
    found: list[PodGroup] = []
    # To read a resource's type is a call to Node, which takes a millisecond.
    types: dict[type[TerraformResource], str] = {}
    for construct in root.node.find_all(ConstructOrder.PREORDER):
        if isinstance(construct, TerraformResource):
            if type(construct) not in types:
                types[type(construct)] = construct.terraform_resource_type
            _require_stated_pods(construct, types[type(construct)])
        elif isinstance(construct, HasPodGroups):
            found += construct.pod_groups
    return found


def _require_stated_pods(resource: TerraformResource, resource_type: str) -> None:
    if resource_type in _WITH_PODS and not isinstance(resource.node.scope, HasPodGroups):
        raise ConstructError(
            resource.node.path,
            f"a {resource_type} has pods that no check of capacity counts",
            fix="Give the construct around it an attribute pod_groups.",
        )
