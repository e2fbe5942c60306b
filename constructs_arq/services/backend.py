"""A Kubernetes service that a gateway can send requests to."""

from collections.abc import Mapping
from typing import Protocol


class Backend(Protocol):
    """A service of pods in a namespace."""

    @property
    def service_name(self) -> str:
        """The name of the Kubernetes service."""
        ...

    @property
    def namespace(self) -> str:
        """The name of its namespace."""
        ...

    @property
    def port(self) -> int:
        """The port of the service, which its pods listen on too."""
        ...

    @property
    def pod_labels(self) -> Mapping[str, str]:
        """The labels that select its pods."""
        ...
