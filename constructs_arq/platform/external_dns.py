"""ExternalDNS: creates records for the hosts of routes in one zone."""

from collections.abc import Sequence
from enum import StrEnum

from cdktf import ITerraformDependable
from constructs import Construct
from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.core.protocols import Grantee
from constructs_arq.core.stack import Stack
from constructs_arq.edge.certificate import HostedZone
from constructs_arq.kubernetes.custom_objects import Json
from constructs_arq.platform.addon import Addon
from constructs_arq.platform.pod_settings import Resources
from constructs_arq.platform.support_matrix import Chart
from constructs_arq.platform.target import AddonTarget
from constructs_arq.platform.traffic import Traffic

_CHART = Chart.EXTERNAL_DNS
_RESOURCES = Resources(cpu="20m", memory="128Mi")
_METRICS_PORT = 7979
_RECORD_TYPES = ("A", "AAAA", "CNAME", "TXT")
# Names of ACM and of cert-manager begin with an underscore.
_VALIDATION_RECORDS = "_*"
_OWNER_PREFIX = "external-dns-"
_PRIVATE_RANGES = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")


class DnsPolicy(StrEnum):
    """Treatment of the records of a deleted route: `UPSERT_ONLY` keeps them, `SYNC` deletes them."""

    UPSERT_ONLY = "upsert-only"
    SYNC = "sync"


class ExternalDnsConfig(Config):
    """Settings of ExternalDNS that an environment can vary."""

    policy: DnsPolicy = Field(
        default=DnsPolicy.UPSERT_ONLY, description="Whether records of deleted routes are deleted."
    )


class ExternalDns(Construct):
    """ExternalDNS for the hosts of HTTPRoutes, with records in `zone` only.

    The chart has one replica, because it has no leader election.
    It changes only records that it created: a TXT record next to each names the cluster. Its role can't
    change `reserved_names`, which Terraform manages. It publishes no private addresses. So a gateway needs
    the annotation `external-dns.alpha.kubernetes.io/target` with the name that clients use.
    https://kubernetes-sigs.github.io/external-dns/v0.21.0/docs/sources/gateway-api/
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        target: AddonTarget,
        zone: HostedZone,
        reserved_names: Sequence[str],
        config: ExternalDnsConfig,
        depends_on: Sequence[ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        _allow_records(target.cluster.workload(_CHART, namespace=_CHART), stack, zone, reserved_names)
        self.resource: ITerraformDependable = Addon(
            self,
            "addon",
            target=target,
            chart=_CHART,
            namespace=_CHART,
            values=_values(stack, target, zone, config),
            # The chart starts a new pod after the old one has stopped.
            pods=[_RESOURCES.pods(_CHART, most=1)],
            traffic=Traffic(metrics_ports=(_METRICS_PORT,)),
            # Of a kind of object that it doesn't read here.
            skip_crds=True,
            depends_on=depends_on,
        ).resource


def _allow_records(identity: Grantee, stack: Stack, zone: HostedZone, reserved_names: Sequence[str]) -> None:
    """Allow changes of the zone's records, except reserved ones.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-rrset-conditions.html
    """
    zone_arn = stack.arn("route53", f"hostedzone/{zone.zone_id}", region="", account_id="")
    names = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
    identity.allow(
        "route53:ChangeResourceRecordSets",
        on=zone_arn,
        policy_name="change-records",
        conditions={
            "ForAllValues:StringNotLike": {names: [*reserved_names, _VALIDATION_RECORDS]},
            "ForAllValues:StringEquals": {"route53:ChangeResourceRecordSetsRecordTypes": _RECORD_TYPES},
            # ForAllValues is also true without values.
            "Null": {names: "false"},
        },
    )
    identity.allow("route53:ListResourceRecordSets", on=zone_arn, policy_name="list-records")
    # It lists all zones, and selects the one with the id.
    identity.allow("route53:ListHostedZones", on="*", policy_name="list-zones")


def _values(
    stack: Stack, target: AddonTarget, zone: HostedZone, config: ExternalDnsConfig
) -> dict[str, Json]:
    return {
        "provider": {"name": "aws"},
        "serviceAccount": {"create": True, "name": _CHART},
        "sources": ["gateway-httproute"],
        "policy": config.policy,
        "registry": "txt",
        "txtOwnerId": target.cluster.name,
        # A CNAME record and a TXT record can't have the same name.
        "txtPrefix": _OWNER_PREFIX,
        "domainFilters": [zone.name],
        "extraArgs": {
            "zone-id-filter": zone.zone_id,
            "aws-zone-type": "public",
            "aws-zones-cache-duration": "1h",
            "exclude-target-net": _PRIVATE_RANGES,
        },
        "env": [{"name": "AWS_REGION", "value": stack.region}],
        "logFormat": "json",
        "resources": _RESOURCES.values(),
    }
