"""The services that record and check an account, as rules read them from its stack."""

from policies.stack import Block, Json, Stack, as_list, at

# The library's account stack writes it: AuditConfig.managed_by_organization.
_MANAGED_OUTPUT = "audit_managed_by_organization"
# AccountDefaults writes it.
_NETWORKS_OUTPUT = "network_regions"
_REASON_LENGTH = 20
GUARDDUTY_FEATURES = (
    "EBS_MALWARE_PROTECTION",
    "EKS_AUDIT_LOGS",
    "LAMBDA_NETWORK_LOGS",
    "RDS_LOGIN_EVENTS",
    "RUNTIME_MONITORING",
    "S3_DATA_EVENTS",
)


def is_managed_by_organization(service: str, stack: Stack) -> bool:
    """Return whether an output of the stack gives a reason why it lacks the service."""
    output = stack.outputs.get(_MANAGED_OUTPUT)
    reason = at(at(output, "value"), service)
    return isinstance(reason, str) and len(reason.strip()) >= _REASON_LENGTH


def has_networks(region: Json, stack: Stack) -> bool:
    """Return whether an output of the stack names the region as one with networks of the environment."""
    return isinstance(region, str) and region in as_list(at(stack.outputs.get(_NETWORKS_OUTPUT), "value"))


def in_region_of(block: Block, stack: Stack, *types: str) -> list[Block]:
    """Return the resources of these types in the region of a block."""
    return [each for each in stack.of_type(*types) if region_of(each) == region_of(block)]


def region_of(block: Block) -> tuple[Json, Json]:
    """Return what selects the region of a block: its argument and its provider. None is the default."""
    return block.get("region"), block.get("provider")


def depends_on(block: Block, *others: Block) -> bool:
    """Return whether Terraform makes one of the others before the block."""
    explicit = block.get("depends_on")
    before = {*block.references, *(explicit if isinstance(explicit, list) else ())}
    return any(each.address in before for each in others)
