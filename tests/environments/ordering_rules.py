"""Rules for the order in which Terraform creates resources that do not refer to each other by themselves.

AWS rejects the other order, or accepts it and loses data. Each rule yields, for each resource that must wait,
those that must exist before it. A resource with nothing to wait for is a violation too.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from tests.environments.alarm_metrics import metrics_of
from tests.environments.dependency_graph import DependencyGraph

Waits = Iterator[tuple[str, Sequence[str]]]
Rule = Callable[[DependencyGraph], Waits]

ALARM_TARGETS = {
    "AWS/ApplicationELB": ("aws_lb",),
    "AWS/AutoScaling": ("aws_eks_node_group", "aws_autoscaling_group"),
    "AWS/CertificateManager": ("aws_acm_certificate",),
    "AWS/CloudFront": ("aws_cloudfront_distribution",),
    "AWS/EC2": ("aws_eks_node_group", "aws_autoscaling_group"),
    "AWS/EKS": ("aws_eks_cluster",),
    "AWS/ElastiCache": ("aws_elasticache_replication_group",),
    "AWS/Events": ("aws_cloudwatch_event_rule",),
    "AWS/Lambda": ("aws_lambda_function",),
    "AWS/Logs": ("aws_cloudwatch_log_subscription_filter",),
    "AWS/NATGateway": ("aws_nat_gateway",),
    "AWS/NetworkELB": ("aws_lb",),
    "AWS/S3": ("aws_s3_bucket_replication_configuration",),
    "AWS/SQS": ("aws_sqs_queue",),
    "AWS/States": ("aws_sfn_state_machine",),
    "AWS/WAFV2": ("aws_wafv2_web_acl",),
    "CloudWatchSynthetics": ("aws_synthetics_canary",),
    # The agent that the add-on installs publishes them.
    "ContainerInsights": ("aws_eks_addon",),
}
# Alarms on resources of the account stack, which an administrator deploys before.
# Nor does a metric that functions of the project publish have a resource.
ALARMS_ON_OTHER_STACKS = ("/alarms/backups/", "/alarms/restore-tests-age/", "/alarms/state-replication/")


def primary_changes(graph: DependencyGraph) -> Waits:
    """A change of a primary instance puts it into `modifying`, in which AWS rejects the next one.

    Terraform waits until the copy of the backups exists, but not until the instance is available again. So
    the copy is the last change. https://github.com/hashicorp/terraform-provider-aws/issues/43474
    """
    for primary in graph.of_type("aws_db_instance"):
        if "replicate_source_db" in graph.blocks[primary]:
            continue
        changes = [
            *graph.refer_to(primary, "aws_db_instance", "replicate_source_db"),
            *graph.refer_to(primary, "aws_db_proxy_target", "db_instance_identifier"),
        ]
        yield from one_by_one(graph, changes)
        copies = "aws_db_instance_automated_backups_replication"
        for copy in graph.refer_to(primary, copies, "source_db_instance_arn"):
            yield copy, changes


def bucket_settings(graph: DependencyGraph) -> Waits:
    """S3 rejects a change of a bucket while another one runs: OperationAborted.

    https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    """
    types = {address.rpartition(".")[0] for address in graph.blocks}
    for bucket in graph.of_type("aws_s3_bucket"):
        settings = [
            setting
            for type_ in sorted(types)
            if type_.startswith("aws_s3_bucket_")
            for setting in graph.refer_to(bucket, type_, "bucket")
        ]
        yield from one_by_one(graph, settings)


def event_subscriptions(graph: DependencyGraph) -> Waits:
    """RDS rejects a topic that it cannot publish to: SNSNoAuthorization.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateEventSubscription.html
    """
    for subscription in graph.of_type("aws_db_event_subscription"):
        topics = graph.references(graph.blocks[subscription]["sns_topic"])
        yield (
            subscription,
            [policy for topic in topics for policy in graph.refer_to(topic, "aws_sns_topic_policy", "arn")],
        )


def instances_after_routes(graph: DependencyGraph) -> Waits:
    """An instance that boots without a route cannot join its cluster, or download anything."""
    for group in graph.of_type("aws_eks_node_group", "aws_autoscaling_group"):
        body = graph.blocks[group]
        subnets = graph.references([body.get("subnet_ids"), body.get("vpc_zone_identifier")])
        for subnet in sorted(subnets):
            associations = graph.refer_to(subnet, "aws_route_table_association", "subnet_id")
            tables = {
                table
                for each in associations
                for table in graph.references(graph.blocks[each]["route_table_id"])
            }
            routes = [
                route for table in tables for route in graph.refer_to(table, "aws_route", "route_table_id")
            ]
            acls = graph.refer_to(subnet, "aws_network_acl", "subnet_ids")
            yield group, [*associations, *routes, *acls]


def alarms_after_metrics(graph: DependencyGraph) -> Waits:
    """An alarm that exists before its resource has no data, and notifies if missing data is breaching.

    The agent of Container Insights publishes nothing until minutes after its add-on is active. So for its
    alarms no order is right.
    """
    for alarm in graph.of_type("aws_cloudwatch_metric_alarm"):
        if any(part in graph.path(alarm) for part in ALARMS_ON_OTHER_STACKS):
            continue
        body = graph.blocks[alarm]
        for metric in metrics_of(body):
            namespace, dimensions = metric["namespace"], metric["dimensions"]
            # Logs and the drill write these, and nothing writes them first.
            if namespace.startswith("Arq/") and body["treat_missing_data"] == "notBreaching":
                continue
            if namespace == "AWS/RDS":
                types: Sequence[str] = (
                    ("aws_db_proxy",) if "ProxyName" in dimensions else ("aws_db_instance",)
                )
            else:
                types = ALARM_TARGETS.get(namespace, ())
            if namespace == "ContainerInsights" and body["treat_missing_data"] == "breaching":
                types = ()
            named = graph.references([dimensions, [f"${{{each}}}" for each in body.get("depends_on", ())]])
            yield alarm, [each for each in named if each.rpartition(".")[0] in types]


def vpc_origins(graph: DependencyGraph) -> Waits:
    """CloudFront makes its security group in the VPC with the VPC origin."""
    for origin in graph.of_type("aws_cloudfront_vpc_origin"):
        yield origin, sorted(graph.references(graph.blocks[origin]))
        for rule in graph.of_type("aws_vpc_security_group_ingress_rule"):
            groups = graph.references(graph.blocks[rule].get("referenced_security_group_id"))
            if any(group.startswith("data.") for group in groups):
                yield rule, [origin]
    for distribution in graph.of_type("aws_cloudfront_distribution"):
        if "vpc_origin_config" in json.dumps(graph.blocks[distribution]["origin"]):
            yield distribution, graph.of_type("aws_cloudfront_vpc_origin")


def log_deliveries(graph: DependencyGraph) -> Waits:
    """A service that delivers logs to a bucket first writes a test object, which the policy must allow.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
    """
    for delivery in graph.of_type("aws_cloudwatch_log_delivery"):
        destinations = graph.references(graph.blocks[delivery]["delivery_destination_arn"])
        configurations = [
            graph.blocks[each].get("delivery_destination_configuration") for each in destinations
        ]
        yield delivery, _policies(graph, graph.references(configurations))
    for balancer in graph.of_type("aws_lb"):
        if graph.blocks[balancer]["load_balancer_type"] == "network":
            continue  # It has no log without a TLS listener.
        yield balancer, _policies(graph, graph.references(graph.blocks[balancer].get("access_logs")))
    for logging in graph.of_type("aws_wafv2_web_acl_logging_configuration"):
        yield logging, graph.of_type("aws_cloudwatch_log_resource_policy")


def cluster_parts(graph: DependencyGraph) -> Waits:
    """Access and workload identities belong to a cluster, and a policy association to its access entry."""
    clusters = graph.of_type("aws_eks_cluster")
    for part in graph.of_type("aws_eks_access_entry", "aws_eks_pod_identity_association", "aws_eks_addon"):
        yield part, clusters
    for association in graph.of_type("aws_eks_access_policy_association"):
        named = graph.references(graph.blocks[association]["principal_arn"])
        yield association, [each for each in named if each.startswith("aws_eks_access_entry.")]


def addons(graph: DependencyGraph) -> Waits:
    """A node is ready with a network plugin only; CoreDNS and others become active on nodes only."""
    before = {"vpc-cni", "kube-proxy", "eks-pod-identity-agent"}
    groups, installed = graph.of_type("aws_eks_node_group"), graph.of_type("aws_eks_addon")
    for group in groups:
        yield group, [each for each in installed if graph.blocks[each]["addon_name"] in before]
    for addon in installed:
        if graph.blocks[addon]["addon_name"] not in before:
            yield addon, groups


def role_permissions(graph: DependencyGraph) -> Waits:
    """A service that assumes a role without its permissions fails, and cannot delete what it made.

    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/eks_cluster
    """
    users = {
        "aws_eks_cluster": "role_arn",
        "aws_eks_node_group": "node_role_arn",
    }
    for user, argument in users.items():
        for address in graph.of_type(user):
            for role in graph.references(graph.blocks[address][argument]):
                attached = graph.refer_to(role, "aws_iam_role_policy_attachment", "role")
                yield address, [*attached, *graph.refer_to(role, "aws_iam_role_policy", "role")]


def log_groups(graph: DependencyGraph) -> Waits:
    """A service that finds no log group creates one, without a key and a retention."""
    groups = graph.of_type("aws_cloudwatch_log_group")
    for user in graph.of_type("aws_db_instance", "aws_elasticache_replication_group", "aws_eks_cluster"):
        path = re.escape(graph.path(user).removesuffix("/Default"))
        own = re.compile(rf"{path}/(logs|[a-z]+-log)(/.*)?")
        yield user, [each for each in groups if own.fullmatch(graph.path(each))]


def validated_certificates(graph: DependencyGraph) -> Waits:
    """A listener and a distribution accept only an issued certificate."""
    validations = graph.of_type("aws_acm_certificate_validation")
    for user in graph.of_type("aws_lb_listener", "aws_cloudfront_distribution"):
        if graph.blocks[user].get("protocol") == "TCP":
            continue  # The targets have the certificate.
        yield user, [each for each in validations if graph.waits_for(user, each)]


def versioned_buckets(graph: DependencyGraph) -> Waits:
    """S3 replicates between versioned buckets only."""
    for replication in graph.of_type("aws_s3_bucket_replication_configuration"):
        buckets = graph.references([graph.blocks[replication]["bucket"], graph.blocks[replication]["rule"]])
        for bucket in buckets:
            if bucket.startswith("aws_s3_bucket."):
                yield replication, graph.refer_to(bucket, "aws_s3_bucket_versioning", "bucket")


def internet_access(graph: DependencyGraph) -> Waits:
    """A NAT gateway and its address need the internet gateway of the VPC."""
    for address in graph.of_type("aws_eip", "aws_nat_gateway"):
        yield address, graph.of_type("aws_internet_gateway")


def subscriptions(graph: DependencyGraph) -> Waits:
    """CloudWatch calls the function for a test, and refuses a subscription that it can't call.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#LambdaFunctionExample
    """
    for subscription in graph.of_type("aws_cloudwatch_log_subscription_filter"):
        groups = graph.references(graph.blocks[subscription]["log_group_name"])
        yield (
            subscription,
            [
                permission
                for group in groups
                for permission in graph.refer_to(group, "aws_lambda_permission", "source_arn")
            ],
        )


def functions(graph: DependencyGraph) -> Waits:
    """Lambda checks that a role can write dead letters. Without its policies, it can't delete interfaces.

    So the security group, which the interfaces use until then, is deleted between the function and the role.
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    """
    for function in graph.of_type("aws_lambda_function"):
        body = graph.blocks[function]
        roles = graph.references(body["role"])
        policies = [each for role in roles for each in graph.refer_to(role, "aws_iam_role_policy", "role")]
        yield function, policies
        for group in graph.references(body.get("vpc_config", {}).get("security_group_ids", [])):
            yield group, policies


def one_by_one(graph: DependencyGraph, addresses: Sequence[str]) -> Waits:
    """Yield each pair of addresses, so that one of them waits for the other."""
    for first, second in combinations(addresses, 2):
        later, earlier = (first, second) if graph.waits_for(first, second) else (second, first)
        yield later, [earlier]


def _policies(graph: DependencyGraph, referenced: set[str]) -> list[str]:
    """Return the policies of the referenced buckets, or the referenced policies themselves."""
    policies = [each for each in referenced if each.startswith("aws_s3_bucket_policy.")]
    return policies + [
        policy for bucket in referenced for policy in graph.refer_to(bucket, "aws_s3_bucket_policy", "bucket")
    ]
