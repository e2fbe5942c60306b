"""Synthesizes add-ons in a stack with a cluster, and finds their releases, values and custom resources."""

import json
from collections.abc import Callable
from typing import Any

from constructs_arq.cluster.cluster import Cluster
from constructs_arq.core.stack import Stack
from constructs_arq.kubernetes.providers import configure_providers
from constructs_arq.platform.support_matrix import Chart
from constructs_arq.platform.target import AddonTarget
from tests.cluster.cluster_builders import CONFIG, make_network
from tests.support import STACK, Synthesized, synthesize

Values = dict[str, Any]


def synthesize_addons(
    build: Callable[[Stack, AddonTarget, Cluster], object],
    *,
    kubernetes_version: str = "1.35",
    protected: bool = True,
) -> Synthesized:
    """Return the Terraform JSON of the add-ons that `build` creates. AWS resources are in the same stack."""

    def build_with_cluster(stack: Stack) -> None:
        network = make_network(stack)
        cluster = Cluster(stack, "cluster", subnets=network.private, config=CONFIG)
        configure_providers(stack, cluster=cluster)
        target = AddonTarget(cluster=cluster, kubernetes_version=kubernetes_version, network=network)
        build(stack, target, cluster)

    return synthesize(build_with_cluster, config=STACK.model_copy(update={"protected": protected}))


def release_of(synthesized: Synthesized, chart: Chart) -> Values:
    """Return the only Helm release of a chart."""
    [found] = [each for each in synthesized.of_type("helm_release").values() if each["name"] == chart]
    return found


def values_of(synthesized: Synthesized, chart: Chart) -> Values:
    """Return the values of the release of a chart."""
    values: Values = json.loads(release_of(synthesized, chart)["values"][0])
    return values


def objects_at(synthesized: Synthesized, path: str) -> dict[str, Values]:
    """Return the specs of the custom resources at a construct path, by kind and name."""
    release = synthesized.one("helm_release", path)
    objects = json.loads(release["values"][0])["objects"]
    return {f"{each['kind']}/{each['metadata']['name']}": each["spec"] for each in objects}


def permissions_of(synthesized: Synthesized, namespace: str, service_account: str) -> list[Values]:
    """Return the statements of all policies of a workload's role."""
    prefix = f"cluster/workloads/{namespace}/{service_account}/role/"
    return [
        statement
        for path, policy in synthesized.of_type("aws_iam_role_policy").items()
        if path.startswith(prefix)
        for statement in json.loads(policy["policy"])["Statement"]
    ]
