"""Reads trust: roles' trust policies, identity providers, pods and their roles."""

from collections.abc import Iterator

from arqctl.plan.access.iam import identity, own_name
from arqctl.plan.access.permission import ChangeSide, Kind, Permission, Reader
from arqctl.plan.access.policies import permissions


def _role(side: ChangeSide) -> Iterator[Permission]:
    """Read who may assume a role, and the role's own policies."""
    name = f"role {own_name(side)}"
    document = side.values.text("assume_role_policy")
    yield from permissions(side, document, Kind.TRUST, f"trust of {name}", who="", on=name)
    yield from identity(side)


def _oidc(side: ChangeSide) -> Iterator[Permission]:
    url = side.values.text("url")
    for audience in side.values.texts("client_id_list"):
        yield Permission(Kind.TRUST, side.scope(url), url, "authenticate identities", f"audience {audience}")


def _saml(side: ChangeSide) -> Iterator[Permission]:
    name = side.values.text("name")
    yield Permission(
        Kind.TRUST, side.scope(name), f"SAML provider {name}", "authenticate identities", "the account"
    )


def _pod(side: ChangeSide) -> Iterator[Permission]:
    values = side.values
    who = f"pods of {values.text('namespace')}/{values.text('service_account')}"
    role, cluster = values.text("role_arn"), values.text("cluster_name")
    yield Permission(
        Kind.TRUST, side.scope(f"{who} {cluster}"), who, "assume the role", f"{role} in {cluster}"
    )


def _service_linked_role(side: ChangeSide) -> Iterator[Permission]:
    service = side.values.text("aws_service_name")
    yield Permission(Kind.TRUST, side.scope(service), service, "assume the role", side.address)


READERS: dict[str, Reader] = {
    "aws_iam_role": _role,
    "aws_iam_service_linked_role": _service_linked_role,
    "aws_iam_openid_connect_provider": _oidc,
    "aws_iam_saml_provider": _saml,
    "aws_eks_pod_identity_association": _pod,
}
