import pytest

from constructs_arq.cluster.cluster import Cluster
from constructs_arq.core.stack import Stack
from constructs_arq.edge.certificate import HostedZone
from constructs_arq.platform.external_dns import DnsPolicy, ExternalDns, ExternalDnsConfig
from constructs_arq.platform.support_matrix import Chart
from constructs_arq.platform.target import AddonTarget
from tests.platform.addon_stack import Values, permissions_of, release_of, synthesize_addons, values_of
from tests.support import Synthesized


def build(stack: Stack, target: AddonTarget, _: Cluster) -> None:
    ExternalDns(
        stack,
        "dns",
        target=target,
        zone=HostedZone(zone_id="Z0123456789", name="arq.example"),
        hosts=["partners.arq.example", "docs.arq.example"],
        config=ExternalDnsConfig(policy=DnsPolicy.SYNC),
    )


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize_addons(build)


@pytest.fixture(scope="module")
def values(synthesized: Synthesized) -> Values:
    return values_of(synthesized, Chart.EXTERNAL_DNS)


def test_role_changes_records_of_the_hosts_only(synthesized: Synthesized) -> None:
    permissions = {
        action: (statement["Resource"], statement.get("Condition"))
        for statement in permissions_of(synthesized, "external-dns", "external-dns")
        for action in statement["Action"]
    }
    zone = "arn:aws:route53:::hostedzone/Z0123456789"
    names = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
    types = "route53:ChangeResourceRecordSetsRecordTypes"
    assert permissions == {
        "route53:ChangeResourceRecordSets": (
            [zone],
            {
                "ForAllValues:StringLike": {
                    names: [
                        "partners.arq.example",
                        "docs.arq.example",
                        "external-dns-*-partners.arq.example",
                        "external-dns-*-docs.arq.example",
                    ]
                },
                "ForAllValues:StringEquals": {types: ["A", "AAAA", "CNAME", "TXT"]},
                "Null": {names: "false"},
            },
        ),
        "route53:ListResourceRecordSets": ([zone], None),
        "route53:ListHostedZones": (["*"], None),
    }


def test_records_belong_to_the_cluster_and_the_hosts(values: Values) -> None:
    assert (values["registry"], values["txtOwnerId"]) == ("txt", "test-cluster")
    assert values["policy"] == "sync"
    assert values["domainFilters"] == ["partners.arq.example", "docs.arq.example"]
    assert values["extraArgs"]["zone-id-filter"] == "Z0123456789"
    assert values["sources"] == ["gateway-httproute"]


def test_flags_without_a_value_are_variables(values: Values) -> None:
    """The chart writes `--key=value`. Route 53 refuses the evaluation for aliases of CloudFront."""
    variables = {each["name"]: each["value"] for each in values["env"]}
    assert variables["EXTERNAL_DNS_AWS_ZONE_MATCH_PARENT"] == "true", "the filter names no zone"
    assert variables["EXTERNAL_DNS_AWS_EVALUATE_TARGET_HEALTH"] == "false"


def test_private_addresses_are_not_published(values: Values) -> None:
    assert values["extraArgs"]["exclude-target-net"] == ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]


def test_definitions_of_other_sources_are_not_installed(synthesized: Synthesized) -> None:
    assert release_of(synthesized, Chart.EXTERNAL_DNS)["skip_crds"] is True
