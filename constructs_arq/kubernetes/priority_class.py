"""Priorities of pods."""

from cdktf_cdktf_provider_kubernetes.priority_class_v1 import PriorityClassV1, PriorityClassV1Metadata
from constructs import Construct


class PriorityClass(Construct):
    """A priority: the scheduler evicts pods with a lower `value` if pods of this class have no node.

    https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
    """

    def __init__(self, scope: Construct, id: str, *, value: int, why: str) -> None:
        super().__init__(scope, id)
        resource = PriorityClassV1(
            self, "Default", metadata=PriorityClassV1Metadata(name=id), value=value, description=why
        )
        # A reference, so that Terraform creates the class before the pods.
        self.name: str = resource.metadata.name
