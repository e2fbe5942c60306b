"""Network policies deny all traffic except what workloads need, with the ranges of the configuration."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kubernetes.manifests import ENVIRONMENTS, FOLDER, Manifest, base, environment

SYNTHESIZED = Path(__file__).parents[1] / "snapshots"
_AGENT = "169.254.170.23/32"


def policies(manifests: list[Manifest]) -> dict[tuple[str, str], Manifest]:
    return {
        (each["metadata"]["namespace"], each["metadata"]["name"]): each["spec"]
        for each in manifests
        if each["kind"] == "NetworkPolicy"
    }


def ranges(spec: Manifest) -> Iterator[str]:
    peers = [peer for rule in spec.get("ingress", ()) for peer in rule["from"]]
    peers += [peer for rule in spec.get("egress", ()) for peer in rule["to"]]
    yield from (peer["ipBlock"]["cidr"] for peer in peers if "ipBlock" in peer)


def ports(spec: Manifest) -> set[int]:
    return {port["port"] for rule in spec["egress"] for port in rule["ports"]}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_policies_have_the_range_of_the_environments_vpc(name: str) -> None:
    found = {where: set(ranges(spec)) for where, spec in policies(environment(name)).items()}
    fixed = {
        ("shop", "default-deny"): set(),
        ("delivery", "default-deny"): set(),
        ("shop", "names-and-credentials"): {_AGENT},
        ("delivery", "names-and-credentials"): {_AGENT},
        ("delivery", "release"): {"0.0.0.0/0"},
    }
    vpc = {ENVIRONMENTS[name].network.cidr}
    assert found == {where: fixed.get(where, vpc) for where in found}
    assert set(fixed) < set(found)


def test_each_environment_has_a_folder() -> None:
    folders = {file.parent.name for file in FOLDER.glob("*/kustomization.yaml")}
    assert folders - {"base"} == set(ENVIRONMENTS)


def test_without_an_environment_the_policies_admit_no_workload_traffic() -> None:
    labelled = [each for each in base() if each["metadata"].get("labels", {}).get("range") == "vpc"]
    assert {cidr for each in labelled for cidr in ranges(each["spec"])} == {"0.0.0.0/32"}


def test_each_namespace_denies_all_traffic() -> None:
    namespaces = {each["metadata"]["name"] for each in base() if each["kind"] == "Namespace"}
    for namespace in namespaces:
        spec = policies(base())[namespace, "default-deny"]
        assert spec == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_workloads_reach_the_data_that_they_use() -> None:
    specs = policies(base())
    assert ports(specs["shop", "api"]) == {5432, 6379, 443}
    assert ports(specs["shop", "reports"]) == ports(specs["shop", "settlement"]) == {5432}
    assert ports(specs["delivery", "migrator"]) == {5432}
    assert ports(specs["delivery", "release"]) == {443}
    assert [rule["ports"] for rule in specs["shop", "api"]["ingress"]] == [
        [{"port": 8443, "protocol": "TCP"}]
    ]


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_each_workload_of_the_environment_has_a_service_account_and_a_policy(name: str) -> None:
    stack = json.loads((SYNTHESIZED / f"{name}.json").read_text())
    associations = stack["resource"]["aws_eks_pod_identity_association"].values()
    manifests = environment(name)
    namespaces = {each["metadata"]["name"] for each in manifests if each["kind"] == "Namespace"}
    workloads = {
        (each["namespace"], each["service_account"])
        for each in associations
        if each["namespace"] in namespaces
    }
    accounts = {
        (each["metadata"]["namespace"], each["metadata"]["name"])
        for each in manifests
        if each["kind"] == "ServiceAccount"
    }
    assert workloads
    assert workloads <= accounts
    for where in accounts:
        assert policies(manifests)[where]["podSelector"] == {"matchLabels": {"app": where[1]}}
