"""Terraform creates resources in an order that AWS accepts, and each rule finds a stack without it."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest

from constructs_arq.compute.fleet import Fleet
from constructs_arq.compute.fleet_config import FleetConfig
from constructs_arq.core.scaling import ScalingPolicy
from constructs_arq.core.stack import Stack
from constructs_arq.network.config import NetworkConfig
from constructs_arq.network.network import Network
from tests.compute.fleet_builders import ARM_IMAGE, ARM_TYPES
from tests.environments import ordering_rules as rules
from tests.environments.dependency_graph import DependencyGraph
from tests.environments.ordering_rules import Rule
from tests.support import synthesize

NETWORK = NetworkConfig(cidr="10.0.0.0/16", zones=("euw1-az1", "euw1-az2"))
FLEET = FleetConfig(image=ARM_IMAGE, instance_types=ARM_TYPES, scaling=ScalingPolicy(min_size=1, max_size=2))

# Each rule, and the edges that its planted regression removes: a resource of the first type does not wait for
# those of the other types any longer.
RULES: dict[str, tuple[Rule, str, tuple[str, ...]]] = {
    "changes of a primary database": (
        rules.primary_changes,
        "aws_db_instance_automated_backups_replication",
        ("aws_db_proxy_target",),
    ),
    "settings of a bucket": (
        rules.bucket_settings,
        "aws_s3_bucket_lifecycle_configuration",
        (
            "aws_s3_bucket_ownership_controls",
            "aws_s3_bucket_public_access_block",
            "aws_s3_bucket_server_side_encryption_configuration",
            "aws_s3_bucket_versioning",
        ),
    ),
    "event subscriptions after topic policies": (
        rules.event_subscriptions,
        "aws_db_event_subscription",
        ("aws_sns_topic_policy",),
    ),
    "nodes after routes": (rules.instances_after_routes, "aws_eks_node_group", ("aws_route",)),
    "nodes after network ACLs": (rules.instances_after_routes, "aws_eks_node_group", ("aws_network_acl",)),
    "alarms after their metrics": (
        rules.alarms_after_metrics,
        "aws_cloudwatch_metric_alarm",
        ("aws_elasticache_replication_group", "aws_db_instance", "aws_eks_cluster", "aws_acm_certificate"),
    ),
    "distributions after VPC origins": (
        rules.vpc_origins,
        "aws_cloudfront_distribution",
        ("aws_cloudfront_vpc_origin",),
    ),
    "log deliveries after bucket policies": (
        rules.log_deliveries,
        "aws_cloudwatch_log_delivery",
        ("aws_s3_bucket_policy",),
    ),
    "load balancers after bucket policies": (rules.log_deliveries, "aws_lb", ("aws_s3_bucket_policy",)),
    "firewall logs after their policy": (
        rules.log_deliveries,
        "aws_wafv2_web_acl_logging_configuration",
        ("aws_cloudwatch_log_resource_policy",),
    ),
    "access entries after clusters": (rules.cluster_parts, "aws_eks_access_entry", ("aws_eks_cluster",)),
    "policy associations after access entries": (
        rules.cluster_parts,
        "aws_eks_access_policy_association",
        ("aws_eks_access_entry",),
    ),
    "nodes after network add-ons": (rules.addons, "aws_eks_node_group", ("aws_eks_addon",)),
    "other add-ons after nodes": (rules.addons, "aws_eks_addon", ("aws_eks_node_group",)),
    "clusters after permissions": (
        rules.role_permissions,
        "aws_eks_cluster",
        ("aws_iam_role_policy_attachment",),
    ),
    "nodes after permissions": (
        rules.role_permissions,
        "aws_eks_node_group",
        ("aws_iam_role_policy_attachment",),
    ),
    "databases after log groups": (rules.log_groups, "aws_db_instance", ("aws_cloudwatch_log_group",)),
    "caches after log groups": (
        rules.log_groups,
        "aws_elasticache_replication_group",
        ("aws_cloudwatch_log_group",),
    ),
    "listeners after validations": (
        rules.validated_certificates,
        "aws_lb_listener",
        ("aws_acm_certificate_validation",),
    ),
    "replication after versioning": (
        rules.versioned_buckets,
        "aws_s3_bucket_replication_configuration",
        ("aws_s3_bucket_versioning",),
    ),
    "subscriptions after permissions": (
        rules.subscriptions,
        "aws_cloudwatch_log_subscription_filter",
        ("aws_lambda_permission",),
    ),
    "functions after permissions": (rules.functions, "aws_lambda_function", ("aws_iam_role_policy",)),
    "interfaces of functions before permissions": (
        rules.functions,
        "aws_security_group",
        ("aws_iam_role_policy",),
    ),
    "gateways after the internet gateway": (
        rules.internet_access,
        "aws_nat_gateway",
        ("aws_internet_gateway",),
    ),
}
each_rule = pytest.mark.parametrize("name", RULES)


def violations(graph: DependencyGraph, rule: Rule) -> Iterator[str]:
    """Yield each resource that does not wait for something that must exist before."""
    for later, earlier in rule(graph):
        missing = [each for each in earlier if not graph.waits_for(later, each)]
        if missing or not earlier:
            yield f"{later} does not wait for {', '.join(missing) or 'anything'}"


@pytest.fixture(scope="module")
def graphs(assembly_dir: Path) -> dict[str, DependencyGraph]:
    """The graphs of all stacks."""
    files = (assembly_dir / "stacks").glob("*/cdk.tf.json")
    return {file.parent.name: DependencyGraph(json.loads(file.read_text())) for file in files}


@each_rule
def test_every_stack_keeps_the_order(name: str, graphs: dict[str, DependencyGraph]) -> None:
    rule = RULES[name][0]
    found = [f"{stack}: {each}" for stack, graph in graphs.items() for each in violations(graph, rule)]
    assert found == []
    assert any(list(rule(graph)) for graph in graphs.values())


@each_rule
def test_a_missing_edge_is_found(name: str, graphs: dict[str, DependencyGraph]) -> None:
    rule, type_, earlier_types = RULES[name]
    graph = graphs["production"]
    later = next(
        each
        for each in graph.of_type(type_)
        if any(before.rpartition(".")[0] in earlier_types for before in graph.closure[each])
    )
    changed = graph.without_edges(later, lambda each: each.rpartition(".")[0] in earlier_types)
    assert any(later in each for each in violations(changed, rule))


def test_a_copy_of_backups_before_a_replica_is_found(graphs: dict[str, DependencyGraph]) -> None:
    graph = graphs["production"]
    (copy,) = graph.of_type("aws_db_instance_automated_backups_replication")
    (replica,) = (
        each for each in graph.of_type("aws_db_instance") if "replicate_source_db" in graph.blocks[each]
    )
    unordered = graph.without_edges(copy, lambda each: each == replica)
    document = deepcopy(unordered.document)
    document["resource"]["aws_db_instance"][replica.rpartition(".")[2]]["depends_on"] = [copy]
    reversed_order = DependencyGraph(document)
    assert reversed_order.waits_for(replica, copy)
    found = list(violations(reversed_order, rules.primary_changes))
    assert any(each.startswith(f"{copy} does not wait for ") and replica in each for each in found)


def test_an_alarm_that_notifies_before_the_agent_has_published_is_found(
    graphs: dict[str, DependencyGraph],
) -> None:
    document = deepcopy(graphs["production"].document)
    changed = [
        name
        for name, alarm in document["resource"]["aws_cloudwatch_metric_alarm"].items()
        if "ContainerInsights" in str(alarm) and alarm["treat_missing_data"] == "missing"
    ]
    for name in changed:
        document["resource"]["aws_cloudwatch_metric_alarm"][name]["treat_missing_data"] = "breaching"
    found = list(violations(DependencyGraph(document), rules.alarms_after_metrics))
    assert {each.partition(" ")[0] for each in found} == {
        f"aws_cloudwatch_metric_alarm.{name}" for name in changed
    }
    assert changed


def test_a_fleet_starts_after_its_routes() -> None:
    """No environment has a fleet, so this stack does."""

    def build(stack: Stack) -> None:
        network = Network(stack, "network", config=NETWORK)
        Fleet(stack, "workers", subnets=network.private, config=FLEET)

    graph = DependencyGraph(synthesize(build).json)
    assert list(violations(graph, rules.instances_after_routes)) == []
    (group,) = graph.of_type("aws_autoscaling_group")
    changed = graph.without_edges(group, lambda each: each.startswith(("aws_route.", "aws_network_acl.")))
    assert len(list(violations(changed, rules.instances_after_routes))) == len(NETWORK.zones)
