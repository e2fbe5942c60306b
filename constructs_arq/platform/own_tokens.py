"""Tokens that a controller requests for its own service account."""

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_kubernetes.role_binding_v1 import (
    RoleBindingV1,
    RoleBindingV1Metadata,
    RoleBindingV1RoleRef,
    RoleBindingV1Subject,
)
from cdktf_cdktf_provider_kubernetes.role_v1 import RoleV1, RoleV1Metadata, RoleV1Rule
from constructs import Construct


def allow_own_tokens(
    scope: Construct, id: str, *, service_account: str, namespace: str
) -> ITerraformDependable:
    """Let the pods of a service account request tokens for it, and for no other service account.

    A token for another one would give the pods its rights in Kubernetes and AWS.
    https://kubernetes.io/docs/concepts/security/rbac-good-practices/#token-request
    """
    permission = Construct(scope, id)
    name = f"{service_account}-tokens"
    role = RoleV1(
        permission,
        "role",
        metadata=RoleV1Metadata(name=name, namespace=namespace),
        rule=[
            RoleV1Rule(
                api_groups=[""],
                resources=["serviceaccounts/token"],
                resource_names=[service_account],
                verbs=["create"],
            )
        ],
    )
    return RoleBindingV1(
        permission,
        "Default",
        metadata=RoleBindingV1Metadata(name=name, namespace=namespace),
        role_ref=RoleBindingV1RoleRef(
            api_group="rbac.authorization.k8s.io", kind="Role", name=role.metadata.name
        ),
        subject=[RoleBindingV1Subject(kind="ServiceAccount", name=service_account, namespace=namespace)],
    )
