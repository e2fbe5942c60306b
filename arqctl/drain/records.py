"""Finds the records that the ExternalDNS of a cluster made in Route 53, and deletes them.

ExternalDNS keeps the records of deleted routes by default, so they would outlive the cluster. For each one,
it makes a TXT record. Its name has the prefix `external-dns-`, the type and the host, and its value names the
cluster. https://github.com/kubernetes-sigs/external-dns/blob/v0.21.0/registry/txt/registry.go
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from arqctl.core.aws_api import AwsApi
from arqctl.core.json_access import Body, Json, as_list, as_object, as_text
from arqctl.drain.cluster import DrainedCluster

_TYPES: Final = frozenset({"A", "AAAA", "CNAME"})
_PREFIX: Final = "external-dns-"
_HERITAGE: Final = "heritage=external-dns"
_OWNER: Final = "external-dns/owner="


@dataclass(frozen=True)
class HostRecords:
    """The records of one host that ExternalDNS made, with their TXT records, as Route 53 lists them."""

    zone_id: str
    host: str
    records: tuple[Body, ...]

    @property
    def id(self) -> str:
        """The zone and the host, because zones can have the same name."""
        return f"{self.zone_id}/{self.host}"

    @property
    def detail(self) -> str:
        """The types of the records."""
        return f"{', '.join(as_text(each.get('Type')) for each in self.records)}, made by ExternalDNS"


@dataclass(frozen=True)
class DnsRecords:
    """The records that the ExternalDNS of one cluster made, in all zones of the account."""

    api: AwsApi
    cluster: DrainedCluster

    def find(self) -> Iterator[HostRecords]:
        """Yield the records of each host.

        Raises:
            AwsError: when AWS rejects a call.
        """
        for zone in map(as_object, self._list("list_hosted_zones", "HostedZones")):
            zone_id = as_text(zone.get("Id")).removeprefix("/hostedzone/")
            listed = self._list("list_resource_record_sets", "ResourceRecordSets", HostedZoneId=zone_id)
            for host, records in _owned(list(map(as_object, listed)), self.cluster.name).items():
                yield HostRecords(zone_id, host, tuple(records))

    def delete(self, found: HostRecords) -> None:
        """Delete the records of a host. Route 53 deletes all or none.

        Raises:
            AwsError: when AWS rejects the call, for example because a record has changed.
        """
        # Route 53 deletes a record only if all its values are in the request.
        # https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
        changes: list[Json] = [{"Action": "DELETE", "ResourceRecordSet": each} for each in found.records]
        self.api.call(
            "route53",
            "change_resource_record_sets",
            self.cluster.region,
            HostedZoneId=found.zone_id,
            ChangeBatch={"Changes": changes},
        )

    def _list(self, operation: str, member: str, **parameters: Json) -> Sequence[Json]:
        return self.api.list_all("route53", operation, self.cluster.region, member, **parameters)


class _Key(NamedTuple):
    type: str
    host: str
    set_identifier: str


def _owned(records: Sequence[Body], owner: str) -> Mapping[str, list[Body]]:
    """Return the records of an owner by host, with the TXT records that name it."""
    registry = [(key, each) for each in records if (key := _registered_key(each))]
    owners = {key: _owner_in(txt) for key, txt in registry}
    owned: dict[str, list[Body]] = defaultdict(list)
    for each in records:
        key = _key(each)
        if key.type in _TYPES and _owner_of(key, each, owners) == owner:
            owned[key.host].append(each)
    for key, txt in registry:
        if owners[key] == owner:
            owned[key.host].append(txt)
    return owned


def _owner_of(key: _Key, record: Body, owners: Mapping[_Key, str]) -> str:
    if key not in owners and key.type == "A" and "AliasTarget" in record:
        # ExternalDNS 0.21 names the type of an alias `cname`, later versions `a`.
        # https://github.com/kubernetes-sigs/external-dns/issues/2903
        key = key._replace(type="CNAME")
    return owners.get(key, "")


def _key(record: Body) -> _Key:
    return _Key(*(as_text(record.get(name)) for name in ("Type", "Name", "SetIdentifier")))


def _registered_key(record: Body) -> _Key | None:
    """Return the key of the record whose owner a TXT record names, or None for all other records."""
    key = _key(record)
    kind, _, host = key.host.removeprefix(_PREFIX).partition("-")
    if key.type != "TXT" or not key.host.startswith(_PREFIX) or kind.upper() not in _TYPES:
        return None
    return _Key(kind.upper(), host, key.set_identifier)


def _owner_in(txt: Body) -> str:
    """Return the owner that a TXT record names, or "" if ExternalDNS did not write all its values."""
    values = [as_text(as_object(each).get("Value")) for each in as_list(txt.get("ResourceRecords"))]
    labels = values[0].strip('"').split(",") if len(values) == 1 else []
    owners = [each.removeprefix(_OWNER) for each in labels if each.startswith(_OWNER)]
    return owners[0] if _HERITAGE in labels and len(owners) == 1 else ""
