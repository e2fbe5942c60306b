"""Zones in a simulated Route 53 (moto), with records as ExternalDNS writes them."""

from typing import Any

import boto3

_TARGET = {
    "HostedZoneId": "Z2FDTNDATAQYW2",
    "DNSName": "d111111abcdef8.cloudfront.net.",
    "EvaluateTargetHealth": False,
}


class Zone:
    """A hosted zone."""

    def __init__(self, name: str) -> None:
        self.route53 = boto3.client("route53", "eu-west-1")
        made = self.route53.create_hosted_zone(Name=name, CallerReference=name)
        self.id = made["HostedZone"]["Id"].removeprefix("/hostedzone/")

    def record(self, name: str, kind: str, **values: Any) -> None:
        record: Any = {"Name": name, "Type": kind, **values}
        changes: Any = [{"Action": "CREATE", "ResourceRecordSet": record}]
        self.route53.change_resource_record_sets(HostedZoneId=self.id, ChangeBatch={"Changes": changes})

    def alias(self, name: str, kind: str, **values: Any) -> None:
        self.record(name, kind, AliasTarget=_TARGET, **values)

    def txt(self, name: str, *texts: str, **values: Any) -> None:
        self.record(
            name, "TXT", TTL=300, ResourceRecords=[{"Value": f'"{text}"'} for text in texts], **values
        )

    def owner(self, host: str, kind: str, owner: str, **values: Any) -> None:
        """Make the TXT record of the record with this type."""
        text = f"heritage=external-dns,external-dns/owner={owner},external-dns/resource=httproute/shop/api"
        self.txt(f"external-dns-{kind}-{host}", text, **values)

    def host(self, host: str, owner: str) -> None:
        """Make all that ExternalDNS 0.21 makes for a host of a distribution."""
        self.alias(host, "A")
        self.alias(host, "AAAA")
        self.owner(host, "cname", owner)
        self.owner(host, "aaaa", owner)

    def names(self) -> set[tuple[str, str]]:
        """Return the names and types of all records but those of the zone itself."""
        listed = self.route53.list_resource_record_sets(HostedZoneId=self.id)["ResourceRecordSets"]
        return {(each["Name"], each["Type"]) for each in listed if each["Type"] not in {"NS", "SOA"}}
