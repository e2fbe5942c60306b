"""Reads permissions of IAM identities: policies, attachments, groups, boundaries, credentials."""

from collections.abc import Iterator

from arqctl.core.json_access import KNOWN_AFTER_APPLY
from arqctl.plan.access.names import NameLookup
from arqctl.plan.access.permission import ChangeSide, Kind, Permission, Reader
from arqctl.plan.access.policies import permissions

_ANYTHING = "*"


def _inline(holder: str) -> Reader:
    def read(side: ChangeSide) -> Iterator[Permission]:
        yield from _document_permissions(side, _identity(side, holder), side.values.text("policy"))

    return read


def _managed(side: ChangeSide) -> Iterator[Permission]:
    """Read a managed policy. The plan has all holders of a policy that it creates or deletes."""
    arn = side.values.text("arn")
    name = own_name(side)
    holders = side.names.holders(arn, side.is_after) if side.is_created_or_deleted else []
    for who in holders or [f"holders of {name}"]:
        yield from _document_permissions(side, who, side.values.text("policy"))


def _attachment(side: ChangeSide) -> Iterator[Permission]:
    who = _identity(side, NameLookup.holder_arguments[side.type])
    yield from _attached_policy(side, who, side.values.text("policy_arn"))


def _attachment_to_many(side: ChangeSide) -> Iterator[Permission]:
    for argument, holder in (("roles", "role"), ("users", "user"), ("groups", "group")):
        for name in side.values.texts(argument):
            yield from _attached_policy(side, f"{holder} {name}", side.values.text("policy_arn"))


def _identity_itself(side: ChangeSide) -> Iterator[Permission]:
    """Read the inline and managed policies of a role, user or group, and its permissions boundary."""
    holder = side.type.removeprefix("aws_iam_")
    who = f"{holder} {own_name(side)}"
    if not (side.is_created and side.values.is_unknown("inline_policy")):
        for policy in side.values.blocks("inline_policy"):
            yield from _document_permissions(side, who, policy.text("policy"))
    if not (side.is_created and side.values.is_unknown("managed_policy_arns")):  # then AWS chooses it
        for arn in side.values.texts("managed_policy_arns"):
            yield from _attached_policy(side, who, arn)
    if boundary := side.values.text("permissions_boundary"):
        what = f"all that {boundary} leaves out"
        yield Permission(Kind.POLICY, side.scope(who), who, what, _ANYTHING, is_denial=True)


def own_name(side: ChangeSide) -> str:
    """Return a resource's name, or its address if AWS generates the name."""
    name = side.values.text("name")
    return side.address if name in ("", KNOWN_AFTER_APPLY) else name


def _attached_policy(side: ChangeSide, who: str, arn: str) -> Iterator[Permission]:
    """Read an attached policy by its statements if the plan has it, so that both give equal rows."""
    document = side.names.policy(arn, side.is_after)
    if document:
        yield from _document_permissions(side, who, document)
    elif arn:
        what = arn if arn == KNOWN_AFTER_APPLY else f"policy {arn}"
        yield Permission(Kind.POLICY, side.scope(who), who, what, _ANYTHING)


def _document_permissions(side: ChangeSide, who: str, document: str) -> Iterator[Permission]:
    yield from permissions(side, document, Kind.POLICY, who, who=who, on=_ANYTHING)


def _identity(side: ChangeSide, holder: str) -> str:
    return f"{holder} {side.values.text(holder)}"


def _members(side: ChangeSide) -> Iterator[Permission]:
    for user in side.values.texts("users"):
        yield _member(side, user, side.values.text("group"))


def _memberships(side: ChangeSide) -> Iterator[Permission]:
    for group in side.values.texts("groups"):
        yield _member(side, side.values.text("user"), group)


def _member(side: ChangeSide, user: str, group: str) -> Permission:
    who = f"user {user}"
    return Permission(Kind.POLICY, side.scope(who), who, f"all that group {group} may", _ANYTHING)


def _exclusive(argument: str) -> Reader:
    """Read the exclusive list of managed policies, which detaches all others."""

    def read(side: ChangeSide) -> Iterator[Permission]:
        who = f"{argument.removesuffix('_name')} {side.values.text(argument)}"
        for arn in side.values.texts("policy_arns"):
            yield from _attached_policy(side, who, arn)

    return read


def _service_control_policy(side: ChangeSide) -> Iterator[Permission]:
    """Read a service control policy, which limits as a boundary does."""
    who, policy = f"account {side.values.text('target_id')}", side.values.text("policy_id")
    what = f"all that {policy} leaves out"
    yield Permission(Kind.POLICY, side.scope(who), who, what, _ANYTHING, is_denial=True)


def _sign_in(what: str, argument: str = "user") -> Reader:
    def read(side: ChangeSide) -> Iterator[Permission]:
        who = f"user {side.values.text(argument)}"
        if side.values.text("status") != "Inactive":
            yield Permission(Kind.POLICY, side.scope(f"{who} {side.address}"), who, what, "the account")

    return read


def _permission_set(side: ChangeSide) -> Iterator[Permission]:
    who = f"permission set {side.values.text('permission_set_arn')}"
    yield from _document_permissions(side, who, side.values.text("inline_policy"))
    yield from _attached_policy(side, who, side.values.text("managed_policy_arn"))


def _assignment(side: ChangeSide) -> Iterator[Permission]:
    values = side.values
    who = f"{values.text('principal_type').lower()} {values.text('principal_id')}"
    what = f"permission set {values.text('permission_set_arn')}"
    yield Permission(Kind.POLICY, side.scope(who), who, what, f"account {values.text('target_id')}")


READERS: dict[str, Reader] = {
    "aws_iam_role_policy": _inline("role"),
    "aws_iam_user_policy": _inline("user"),
    "aws_iam_group_policy": _inline("group"),
    "aws_iam_policy": _managed,
    "aws_iam_policy_attachment": _attachment_to_many,
    **dict.fromkeys(NameLookup.holder_arguments, _attachment),
    "aws_iam_user": _identity_itself,
    "aws_iam_group_membership": _members,
    "aws_iam_user_group_membership": _memberships,
    "aws_iam_access_key": _sign_in("sign in with an access key"),
    "aws_iam_role_policy_attachments_exclusive": _exclusive("role_name"),
    "aws_iam_user_policy_attachments_exclusive": _exclusive("user_name"),
    "aws_iam_group_policy_attachments_exclusive": _exclusive("group_name"),
    "aws_iam_service_specific_credential": _sign_in("sign in to a service with a password", "user_name"),
    "aws_iam_signing_certificate": _sign_in("sign in with a certificate", "user_name"),
    "aws_iam_user_ssh_key": _sign_in("sign in with an SSH key", "username"),
    "aws_organizations_policy_attachment": _service_control_policy,
    "aws_iam_user_login_profile": _sign_in("sign in with a password"),
    "aws_ssoadmin_permission_set_inline_policy": _permission_set,
    "aws_ssoadmin_managed_policy_attachment": _permission_set,
    "aws_ssoadmin_account_assignment": _assignment,
}


def identity(side: ChangeSide) -> Iterator[Permission]:
    """Read the inline and managed policies of a role."""
    return _identity_itself(side)
