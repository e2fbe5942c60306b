"""CPU and memory of a pod."""

from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.core.pod_group import PodGroup

_CPU_BURST = 4


class PodResources(Config):
    """CPU and memory that the scheduler reserves for each pod.

    Memory has a limit of the same size: a pod that uses more would take memory that other pods reserved.
    The limit of CPU is four times the request. It slows no pod that the autoscaler keeps near its target,
    and other pods keep their CPU if one is in an endless loop.
    https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
    """

    cpu_millicores: int = Field(ge=10, le=64_000, description="CPU in thousandths of a core.")
    memory_mib: int = Field(ge=16, le=262_144, description="Memory in MiB: the request and the limit.")
    temporary_mib: int = Field(
        default=64,
        ge=1,
        le=10_240,
        description="Limit of the files in /tmp in MiB. Nothing else is writable.",
    )

    @property
    def requests(self) -> dict[str, str]:
        """The requests as Kubernetes quantities."""
        return {"cpu": f"{self.cpu_millicores}m", "memory": f"{self.memory_mib}Mi"}

    @property
    def limits(self) -> dict[str, str]:
        """The limits as Kubernetes quantities."""
        return {"cpu": f"{self.cpu_millicores * _CPU_BURST}m", "memory": f"{self.memory_mib}Mi"}

    def pods(self, name: str, *, most: int = 1) -> PodGroup:
        """Return pods of this size, with one container."""
        return PodGroup(name=name, pods=most, millicores=self.cpu_millicores, mib=self.memory_mib)
