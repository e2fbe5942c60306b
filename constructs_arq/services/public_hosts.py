"""The public names of a gateway."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from constructs_arq.core.errors import ConstructError
from constructs_arq.platform.external_dns import TARGET_ANNOTATION


@dataclass(frozen=True, kw_only=True)
class PublicHosts:
    """The names whose requests CloudFront sends to a gateway. The first one is the default host of routes.

    `dns_target` is the domain of the distribution to which ExternalDNS points the records of hosts.
    """

    names: Sequence[str]
    dns_target: str | None = None

    @property
    def annotations(self) -> Mapping[str, str]:
        """The annotations of the Gateway."""
        return {} if self.dns_target is None else {TARGET_ANNOTATION: self.dns_target}

    def select(self, hosts: Sequence[str], *, route: str) -> Sequence[str]:
        """Return the hosts of the route with the path `route`.

        Raises:
            ConstructError: if CloudFront sends no requests for one of them.
        """
        unknown = [host for host in hosts if host not in self.names]
        if unknown:
            raise ConstructError(
                route,
                f"CloudFront sends no requests for {', '.join(unknown)}, so the route would never match",
                fix=f"Use {', '.join(self.names)}, or add the name to the environment's hosts.",
            )
        return hosts or self.names[:1]
