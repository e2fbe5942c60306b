"""cert-manager: certificates of Let's Encrypt for the names of one zone."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from cdktf import ITerraformDependable
from constructs import Construct
from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.core.protocols import Grantee
from constructs_arq.core.stack import Stack
from constructs_arq.edge.certificate import HostedZone
from constructs_arq.kubernetes.custom_objects import CustomObject, CustomObjects, Json
from constructs_arq.platform.addon import Addon, pod_labels
from constructs_arq.platform.pod_settings import Resources, component_values, controller_pods
from constructs_arq.platform.support_matrix import Chart
from constructs_arq.platform.target import AddonTarget
from constructs_arq.platform.traffic import Traffic

_CHART = Chart.CERT_MANAGER
_NAMESPACE = "cert-manager"
_WEBHOOK_PORT = 10250
_CONTROLLER = Resources(cpu="50m", memory="256Mi")
_WEBHOOK = Resources(cpu="20m", memory="64Mi")
_CA_INJECTOR = Resources(cpu="50m", memory="256Mi")
# A job that waits until the webhook answers.
_STARTUP_CHECK = Resources(cpu="20m", memory="64Mi")
_METRICS_PORT = 9402
_ACCOUNT_SECRET = "letsencrypt-account"  # noqa: S105  # name of a Kubernetes secret


class AcmeServer(StrEnum):
    """Let's Encrypt's servers. Clients don't trust certificates of `STAGING`, which has higher rate limits.

    https://letsencrypt.org/docs/rate-limits/
    """

    PRODUCTION = "https://acme-v02.api.letsencrypt.org/directory"
    STAGING = "https://acme-staging-v02.api.letsencrypt.org/directory"


class CertManagerConfig(Config):
    """Settings of cert-manager that an environment can vary."""

    acme_server: AcmeServer = Field(
        default=AcmeServer.PRODUCTION, description="Server of Let's Encrypt that issues certificates."
    )


class CertManager(Construct):
    """cert-manager with the ClusterIssuer `issuer`, which proves the names of `zone` by DNS-01.

    The chart has the definitions, and Terraform upgrades both together. Helm keeps the definitions when the
    release is deleted, because all certificates would go with them. Certificates depend on `resource`.
    https://cert-manager.io/docs/configuration/acme/dns01/route53/
    """

    issuer: Final[str] = "letsencrypt"

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        target: AddonTarget,
        zone: HostedZone,
        config: CertManagerConfig,
        depends_on: Sequence[ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, id)
        _allow_challenges(target.cluster.workload(_CHART, namespace=_NAMESPACE), Stack.of(self), zone)
        addon = Addon(
            self,
            "addon",
            target=target,
            chart=_CHART,
            namespace=_NAMESPACE,
            values=_values(self),
            pods=[
                *controller_pods(
                    self,
                    {
                        "cert-manager": _CONTROLLER,
                        "cert-manager webhook": _WEBHOOK,
                        "cert-manager cainjector": _CA_INJECTOR,
                    },
                ),
                _STARTUP_CHECK.pods("cert-manager startupapicheck", most=1),
            ],
            traffic=Traffic(vpc_ports=(_WEBHOOK_PORT,), metrics_ports=(_METRICS_PORT,)),
            depends_on=depends_on,
        )
        self.resource: ITerraformDependable = CustomObjects(
            self,
            "issuer",
            namespace=addon.namespace,
            objects=[self._make_issuer(zone, config)],
            depends_on=[addon.resource],
        ).resource

    def make_certificate(self, name: str, *, namespace: str, domain: str) -> CustomObject:
        """Return the certificate of `domain`, which cert-manager puts into the secret `NAME-tls`."""
        return CustomObject(
            api_version="cert-manager.io/v1",
            kind="Certificate",
            name=name,
            namespace=namespace,
            spec={
                "secretName": f"{name}-tls",
                "dnsNames": [domain],
                "issuerRef": {"kind": "ClusterIssuer", "name": self.issuer},
                "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
            },
        )

    def _make_issuer(self, zone: HostedZone, config: CertManagerConfig) -> CustomObject:
        route53: Json = {"region": Stack.of(self).region, "hostedZoneID": zone.zone_id}
        return CustomObject(
            api_version="cert-manager.io/v1",
            kind="ClusterIssuer",
            name=self.issuer,
            spec={
                "acme": {
                    "server": config.acme_server,
                    "privateKeySecretRef": {"name": _ACCOUNT_SECRET},
                    "solvers": [
                        {"selector": {"dnsZones": [zone.name]}, "dns01": {"route53": route53}},
                    ],
                }
            },
        )


def _allow_challenges(identity: Grantee, stack: Stack, zone: HostedZone) -> None:
    """Allow changes of the records that prove names, and of no others.

    The issuer names the zone, so cert-manager lists neither zones nor records: `Present`, `CleanUp` and
    `getHostedZoneID` of
    https://github.com/cert-manager/cert-manager/blob/v1.21.1/pkg/issuer/acme/dns/route53/route53.go
    """
    names = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
    identity.allow(
        "route53:ChangeResourceRecordSets",
        on=stack.arn("route53", f"hostedzone/{zone.zone_id}", region="", account_id=""),
        policy_name="prove-names",
        conditions={
            "ForAllValues:StringLike": {names: "_acme-challenge.*"},
            "ForAllValues:StringEquals": {"route53:ChangeResourceRecordSetsRecordTypes": "TXT"},
            # ForAllValues is also true without values.
            "Null": {names: "false"},
        },
    )
    identity.allow(
        "route53:GetChange",
        on=stack.arn("route53", "change/*", region="", account_id=""),
        policy_name="wait-for-changes",
    )


def _values(scope: Construct) -> dict[str, Json]:
    return {
        "crds": {"enabled": True, "keep": True},
        "global": {"leaderElection": {"namespace": _NAMESPACE}},
        "serviceAccount": {"create": True, "name": _CHART},
        # Otherwise it asks the name servers of the zone, which no network policy can name.
        "dns01RecursiveNameserversOnly": True,
        **_component(scope, "controller", _CONTROLLER),
        "webhook": {
            "securePort": _WEBHOOK_PORT,
            **_component(scope, "webhook", _WEBHOOK),
        },
        "cainjector": _component(scope, "cainjector", _CA_INJECTOR),
        "startupapicheck": {"resources": _STARTUP_CHECK.values()},
    }


def _component(scope: Construct, name: str, resources: Resources) -> dict[str, Json]:
    labels = {**pod_labels(_CHART), "app.kubernetes.io/component": name}
    return component_values(scope, labels=labels, resources=resources)
