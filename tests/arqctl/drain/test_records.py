"""The records that ExternalDNS made, in a simulated account (moto) and with stubbed pages."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from arqctl.core.aws_api import AwsApi, AwsError
from arqctl.drain.cluster import DrainedCluster
from arqctl.drain.records import DnsRecords, HostRecords
from tests.arqctl.drain.zones import Zone

REGION, NAME = "eu-west-1", "dev-cluster"
CLUSTER = DrainedCluster(NAME, REGION, frozenset({"123456789012"}), "", is_protected=False)
HOST = "partners.arq.example"


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Zone]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with mock_aws():
        yield Zone("arq.example")


def find() -> dict[str, list[tuple[str, str]]]:
    """Return the names and types of the records by their host."""
    return {
        each.id: [(str(record["Name"]), str(record["Type"])) for record in each.records]
        for each in DnsRecords(AwsApi.connect(), CLUSTER).find()
    }


def delete_all() -> None:
    records = DnsRecords(AwsApi.connect(), CLUSTER)
    for each in list(records.find()):
        records.delete(each)


def test_records_and_their_txt_records_are_deleted(zone: Zone) -> None:
    zone.host(HOST, NAME)
    zone.record(f"docs.{HOST}", "CNAME", TTL=60, ResourceRecords=[{"Value": "docs.example"}])
    zone.owner(f"docs.{HOST}", "cname", NAME)
    assert find() == {
        f"{zone.id}/{HOST}.": [
            (f"{HOST}.", "A"),
            (f"{HOST}.", "AAAA"),
            (f"external-dns-aaaa-{HOST}.", "TXT"),
            (f"external-dns-cname-{HOST}.", "TXT"),
        ],
        f"{zone.id}/docs.{HOST}.": [(f"docs.{HOST}.", "CNAME"), (f"external-dns-cname-docs.{HOST}.", "TXT")],
    }
    delete_all()
    assert zone.names() == set()


def test_records_without_a_txt_record_of_this_cluster_are_kept(zone: Zone) -> None:
    zone.alias("www.arq.example", "A")
    zone.host("staging.arq.example", "dev-cluster-2")
    zone.host("other.arq.example", "cluster")
    zone.txt("arq.example", f"heritage=external-dns,external-dns/owner={NAME}")
    zone.alias("legacy.arq.example", "A")
    zone.txt("external-dns-legacy.arq.example", f"heritage=external-dns,external-dns/owner={NAME}")
    zone.alias("edited.arq.example", "A")
    zone.txt("external-dns-a-edited.arq.example", f"heritage=external-dns,external-dns/owner={NAME}", "v=1")
    zone.alias("alien.arq.example", "A")
    zone.txt("external-dns-a-alien.arq.example", f"heritage=alien,external-dns/owner={NAME}")
    zone.record("mail.arq.example", "MX", TTL=60, ResourceRecords=[{"Value": "10 mx.example"}])
    zone.owner("mail.arq.example", "mx", NAME)
    before = zone.names()
    assert find() == {}
    delete_all()
    assert zone.names() == before


def test_each_type_needs_its_own_txt_record(zone: Zone) -> None:
    zone.alias(HOST, "A")
    zone.alias(HOST, "AAAA")
    zone.owner(HOST, "a", NAME)
    delete_all()
    assert zone.names() == {(f"{HOST}.", "AAAA")}


def test_only_aliases_can_have_the_txt_record_of_a_cname(zone: Zone) -> None:
    zone.record(HOST, "A", TTL=60, ResourceRecords=[{"Value": "192.0.2.1"}])
    zone.owner(HOST, "cname", NAME)
    delete_all()
    assert zone.names() == {(f"{HOST}.", "A")}


def test_the_txt_record_of_the_exact_type_names_the_owner(zone: Zone) -> None:
    zone.alias(HOST, "A")
    zone.owner(HOST, "a", "other")
    zone.owner(HOST, "cname", NAME)
    delete_all()
    assert zone.names() == {(f"{HOST}.", "A"), (f"external-dns-a-{HOST}.", "TXT")}


def test_owners_of_set_identifiers_differ(zone: Zone) -> None:
    for identifier, owner in (("blue", NAME), ("green", "other")):
        zone.alias(HOST, "A", SetIdentifier=identifier, Weight=1)
        zone.owner(HOST, "a", owner, SetIdentifier=identifier, Weight=1)
    (found,) = DnsRecords(AwsApi.connect(), CLUSTER).find()
    assert [each["SetIdentifier"] for each in found.records] == ["blue", "blue"]


def test_all_zones_are_read(zone: Zone) -> None:
    other = Zone("other.example")
    zone.host(HOST, NAME)
    other.host("api.other.example", NAME)
    assert set(find()) == {f"{zone.id}/{HOST}.", f"{other.id}/api.other.example."}


ALIAS: dict[str, Any] = {
    "Name": f"{HOST}.",
    "Type": "A",
    "SetIdentifier": "blue",
    "Weight": 10,
    "AliasTarget": {
        "HostedZoneId": "Z2FDTNDATAQYW2",
        "DNSName": "d111111abcdef8.cloudfront.net.",
        "EvaluateTargetHealth": False,
    },
}
TXT: dict[str, Any] = {
    "Name": f"external-dns-cname-{HOST}.",
    "Type": "TXT",
    "SetIdentifier": "blue",
    "Weight": 10,
    "TTL": 300,
    "ResourceRecords": [{"Value": f'"heritage=external-dns,external-dns/owner={NAME}"'}],
}


@pytest.fixture
def api() -> AwsApi:
    return AwsApi(boto3.Session(aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="secret"))  # noqa: S106


def stub_zones(stub: Stubber) -> None:
    zones = [{"Id": "/hostedzone/Z1", "Name": "arq.example.", "CallerReference": "x"}]
    page = {"HostedZones": zones, "Marker": "", "IsTruncated": False, "MaxItems": "100"}
    stub.add_response("list_hosted_zones", page)


def test_pages_continue_at_the_name_type_and_identifier(api: AwsApi) -> None:
    with Stubber(api.client("route53", REGION)) as stub:
        stub_zones(stub)
        first = {
            "ResourceRecordSets": [ALIAS],
            "IsTruncated": True,
            "MaxItems": "1",
            "NextRecordName": TXT["Name"],
            "NextRecordType": "TXT",
            "NextRecordIdentifier": "blue",
        }
        start = {
            "StartRecordName": TXT["Name"],
            "StartRecordType": "TXT",
            "StartRecordIdentifier": "blue",
        }
        stub.add_response("list_resource_record_sets", first, {"HostedZoneId": "Z1"})
        last = {"ResourceRecordSets": [TXT], "IsTruncated": False, "MaxItems": "1"}
        stub.add_response("list_resource_record_sets", last, {"HostedZoneId": "Z1", **start})
        found = list(DnsRecords(api, CLUSTER).find())
        stub.assert_no_pending_responses()
    assert found == [HostRecords("Z1", f"{HOST}.", (ALIAS, TXT))]


def test_a_deletion_has_the_records_as_listed_in_one_batch(api: AwsApi) -> None:
    with Stubber(api.client("route53", REGION)) as stub:
        changes = [{"Action": "DELETE", "ResourceRecordSet": each} for each in (ALIAS, TXT)]
        made = {"Id": "/change/C1", "Status": "PENDING", "SubmittedAt": "2026-01-01T00:00:00Z"}
        request = {"HostedZoneId": "Z1", "ChangeBatch": {"Changes": changes}}
        stub.add_response("change_resource_record_sets", {"ChangeInfo": made}, request)
        DnsRecords(api, CLUSTER).delete(HostRecords("Z1", f"{HOST}.", (ALIAS, TXT)))
        stub.assert_no_pending_responses()


def test_a_zone_that_must_not_be_read_is_an_error(api: AwsApi) -> None:
    with Stubber(api.client("route53", REGION)) as stub:
        stub_zones(stub)
        stub.add_client_error("list_resource_record_sets", "AccessDenied", "not authorized")
        with pytest.raises(AwsError, match="route53 list_resource_record_sets: AccessDenied"):
            list(DnsRecords(api, CLUSTER).find())
