"""Quotas of databases, clusters, load balancers, keys and CloudFront."""

from collections.abc import Callable, Mapping

from arqctl.core.json_access import as_object, as_text
from arqctl.doctor.aws.aws_check import AwsContext
from arqctl.doctor.aws.configuration import Resource
from arqctl.doctor.aws.quotas.quota import Quota, count_by_region

_CLOUDFRONT_REGION = "us-east-1"
"""Service Quotas keeps the quotas of CloudFront here: it has no region."""
_UNRESERVED_RUNS = 100
"""Lambda refuses a reservation that leaves less for functions without one."""


def _names(context: AwsContext, type_: str, argument: str = "name") -> frozenset[str]:
    return frozenset(each.text(argument) for each in context.configuration.resources(type_))


def _other_databases(context: AwsContext, region: str) -> int:
    own = _names(context, "aws_db_instance", "identifier")
    found = context.list_all("rds", "describe_db_instances", "DBInstances", region)
    return sum(each.get("DBInstanceIdentifier") not in own for each in found)


def _database_storage(context: AwsContext) -> Mapping[str, int]:
    """Return the storage in GiB up to which the databases grow. A replica has the size of its source."""
    found: dict[str, int] = {}
    for database in context.configuration.resources("aws_db_instance"):
        source = context.configuration.find(database, database.arguments.get("replicate_source_db"))
        size = max(map(_gibibytes, (database, source or database)))
        found[database.region] = found.get(database.region, 0) + size
    return found


def _gibibytes(database: Resource) -> int:
    sizes = (database.arguments.get(name) for name in ("allocated_storage", "max_allocated_storage"))
    return max((size for size in sizes if isinstance(size, int)), default=0)


def _other_storage(context: AwsContext, region: str) -> int:
    own = _names(context, "aws_db_instance", "identifier")
    found = context.list_all("rds", "describe_db_instances", "DBInstances", region)
    sizes = (each.get("AllocatedStorage") for each in found if each.get("DBInstanceIdentifier") not in own)
    return sum(size for size in sizes if isinstance(size, int))


def _other_clusters(context: AwsContext, region: str) -> int:
    own = _names(context, "aws_eks_cluster")
    names = context.api.list_all("eks", "list_clusters", region, "clusters")
    return sum(as_text(name) not in own for name in names)


def _node_groups(context: AwsContext) -> Mapping[str, int]:
    """Return the largest number of nodes of a node group by region."""
    found: dict[str, int] = {}
    for group in context.configuration.resources("aws_eks_node_group"):
        scaling = group.arguments.get("scaling_config")
        block = as_object(scaling[0] if isinstance(scaling, list) and scaling else scaling)
        size = block.get("max_size")
        found[group.region] = max(found.get(group.region, 0), size if isinstance(size, int) else 0)
    return found


def _load_balancers(context: AwsContext) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for balancer in context.configuration.resources("aws_lb"):
        if balancer.text("load_balancer_type") == "application":
            found[balancer.region] = found.get(balancer.region, 0) + 1
    return found


def _other_load_balancers(context: AwsContext, region: str) -> int:
    own = _names(context, "aws_lb")
    found = context.list_all("elbv2", "describe_load_balancers", "LoadBalancers", region)
    return sum(
        each.get("Type") == "application" and each.get("LoadBalancerName") not in own for each in found
    )


def _other_keys(context: AwsContext, region: str) -> int:
    """Return the number of customer managed keys without an alias of the configuration."""
    own = _names(context, "aws_kms_alias")
    aliases = context.list_all("kms", "list_aliases", "Aliases", region)
    excluded = {
        each.get("TargetKeyId")
        for each in aliases
        if each.get("AliasName") in own or as_text(each.get("AliasName")).startswith("alias/aws/")
    }
    keys = context.list_all("kms", "list_keys", "Keys", region)
    return sum(each.get("KeyId") not in excluded for each in keys)


