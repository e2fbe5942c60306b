"""Charges of the services that audit an account, by assumed use. None of them has a fixed price."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from arqctl.core.json_access import as_list
from arqctl.cost.arguments import read_text
from arqctl.cost.charges.charge import Charge, ChargeFunction, charge_usage
from arqctl.cost.priceable import PriceableResource
from arqctl.cost.stack_resources import StackResources

_VCPUS_OF_AN_INSTANCE = Decimal(4)
"""Inspector charges instances, and the assumption has vCPUs of xlarge nodes."""

# The item and description of each feature of GuardDuty, and the assumption of its quantity.
_FEATURES = {
    "EBS_MALWARE_PROTECTION": ("malware-scan", "scanned_gib", "GiB that GuardDuty scans"),
    "EKS_AUDIT_LOGS": ("eks-audit-event", "eks_audit_events", "audit event of Kubernetes for GuardDuty"),
    "RDS_LOGIN_EVENTS": ("rds", "guarded_database_vcpus", "vCPU of a database for GuardDuty"),
    "RUNTIME_MONITORING": ("runtime", "guarded_vcpus", "vCPU with GuardDuty's runtime monitoring"),
    "S3_DATA_EVENTS": ("s3-event", "guarded_object_events", "data event of a bucket for GuardDuty"),
}
_FREE_FEATURES = ("EKS_RUNTIME_MONITORING", "LAMBDA_NETWORK_LOGS")
"""Parts of other features, or of the logs that the detector reads."""


def charge_trail(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge data events of a trail. The first copy of management events is free."""
    if resource.values.get("event_selector") or resource.values.get("advanced_event_selector"):
        yield from charge_usage("cloudtrail/data-event", stack.usage("data_events"), "recorded data event")


def charge_detector(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge the management events, flow logs and DNS queries that a detector reads."""
    yield from charge_usage(
        "guardduty/cloudtrail-event",
        stack.usage("audit_events", resource.region),
        "management event for GuardDuty",
    )
    gib = stack.usage("audit_gib", resource.region)
    yield from charge_usage("guardduty/flow-and-dns-log", gib, "GiB of flow logs and DNS for GuardDuty")


def charge_detector_feature(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge an enabled feature of a detector."""
    name = read_text(resource.values, "name")
    if read_text(resource.values, "status") == "DISABLED" or name in _FREE_FEATURES:
        return
    if name not in _FEATURES:
        yield Charge(f"guardduty/{name or '?'}", None, f"feature {name or 'unknown'} of GuardDuty")
        return
    item, assumption, description = _FEATURES[name]
    yield from charge_usage(f"guardduty/{item}", stack.usage(assumption, resource.region), description)


def charge_recorder(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge recorded changes of resources."""
    yield from charge_usage(
        "config/item", stack.usage("configuration_items", resource.region), "recorded change of a resource"
    )


def charge_config_rule(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge evaluations of a Config rule."""
    evaluations = stack.usage("rule_evaluations", resource.region)
    yield from charge_usage("config/rule-evaluation", evaluations, "evaluation of a Config rule")


def charge_standard(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge checks of a standard of Security Hub."""
    yield from charge_usage(
        "securityhub/check", stack.usage("security_checks", resource.region), "check of Security Hub"
    )


def charge_inspector(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge the instances, images and functions that Inspector scans."""
    types = as_list(resource.values.get("resource_types"))
    if "EC2" in types:
        instances = stack.usage("guarded_vcpus", resource.region) / _VCPUS_OF_AN_INSTANCE
        yield from charge_usage("inspector/instance", instances, "instance that Inspector scans")
    if "ECR" in types:
        yield from charge_usage(
            "inspector/image", stack.usage("scanned_images", resource.region), "image that Inspector scans"
        )
    if "LAMBDA" in types:
        functions = stack.usage("scanned_functions", resource.region)
        yield from charge_usage("inspector/function", functions, "function that Inspector scans")


def charge_analyzer(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge the roles of an analyzer of unused access. Analyzers of external access are free."""
    if read_text(resource.values, "type", "ACCOUNT").endswith("UNUSED_ACCESS"):
        roles = stack.usage("guarded_roles", resource.region)
        yield from charge_usage("accessanalyzer/unused-access", roles, "role that Access Analyzer watches")


AUDIT: Mapping[str, ChargeFunction] = {
    "aws_accessanalyzer_analyzer": charge_analyzer,
    "aws_cloudtrail": charge_trail,
    "aws_config_config_rule": charge_config_rule,
    "aws_config_configuration_recorder": charge_recorder,
    "aws_guardduty_detector": charge_detector,
    "aws_guardduty_detector_feature": charge_detector_feature,
    "aws_inspector2_enabler": charge_inspector,
    "aws_securityhub_standards_subscription": charge_standard,
}
