"""Policies for services, which several Ingress objects can share."""

from collections.abc import Iterator

from arqctl.core.json_access import Body
from arqctl.ingress.draft import Draft
from arqctl.ingress.gateway_objects import backend_tls, upstream_settings

_UPSTREAM = ("load-balance", "upstream-hash-by")
_TLS = ("backend-protocol", "proxy-ssl-secret", "proxy-ssl-name")


class ServicePolicies:
    """Settings by namespace and service. The first Ingress sets them; a different value later is reported."""

    def __init__(self) -> None:
        self._upstream: dict[tuple[str, str], Body] = {}
        self._tls: dict[tuple[str, str], Body] = {}

    def add(self, draft: Draft) -> None:
        """Add the settings of an Ingress for its services, unless its routes are held back."""
        if draft.is_held:
            return
        for service in _services(draft):
            key = (draft.ingress.metadata.namespace, service)
            for known, settings, names in (
                (self._upstream, draft.upstream, _UPSTREAM),
                (self._tls, draft.backend_tls, _TLS),
            ):
                if settings and known.setdefault(key, settings) != settings:
                    for name in names:
                        note = f"Another Ingress differs for the service {service}. Set the same value"
                        draft.withdraw(name, note)

    def objects(self) -> Iterator[Body]:
        """Yield the policies."""
        for (namespace, service), settings in sorted(self._upstream.items()):
            yield upstream_settings(namespace, service, settings)
        for (namespace, service), validation in sorted(self._tls.items()):
            yield backend_tls(namespace, service, validation)


def _services(draft: Draft) -> list[str]:
    backends = [path.backend for _, path in draft.ingress.paths()]
    backends += filter(None, [draft.ingress.spec.default_backend])
    return sorted({backend.service.name for backend in backends if backend.service})
