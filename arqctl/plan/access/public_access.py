"""Reads what the internet or another account can reach: public access blocks, shares and ACLs."""

from collections.abc import Iterator

from arqctl.core.json_access import KNOWN_AFTER_APPLY
from arqctl.plan.access.partial_values import PartialValues
from arqctl.plan.access.permission import ChangeSide, Kind, Permission, Reader
from arqctl.plan.access.policies import EVERYONE

_INTERNET = "0.0.0.0/0"
_BLOCKS = {
    "block_public_acls": "set public ACLs",
    "ignore_public_acls": "use public ACLs",
    "block_public_policy": "set public policies",
    "restrict_public_buckets": "use public policies",
}
# The argument of a block, its values that allow public access, and the allowed actions.
_STATES: dict[str, tuple[str, ...]] = {
    "aws_ebs_snapshot_block_public_access": ("state", "unblocked", "share them publicly"),
    "aws_ec2_image_block_public_access": ("state", "unblocked", "share them publicly"),
    "aws_emr_block_public_access_configuration": (
        "block_public_security_group_rules", "false", "", "let the internet in to clusters",
    ),
    "aws_vpc_block_public_access_options": ("internet_gateway_block_mode", "off", "pass internet gateways"),
}  # fmt: skip
_ACLS = {
    "public-read": (EVERYONE, "read objects"),
    "public-read-write": (EVERYONE, "read and write objects"),
    "aws-exec-read": ("EC2", "read objects"),
    "authenticated-read": ("anyone with an AWS account", "read objects"),
    "log-delivery-write": ("S3 log delivery", "write objects"),
}


def _public_permission(
    side: ChangeSide, who: str, what: str, on: str, *, is_denial: bool = False
) -> Permission:
    return Permission(Kind.PUBLIC_ACCESS, side.scope(on), who, what, on, is_denial=is_denial)


def _launch_template(side: ChangeSide) -> Iterator[Permission]:
    for interface in side.values.blocks("network_interfaces"):
        if interface.text("associate_public_ip_address") in ("true", KNOWN_AFTER_APPLY):
            yield _public_permission(side, EVERYONE, "reach its instances from the internet", side.address)


def _block(side: ChangeSide) -> Iterator[Permission]:
    """Yield a denial for each kind of public access that is blocked."""
    on = side.values.text("bucket") if side.type == "aws_s3_bucket_public_access_block" else "every bucket"
    yield from _blocked(side, side.values, on)


def _access_point(side: ChangeSide) -> Iterator[Permission]:
    if not side.is_created_or_deleted:
        for block in side.values.blocks("public_access_block_configuration"):
            yield from _blocked(side, block, f"access point {side.values.text('name')}")


def _blocked(side: ChangeSide, block: PartialValues, on: str) -> Iterator[Permission]:
    for argument, what in _BLOCKS.items():
        if block.text(argument) == "true":
            yield _public_permission(side, EVERYONE, what, on, is_denial=True)


def _state_block(side: ChangeSide) -> Iterator[Permission]:
    argument, *unblocked, what = _STATES[side.type]
    state = side.values.text(argument)
    if state not in (*unblocked, KNOWN_AFTER_APPLY):
        yield _public_permission(
            side, EVERYONE, f"{what} ({state})", side.type.removeprefix("aws_"), is_denial=True
        )


def _api_server(side: ChangeSide) -> Iterator[Permission]:
    cluster = side.values.text("name") or side.address
    for config in side.values.blocks("vpc_config"):
        if config.text("endpoint_public_access") == "false":
            continue
        for cidr in config.texts("public_access_cidrs") or [_INTERNET]:
            yield Permission(
                Kind.ENDPOINT,
                side.scope(f"API server of {cluster}"),
                cidr,
                "in tcp 443",
                f"API of {cluster}",
            )


