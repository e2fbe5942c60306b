"""What grants access in a language of its own: it is told that it changes, and not what."""

from collections.abc import Iterator

from arqctl.plan.access.permission import Kind, Permission, Reader, Side

# The arguments that say what is granted.
_SAID: dict[str, tuple[str, ...]] = {
    "aws_lakeformation_permissions": ("principal", "permissions", "permissions_with_grant_option"),
    "aws_opensearchserverless_access_policy": ("policy",),
    "aws_opensearchserverless_security_policy": ("policy",),
    "aws_redshift_data_share_authorization": ("consumer_identifier",),
    "aws_redshift_endpoint_authorization": ("account", "vpc_ids"),
    "aws_rolesanywhere_trust_anchor": ("source", "enabled"),
    "aws_ssm_document": ("permissions",),
    "aws_ssoadmin_customer_managed_policy_attachment": (
        "permission_set_arn", "customer_managed_policy_reference",
    ),
    "aws_verifiedpermissions_policy": ("definition",),
}  # fmt: skip


def _read(side: Side) -> Iterator[Permission]:
    """One permission for each way of saying it, which covers itself and nothing else."""
    said = "; ".join(side.values.text(argument) for argument in _SAID[side.type])
    if said.strip("; "):
        yield Permission(Kind.GRANT, f"{side.address} {said}", "whom it names", "what it says", side.address)


READERS: dict[str, Reader] = dict.fromkeys(_SAID, _read)
