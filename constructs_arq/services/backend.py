"""A Kubernetes service that a gateway can send requests to."""

from typing import Protocol

from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.services.connections import ServiceConnections


class Backend(Protocol):
    """A service of pods in a namespace."""

    @property
    def service_name(self) -> str:
        """The name of the Kubernetes service."""
        ...

    @property
    def namespace(self) -> Namespace:
        """Its namespace."""
        ...

    @property
    def port(self) -> int:
        """The port of the service, which its pods listen on too."""
        ...

    @property
    def request_seconds(self) -> int:
        """The longest time of a request, which its pods also have before they stop."""
        ...

    @property
    def connections(self) -> ServiceConnections:
        """The network connections of its pods."""
        ...
