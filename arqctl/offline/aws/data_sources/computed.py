"""Data sources that are computed from the region, the account and their arguments."""

from collections.abc import Callable, Mapping

from arqctl.offline.aws.account import Account
from arqctl.offline.aws.availability_zones import is_region, list_zones
from arqctl.offline.aws.data_sources import locations
from arqctl.offline.aws.data_sources.arguments import Config, Values, get_string
from arqctl.offline.aws.pseudorandom import digest
from arqctl.offline.aws.templates_data import (
    load_balancer_account,
    load_balancer_hosted_zone,
    s3_hosted_zone,
)

_SIMULATED_JSON = '{"username":"simulated","password":"simulated"}'
_AWS_BILLING = "386209384616"
_LOG_DELIVERY = "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0"
# Reserved for documentation (RFC 5737, RFC 3849): a rule with these opens nothing to real hosts.
_IPV4, _IPV6 = ("192.0.2.0/24", "198.51.100.0/24"), ("2001:db8::/32",)


def _caller_identity(_: Config, account: Account) -> Values:
    return {
        "id": account.id,
        "account_id": account.id,
        "arn": f"arn:{account.partition}:sts::{account.id}:assumed-role/simulated/terraform",
        "user_id": f"AROA{digest(account.id)[:17].upper()}:terraform",
    }


def _arn(config: Config, _: Account) -> Values:
    arn = get_string(config, "arn")
    parts = dict(
        zip(("partition", "service", "region", "account", "resource"), arn.split(":", 5)[1:], strict=False)
    )
    return {"id": arn, **parts}


def _billing_account(_: Config, account: Account) -> Values:
    return {"id": _AWS_BILLING, "arn": f"arn:{account.partition}:iam::{_AWS_BILLING}:root"}


def _canonical_user(_: Config, account: Account) -> Values:
    return {"id": digest("canonical", account.id), "display_name": "simulated"}


def _log_delivery(_: Config, __: Account) -> Values:
    return {"id": _LOG_DELIVERY}


def _service(config: Config, account: Account) -> Values:
    given = get_string(config, "reverse_dns_name") or get_string(config, "dns_name")
    parts = given.split(".")
    regions_in_name = [each for each in parts if is_region(each)]
    region = get_string(config, "region") or (regions_in_name[0] if regions_in_name else account.region)
    service_part = parts[-1] if get_string(config, "reverse_dns_name") else parts[0]
    service = get_string(config, "service_id") or service_part
    prefix = ".".join(reversed(account.dns_suffix.split(".")))
    return {
        "id": f"{prefix}.{region}.{service}",
        "service_id": service,
        "region": region,
        "partition": account.partition,
        "reverse_dns_prefix": prefix,
        "reverse_dns_name": f"{prefix}.{region}.{service}",
        "dns_name": f"{service}.{region}.{account.dns_suffix}",
        "supported": True,
    }


def _service_principal(config: Config, account: Account) -> Values:
    region, service = get_string(config, "region") or account.region, get_string(config, "service_name")
    # In China, only a few services have the partition's suffix in their principal.
    chinese_services = (
        {"ec2", "codedeploy", "elasticmapreduce", "logs"} if account.partition == "aws-cn" else set()
    )
    suffix = account.dns_suffix if service in chinese_services else "amazonaws.com"
    return {
        "id": f"{service}.{region}.{suffix}",
        "name": f"{service}.{suffix}",
        "suffix": suffix,
        "region": region,
    }


def _ip_ranges(_: Config, __: Account) -> Values:
    return {
        "id": "simulated",
        "cidr_blocks": [*_IPV4],
        "ipv6_cidr_blocks": [*_IPV6],
        "create_date": "2026-01-01-00-00-00",
        "sync_token": 1767225600,
    }


def _load_balancer_account(config: Config, account: Account) -> Values:
    owner = load_balancer_account(get_string(config, "region") or account.region) or "000000000000"
    return {"id": owner, "arn": f"arn:{account.partition}:iam::{owner}:root"}


def _load_balancer_hosted_zone(config: Config, account: Account) -> Values:
    return {"id": load_balancer_hosted_zone(get_string(config, "region") or account.region) or "Z00SIMULATED"}


def _s3_hosted_zone(config: Config, account: Account) -> Values:
    return {"id": s3_hosted_zone(get_string(config, "region") or account.region) or "Z00SIMULATED"}


def _parameter(config: Config, account: Account) -> Values:
    name = get_string(config, "name")
    value, kind = "simulated", "String"
    owner = "" if name.startswith("/aws/") else account.id
    if name.startswith("/aws/service/") and any(part in name for part in ("ami", "image_id", "bottlerocket")):
        value = _node_release(name) or f"ami-{digest('image', account.region, name)[:17]}"
    return {
        "id": name,
        "value": value,
        "insecure_value": value,
        "type": kind,
        "version": 1,
        "arn": f"arn:{account.partition}:ssm:{account.region}:{owner}:parameter/{name.removeprefix('/')}",
    }


def _node_release(name: str) -> str:
    """Return a release version of nodes in the form that EKS uses, or an empty text for other parameters.

    https://docs.aws.amazon.com/eks/latest/userguide/eks-linux-ami-versions.html
    """
    segments = name.split("/")
    if segments[-1] == "release_version" and "optimized-ami" in segments:
        kubernetes = segments[segments.index("optimized-ami") + 1]
        return f"{kubernetes}.0-20260101"
    return f"1.50.0-{digest(name)[:8]}" if segments[-1] == "image_version" else ""


def _endpoint_service(config: Config, account: Account) -> Values:
    name = (
        get_string(config, "service_name")
        or f"com.amazonaws.{account.region}.{get_string(config, 'service')}"
    )
    return {
        "id": digest(name)[:10],
        "service_name": name,
        "availability_zones": [z.name for z in list_zones(account.region)],
    }


def _addon_version(config: Config, _: Account) -> Values:
    name, kubernetes = get_string(config, "addon_name"), get_string(config, "kubernetes_version")
    number = f"{kubernetes}.0" if name == "kube-proxy" else "1.0.0"
    return {"id": name, "version": f"v{number}-eksbuild.1"}


COMPUTED: Mapping[str, Callable[[Config, Account], Values]] = {
    "aws_arn": _arn,
    "aws_availability_zone": locations.availability_zone,
    "aws_availability_zones": locations.availability_zones,
    "aws_billing_service_account": _billing_account,
    "aws_caller_identity": _caller_identity,
    "aws_canonical_user_id": _canonical_user,
    "aws_cloudfront_log_delivery_canonical_user_id": _log_delivery,
    "aws_eks_addon_version": _addon_version,
    "aws_elb_hosted_zone_id": _load_balancer_hosted_zone,
    "aws_elb_service_account": _load_balancer_account,
    "aws_ip_ranges": _ip_ranges,
    "aws_lb_hosted_zone_id": _load_balancer_hosted_zone,
    "aws_partition": locations.partition,
    "aws_region": locations.region,
    "aws_regions": locations.regions,
    "aws_s3_bucket_hosted_zone": _s3_hosted_zone,
    "aws_service": _service,
    "aws_service_principal": _service_principal,
}
# Default values for a resource that isn't in the store.
DEFAULTS: Mapping[str, Callable[[Config, Account], Values]] = {
    # As if somebody had authorized it.
    "aws_codestarconnections_connection": lambda _, __: {"connection_status": "AVAILABLE"},
    "aws_secretsmanager_secret_version": lambda _, __: {"secret_string": _SIMULATED_JSON},
    "aws_ssm_parameter": _parameter,
    "aws_vpc_endpoint_service": _endpoint_service,
}