def _bucket_acl(side: ChangeSide) -> Iterator[Permission]:
    bucket = "/".join(filter(None, (side.values.text("bucket"), side.values.text("key"))))
    acl = side.values.text("acl")
    if acl in _ACLS:
        yield _public_permission(side, *_ACLS[acl], bucket)
    elif acl == KNOWN_AFTER_APPLY and side.type == "aws_s3_bucket_acl" and not side.is_created:
        yield _public_permission(side, KNOWN_AFTER_APPLY, KNOWN_AFTER_APPLY, bucket)
    if side.is_created and KNOWN_AFTER_APPLY in (
        side.values.text("access_control_policy"),
        side.values.text("grant"),
    ):
        return  # AWS chooses them
    grants = [
        grant for policy in side.values.blocks("access_control_policy") for grant in policy.blocks("grant")
    ]
    for grant in grants:
        for grantee in grant.blocks("grantee"):
            yield _public_permission(
                side, grantee.text("uri") or grantee.text("id"), grant.text("permission"), bucket
            )
    for grant in side.values.blocks("grant"):
        for permission in grant.texts("permissions"):
            yield _public_permission(side, grant.text("uri") or grant.text("id"), permission, bucket)


def _shared_snapshot(side: ChangeSide) -> Iterator[Permission]:
    if side.is_created and side.values.is_unknown("shared_accounts"):
        return
    for account in side.values.texts("shared_accounts"):
        who = EVERYONE if account == "all" else f"account {account}"
        yield _public_permission(side, who, "restore the snapshot", side.address)


def _image(side: ChangeSide) -> Iterator[Permission]:
    image = side.values.text("image_id") or side.values.text("snapshot_id")
    yield _public_permission(side, _account(side.values), "launch or copy it", image)


def _account(values: PartialValues) -> str:
    if values.text("group") == "all":
        return EVERYONE
    named = ("account_id", "organization_arn", "organizational_unit_arn")
    return next((f"account {account}" for each in named if (account := values.text(each))), KNOWN_AFTER_APPLY)


def _function_url(side: ChangeSide) -> Iterator[Permission]:
    if side.values.text("authorization_type") != "AWS_IAM":
        yield _public_permission(
            side, EVERYONE, "call its URL", f"function {side.values.text('function_name')}"
        )


def _share(side: ChangeSide) -> Iterator[Permission]:
    if side.values.text("allow_external_principals") != "false":
        yield _public_permission(side, "other organizations", "be given a share", side.values.text("name"))


def _share_with(side: ChangeSide) -> Iterator[Permission]:
    yield _public_permission(
        side, side.values.text("principal"), "use what is shared", side.values.text("resource_share_arn")
    )


def _endpoint_service(side: ChangeSide) -> Iterator[Permission]:
    if not (side.is_created and side.values.is_unknown("allowed_principals")):
        for principal in side.values.texts("allowed_principals"):
            yield _public_permission(side, principal, "connect to the service", side.address)
    if side.values.text("acceptance_required") == "false":
        yield _public_permission(side, "allowed principals", "connect without being accepted", side.address)


def _endpoint_principal(side: ChangeSide) -> Iterator[Permission]:
    service = side.values.text("vpc_endpoint_service_id")
    yield _public_permission(side, side.values.text("principal_arn"), "connect to the service", service)


READERS: dict[str, Reader] = {
    "aws_s3_bucket_public_access_block": _block,
    "aws_s3_account_public_access_block": _block,
    **dict.fromkeys(_STATES, _state_block),
    "aws_s3_access_point": _access_point,
    "aws_s3_object": _bucket_acl,
    "aws_eks_cluster": _api_server,
    "aws_s3_bucket": _bucket_acl,
    "aws_s3_bucket_acl": _bucket_acl,
    "aws_db_snapshot": _shared_snapshot,
    "aws_db_cluster_snapshot": _shared_snapshot,
    "aws_ami_launch_permission": _image,
    "aws_snapshot_create_volume_permission": _image,
    "aws_launch_template": _launch_template,
    "aws_lambda_function_url": _function_url,
    "aws_ram_resource_share": _share,
    "aws_ram_principal_association": _share_with,
    "aws_vpc_endpoint_service": _endpoint_service,
    "aws_vpc_endpoint_service_allowed_principal": _endpoint_principal,
}