def _concurrent_runs(context: AwsContext) -> Mapping[str, int]:
    """Return the runs of functions at a time by region: those that functions reserve, and 100 for all others.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
    """
    found: dict[str, int] = {}
    for function in context.configuration.resources("aws_lambda_function"):
        reserved = function.arguments.get("reserved_concurrent_executions")
        runs = reserved if isinstance(reserved, int) else 0
        found[function.region] = found.get(function.region, _UNRESERVED_RUNS) + runs
    return found


def _global(type_: str) -> Callable[[AwsContext], Mapping[str, int]]:
    """Return a function that counts resources of CloudFront."""
    return lambda context: {_CLOUDFRONT_REGION: len(context.configuration.resources(type_))}


def _other_distributions(context: AwsContext, region: str) -> int:
    own = _names(context, "aws_cloudfront_distribution", "comment")
    found = context.list_all("cloudfront", "list_distributions", "DistributionList.Items", region)
    return sum(each.get("Comment") not in own for each in found)


def _other_cache_policies(context: AwsContext, region: str) -> int:
    own = _names(context, "aws_cloudfront_cache_policy")
    found = context.list_all(
        "cloudfront", "list_cache_policies", "CachePolicyList.Items", region, Type="custom"
    )
    policies = (as_object(each.get("CachePolicy")) for each in found)
    return sum(as_object(each.get("CachePolicyConfig")).get("Name") not in own for each in policies)


def _other_headers_policies(context: AwsContext, region: str) -> int:
    own = _names(context, "aws_cloudfront_response_headers_policy")
    member = "ResponseHeadersPolicyList.Items"
    found = context.list_all("cloudfront", "list_response_headers_policies", member, region, Type="custom")
    policies = (as_object(each.get("ResponseHeadersPolicy")) for each in found)
    return sum(as_object(each.get("ResponseHeadersPolicyConfig")).get("Name") not in own for each in policies)


SERVICE_QUOTAS = (
    Quota(
        "database instances",
        "rds",
        "L-7B6409FD",
        count_by_region("aws_db_instance"),
        _other_databases,
        ("rds:DescribeDBInstances",),
    ),
    Quota(
        "database storage",
        "rds",
        "L-7ADDB58A",
        _database_storage,
        _other_storage,
        ("rds:DescribeDBInstances",),
        unit="GiB",
    ),
    Quota(
        "EKS clusters",
        "eks",
        "L-1194D53C",
        count_by_region("aws_eks_cluster"),
        _other_clusters,
        ("eks:ListClusters",),
    ),
    Quota("nodes of a node group", "eks", "L-BD136A63", _node_groups),
    Quota("concurrent runs of functions", "lambda", "L-B99A9384", _concurrent_runs),
    Quota(
        "application load balancers",
        "elasticloadbalancing",
        "L-53DA6B97",
        _load_balancers,
        _other_load_balancers,
        ("elasticloadbalancing:DescribeLoadBalancers",),
    ),
    Quota(
        "KMS keys",
        "kms",
        "L-C2F1777E",
        count_by_region("aws_kms_key"),
        _other_keys,
        ("kms:ListAliases", "kms:ListKeys"),
    ),
    Quota(
        "CloudFront distributions",
        "cloudfront",
        "L-24B04930",
        _global("aws_cloudfront_distribution"),
        _other_distributions,
        ("cloudfront:ListDistributions",),
    ),
    Quota(
        "CloudFront cache policies",
        "cloudfront",
        "L-7D134442",
        _global("aws_cloudfront_cache_policy"),
        _other_cache_policies,
        ("cloudfront:ListCachePolicies",),
    ),
    Quota(
        "CloudFront headers policies",
        "cloudfront",
        "L-CF0D4FC5",
        _global("aws_cloudfront_response_headers_policy"),
        _other_headers_policies,
        ("cloudfront:ListResponseHeadersPolicies",),
    ),
)
