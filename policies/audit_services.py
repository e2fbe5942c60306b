"""The services that record and check an account, as rules read them from its stack."""

from policies.environment import stack_name
from policies.stack import Block, Json, Stack, as_list, at

# The library's account stack writes it: AuditConfig.managed_by_organization.
_MANAGED_OUTPUT = "audit_managed_by_organization"
# AccountDefaults writes it.
_NETWORKS_OUTPUT = "network_regions"
_REASON_LENGTH = 20
# Only an account stack has these.
_OF_ACCOUNT = (
    "aws_ebs_encryption_by_default",
    "aws_iam_account_password_policy",
    "aws_s3_account_public_access_block",
)
_NAME_END = "-account"
GUARDDUTY_FEATURES = (
    "EBS_MALWARE_PROTECTION",
    "EKS_AUDIT_LOGS",
    "LAMBDA_NETWORK_LOGS",
    "RDS_LOGIN_EVENTS",
    "RUNTIME_MONITORING",
    "S3_DATA_EVENTS",
)


def is_of_account(stack: Stack) -> bool:
    """Return whether a stack is that of an account, also without what it must have.

    Its name ends with `-account`, which is in the key of its state and in the paths of constructs, or it has
    settings of an account.
    """
    blocks = stack.blocks.values()
    states = [str(each.get(name)) for each in blocks if each.kind == "backend" for name in ("key", "path")]
    return (
        any(each.endswith(f"{_NAME_END}.tfstate") for each in states)
        or any(stack_name(each).endswith(_NAME_END) for each in blocks)
        or bool(stack.of_type(*_OF_ACCOUNT))
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


def in_provider(provider: Block, stack: Stack, *types: str) -> list[Block]:
    """Return the resources of these types that a provider makes in its region."""
    alias = provider.get("alias")
    names = (None, "aws") if alias is None else (f"aws.{alias}",)
    return [
        each for each in stack.of_type(*types) if each.get("provider") in names and each.get("region") is None
    ]


def accounts_of(block: Block, stack: Stack) -> list[Json]:
    """Return the accounts that the provider of a block allows."""
    name = str(block.get("provider") or "aws")
    provider = stack.blocks.get(f"provider.{name}")
    return [] if provider is None else as_list(provider.get("allowed_account_ids"))


def region_of(block: Block) -> tuple[Json, Json]:
    """Return what selects the region of a block: its argument and its provider. None is the default."""
    return block.get("region"), block.get("provider")


def depends_on(block: Block, *others: Block) -> bool:
    """Return whether Terraform makes one of the others before the block."""
    explicit = block.get("depends_on")
    before = {*block.references, *(explicit if isinstance(explicit, list) else ())}
    return any(each.address in before for each in others)
