"""Rights in the Kubernetes API."""

from collections.abc import Iterator

from policies.rule import rule
from policies.stack import Block, Json, Stack, as_list, at, interpolations, is_reference
from policies.verdict import Verdict, all_pass, is_expression, pass_if

_ROLES = ("kubernetes_cluster_role", "kubernetes_role")
_BINDINGS = ("kubernetes_cluster_role_binding", "kubernetes_role_binding")
# Each of them leads to all other rights. https://kubernetes.io/docs/concepts/security/rbac-good-practices/
_DANGEROUS_VERBS = ("*", "approve", "bind", "escalate", "impersonate", "sign")
_TOKENS = "serviceaccounts/token"
_DANGEROUS_RESOURCES = frozenset({"*", "secrets"})
_DANGEROUS_SUBRESOURCES = frozenset(
    {"*", "approval", "attach", "ephemeralcontainers", "exec", "portforward", "proxy", "token"}
)
_READING_VERBS = frozenset({"get", "list", "watch"})
# A change of these runs pods, changes what others send to the API, or changes the limits of pods.
_DANGEROUS_CHANGES = frozenset(
    {
        "apiservices",
        "certificatesigningrequests",
        "clusterrolebindings",
        "clusterroles",
        "cronjobs",
        "customresourcedefinitions",
        "daemonsets",
        "deployments",
        "jobs",
        "mutatingadmissionpolicies",
        "mutatingadmissionpolicybindings",
        "mutatingwebhookconfigurations",
        "namespaces",
        "nodes",
        "persistentvolumes",
        "pods",
        "podtemplates",
        "replicasets",
        "replicationcontrollers",
        "rolebindings",
        "roles",
        "serviceaccounts",
        "statefulsets",
        "validatingwebhookconfigurations",
    }
)
_HARMLESS_CHANGES = frozenset({"configmaps", "events", "leases"})
_DANGEROUS_ROLES = frozenset({"admin", "cluster-admin", "edit"})
# Kubernetes' own users and groups, such as everybody. A binding names a service account by kind.
_SYSTEM = "system:"


@rule(
    id="CKV_ARQ_39",
    severity="CRITICAL",
    on=tuple(f"{name}{version}" for name in (*_ROLES, *_BINDINGS) for version in ("_v1", "")),
    why="A pod with these rights can read all secrets, or give itself every other right.",
    link="https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
)
def cluster_rights_limited(rights: Block, _: Stack) -> Verdict:
    """Roles must not amount to cluster-admin: list verbs and resources, and bind roles of this stack."""
    if rights.type.removesuffix("_v1") in _ROLES:
        return all_pass(_rule_verdicts(rights))
    subjects = as_list(rights.get("subject"))
    return all_pass((_role_verdict(rights.get("role_ref.name")), *map(_subject_verdict, subjects)))


def _rule_verdicts(role: Block) -> Iterator[Verdict]:
    rules = as_list(role.get("rule"))
    yield pass_if(bool(rules))
    # Such a role has the rules of others.
    yield Verdict.UNKNOWN if role.get("aggregation_rule") else Verdict.PASS
    for each in rules:
        verbs, resources = _literals(at(each, "verbs")), _literals(at(each, "resources"))
        if verbs is None or resources is None:
            yield Verdict.UNKNOWN
            continue
        # Constrained impersonation has verbs such as `impersonate:user-info`.
        yield pass_if(not any(verb.partition(":")[0] in _DANGEROUS_VERBS for verb in verbs))
        # Tokens of named service accounts in one namespace give only the rights of these.
        allows_tokens = role.type.startswith("kubernetes_role") and _are_named(each)
        for resource in resources:
            if not (resource == _TOKENS and allows_tokens):
                yield _resource_verdict(resource, changes=not _READING_VERBS.issuperset(verbs))


def _literals(values: Json) -> list[str] | None:
    """Return the strings of a list, or None if it is empty or some are not literal."""
    found = [each for each in as_list(values) if isinstance(each, str) and not is_expression(each)]
    return found if found and len(found) == len(as_list(values)) else None


def _are_named(role_rule: Json) -> bool:
    return _literals(at(role_rule, "resource_names")) is not None


def _resource_verdict(resource: str, *, changes: bool) -> Verdict:
    name, _, subresource = resource.partition("/")
    if name in _DANGEROUS_RESOURCES or subresource in _DANGEROUS_SUBRESOURCES:
        return Verdict.FAIL
    if not changes or name in _HARMLESS_CHANGES:
        return Verdict.PASS
    return Verdict.FAIL if name in _DANGEROUS_CHANGES else Verdict.UNKNOWN


def _role_verdict(name: Json) -> Verdict:
    if isinstance(name, str) and name in _DANGEROUS_ROLES:
        return Verdict.FAIL
    expressions = interpolations(name) if isinstance(name, str) else []
    is_of_stack = len(expressions) == 1 and is_reference(expressions[0]) and name == f"${{{expressions[0]}}}"
    return Verdict.PASS if is_of_stack or name == "view" else Verdict.UNKNOWN


def _subject_verdict(subject: Json) -> Verdict:
    kind, name = at(subject, "kind"), at(subject, "name")
    if kind == "ServiceAccount":
        # Pods without an account of their own have the default one.
        return pass_if(isinstance(name, str) and name not in ("", "default"))
    if is_expression(kind) or is_expression(name):
        return Verdict.UNKNOWN
    return pass_if(isinstance(name, str) and bool(name) and not name.startswith(_SYSTEM))
