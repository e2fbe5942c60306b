"""ExternalDNS: creates the records of hosts that routes have."""

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
_OWNER_PREFIX = "external-dns-"
TARGET_ANNOTATION = "external-dns.alpha.kubernetes.io/target"
"""Annotation of a Gateway: the name to which the records of its routes' hosts point."""
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
    """ExternalDNS for those of `hosts` for which an HTTPRoute exists, with records in `zone`.

    The chart has one replica, because it has no leader election.
    It changes only records that it created: a TXT record next to each names the cluster. It ignores routes
    of other hosts, and its role can't change other names, such as those that Terraform manages. It publishes
    no private addresses. So the gateway has the annotation `TARGET_ANNOTATION` with the domain of the
    CloudFront distribution, to which it makes alias records.
    https://kubernetes-sigs.github.io/external-dns/v0.21.0/docs/sources/gateway-api/
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        target: AddonTarget,
        zone: HostedZone,
        hosts: Sequence[str],
        config: ExternalDnsConfig,
        depends_on: Sequence[ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        _allow_records(target.cluster.workload(_CHART, namespace=_CHART), stack, zone, hosts)
        self.resource: ITerraformDependable = Addon(
            self,
            "addon",
            target=target,
            chart=_CHART,
            namespace=_CHART,
            values=_values(stack, target, zone, hosts, config),
            # The chart starts a new pod after the old one has stopped.
            pods=[_RESOURCES.pods(_CHART, most=1)],
            traffic=Traffic(metrics_ports=(_METRICS_PORT,)),
            # Of a kind of object that it doesn't read here.
            skip_crds=True,
            depends_on=depends_on,
        ).resource


def _allow_records(identity: Grantee, stack: Stack, zone: HostedZone, hosts: Sequence[str]) -> None:
    """Allow changes of the records of `hosts`, and of the TXT records that name their owner.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-rrset-conditions.html
    """
    zone_arn = stack.arn("route53", f"hostedzone/{zone.zone_id}", region="", account_id="")
    names = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
    identity.allow(
        "route53:ChangeResourceRecordSets",
        on=zone_arn,
        policy_name="change-records",
        conditions={
            "ForAllValues:StringLike": {names: [*hosts, *(f"{_OWNER_PREFIX}*-{host}" for host in hosts)]},
            "ForAllValues:StringEquals": {"route53:ChangeResourceRecordSetsRecordTypes": _RECORD_TYPES},
            # ForAllValues is also true without values.
            "Null": {names: "false"},
        },
    )
    identity.allow("route53:ListResourceRecordSets", on=zone_arn, policy_name="list-records")
    # It lists all zones, and selects the one with the id.
    identity.allow("route53:ListHostedZones", on="*", policy_name="list-zones")


def _values(
    stack: Stack, target: AddonTarget, zone: HostedZone, hosts: Sequence[str], config: ExternalDnsConfig
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
        "domainFilters": list(hosts),
        "extraArgs": {
            "zone-id-filter": zone.zone_id,
            "aws-zone-type": "public",
            "aws-zones-cache-duration": "1h",
            "exclude-target-net": _PRIVATE_RANGES,
        },
        "env": [
            {"name": "AWS_REGION", "value": stack.region},
            # The domain filter has hosts, not the zone. The chart writes `--key=value`, which a flag without
            # a value refuses.
            # https://github.com/kubernetes-sigs/external-dns/blob/v0.21.0/docs/tutorials/aws.md
            {"name": "EXTERNAL_DNS_AWS_ZONE_MATCH_PARENT", "value": "true"},
            # Route 53 refuses it for aliases of CloudFront.
            # https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
            {"name": "EXTERNAL_DNS_AWS_EVALUATE_TARGET_HEALTH", "value": "false"},
        ],
        "logFormat": "json",
        "resources": _RESOURCES.values(),
    }
