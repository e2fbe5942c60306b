"""The canary of certificate, domain and name servers."""

from typing import Final

from constructs import Construct

from constructs_arq.core.alarm import Alarm
from constructs_arq.core.stack import Stack
from constructs_arq.observability.canaries.artifacts import CanaryArtifacts
from constructs_arq.observability.canaries.canary import Canary
from constructs_arq.observability.canaries.canary_alarms import alarms_of_domain
from constructs_arq.observability.canaries.canary_config import DomainCheck

# These change within days. Registries limit the number of queries.
_INTERVAL_MINUTES: Final = 60
_SECONDS: Final = 20
_HTTPS_PORT: Final = 443
# IANA's list of RDAP servers: https://www.rfc-editor.org/rfc/rfc9224
_RDAP_SERVERS: Final = "https://data.iana.org/rdap/dns.json"


class DomainCanary(Construct):
    """A canary that measures each hour the certificate, the registration and the name servers of a site."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        domain: str,
        zone_name: str,
        artifacts: CanaryArtifacts,
        runtime: str,
        check: DomainCheck,
    ) -> None:
        super().__init__(scope, id)
        canary = Canary(
            self,
            "canary",
            program="domain",
            settings={
                "canary": Stack.of(self).physical_name("domain"),
                "host": domain,
                "port": _HTTPS_PORT,
                "zone": zone_name,
                "registered": check.registered_domain,
                "bootstrap": _RDAP_SERVERS,
            },
            seconds=_SECONDS,
            interval_minutes=_INTERVAL_MINUTES,
            runtime=runtime,
            artifacts=artifacts,
        )
        self.alarms: tuple[Alarm, ...] = alarms_of_domain(
            canary, domain=domain, check=check, region=artifacts.region
        )
