import pytest

from constructs_arq.cluster.cluster import Cluster
from constructs_arq.core.stack import Stack
from constructs_arq.edge.certificate import HostedZone
from constructs_arq.platform.cert_manager import AcmeServer, CertManager, CertManagerConfig
from constructs_arq.platform.support_matrix import Chart
from constructs_arq.platform.target import AddonTarget
from tests.cluster.cluster_builders import address_of
from tests.platform.addon_stack import (
    Values,
    objects_at,
    permissions_of,
    synthesize_addons,
    values_of,
)
from tests.support import Synthesized


def build(stack: Stack, target: AddonTarget, _: Cluster) -> None:
    CertManager(
        stack,
        "certificates",
        target=target,
        zone=HostedZone(zone_id="Z0123456789", name="arq.example"),
        config=CertManagerConfig(acme_server=AcmeServer.STAGING),
    )


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize_addons(build)


@pytest.fixture(scope="module")
def values(synthesized: Synthesized) -> Values:
    return values_of(synthesized, Chart.CERT_MANAGER)


def test_role_changes_only_challenges_of_the_zone(synthesized: Synthesized) -> None:
    permissions = {
        action: (statement["Resource"], statement.get("Condition"))
        for statement in permissions_of(synthesized, "cert-manager", "cert-manager")
        for action in statement["Action"]
    }
    names = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
    assert permissions == {
        "route53:ChangeResourceRecordSets": (
            ["arn:aws:route53:::hostedzone/Z0123456789"],
            {
                "ForAllValues:StringLike": {names: "_acme-challenge.*"},
                "ForAllValues:StringEquals": {"route53:ChangeResourceRecordSetsRecordTypes": "TXT"},
                "Null": {names: "false"},
            },
        ),
        "route53:GetChange": (["arn:aws:route53:::change/*"], None),
    }


def test_issuer_names_the_zone_so_that_no_zones_are_listed(synthesized: Synthesized) -> None:
    issuer = objects_at(synthesized, "certificates/issuer/Default")["ClusterIssuer/letsencrypt"]["acme"]
    assert issuer["server"] == "https://acme-staging-v02.api.letsencrypt.org/directory"
    [solver] = issuer["solvers"]
    assert solver["selector"] == {"dnsZones": ["arq.example"]}
    assert solver["dns01"] == {"route53": {"region": "eu-west-1", "hostedZoneID": "Z0123456789"}}


def test_issuer_exists_only_with_the_controller(synthesized: Synthesized) -> None:
    controller = address_of(synthesized, "helm_release", "certificates/addon/Default")
    assert synthesized.one("helm_release", "certificates/issuer/Default")["depends_on"] == [controller]


def test_definitions_outlive_the_release(values: Values) -> None:
    assert values["crds"] == {"enabled": True, "keep": True}


def test_checks_of_names_need_only_the_dns_of_the_cluster(values: Values) -> None:
    assert values["dns01RecursiveNameserversOnly"] is True


def test_all_components_have_two_replicas_over_zones(values: Values) -> None:
    for component, name in (
        (values, "controller"),
        (values["webhook"], "webhook"),
        (values["cainjector"], "cainjector"),
    ):
        assert component["replicaCount"] == 2
        [constraint] = component["topologySpreadConstraints"]
        assert constraint["topologyKey"] == "topology.kubernetes.io/zone"
        assert constraint["labelSelector"]["matchLabels"]["app.kubernetes.io/component"] == name


def test_api_server_reaches_the_webhook(synthesized: Synthesized, values: Values) -> None:
    policy = synthesized.one("kubernetes_network_policy_v1", "certificates/addon/traffic/vpc")
    [rule] = policy["spec"]["ingress"]
    assert [each["port"] for each in rule["ports"]] == [str(values["webhook"]["securePort"])]
