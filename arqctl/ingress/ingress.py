"""Ingress objects, as far as routes depend on them.

https://kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-v1/
"""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

CLASS_ANNOTATION = "kubernetes.io/ingress.class"
_DEFAULT_CLASS = "ingressclass.kubernetes.io/is-default-class"


class _Object(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _omit_null(cls, value: object) -> object:
        """Treat null as a missing field, as Kubernetes does."""
        if not isinstance(value, dict):
            return value
        return {name: each for name, each in value.items() if each is not None}


class Port(_Object):
    """The port of a service, by number or by name."""

    number: int | None = Field(default=None, ge=1, le=65535)
    name: str = ""


class ServiceRef(_Object):
    """A service and one of its ports."""

    name: str
    port: Port


class Backend(_Object):
    """The service that gets the requests, or another object."""

    service: ServiceRef | None = None


class Path(_Object):
    """A path of a host."""

    path: Annotated[str, AfterValidator(lambda path: path or "/")] = "/"
    path_type: Literal["Exact", "Prefix", "ImplementationSpecific"] = Field(
        default="ImplementationSpecific", alias="pathType"
    )
    backend: Backend


class _Http(_Object):
    paths: tuple[Path, ...] = ()


class Rule(_Object):
    """The paths of a host. An empty host means all hosts."""

    host: str = ""
    http: _Http = _Http()


class Tls(_Object):
    """Hosts and the secret with their certificate."""

    hosts: tuple[str, ...] = ()
    secret_name: str = Field(default="", alias="secretName")


class Metadata(_Object):
    """Name, namespace, labels and annotations of an object."""

    name: str = Field(min_length=1)
    namespace: str = ""
    labels: dict[str, str] = Field(default_factory=dict)
    annotations: dict[str, str] = Field(default_factory=dict)


class _Spec(_Object):
    ingress_class: str | None = Field(default=None, alias="ingressClassName")
    default_backend: Backend | None = Field(default=None, alias="defaultBackend")
    rules: tuple[Rule, ...] = ()
    tls: tuple[Tls, ...] = ()


class Ingress(_Object):
    """An Ingress, and the file that contains it."""

    metadata: Metadata
    spec: _Spec = _Spec()
    source: str = ""

    @property
    def key(self) -> str:
        """Return namespace and name."""
        return "/".join(filter(None, (self.metadata.namespace, self.metadata.name)))

    @property
    def class_name(self) -> str | None:
        """Return the class, or None if the Ingress names none."""
        return self.spec.ingress_class or self.metadata.annotations.get(CLASS_ANNOTATION)

    def paths(self) -> Iterator[tuple[str, Path]]:
        """Yield each path with its host."""
        for rule in self.spec.rules:
            for path in rule.http.paths:
                yield rule.host, path


class _ServicePort(_Object):
    name: str = ""
    port: int


class _ServiceSpec(_Object):
    ports: tuple[_ServicePort, ...] = ()


class Service(_Object):
    """A service, with the numbers of its named ports."""

    metadata: Metadata
    spec: _ServiceSpec = _ServiceSpec()

    def find_port(self, name: str) -> int | None:
        """Return the number of the port with this name."""
        return next((port.port for port in self.spec.ports if port.name == name), None)


class _ClassSpec(_Object):
    controller: str = ""


class IngressClass(_Object):
    """A class, and the controller that serves it."""

    metadata: Metadata
    spec: _ClassSpec = _ClassSpec()

    @property
    def is_default(self) -> bool:
        """Return whether an Ingress without a class has this class."""
        return self.metadata.annotations.get(_DEFAULT_CLASS) == "true"


class ConfigMap(_Object):
    """Settings or headers."""

    metadata: Metadata
    data: dict[str, str] = Field(default_factory=dict)
