"""Rights in the Kubernetes API."""

from collections.abc import Iterator

from policies.rule import rule
from policies.stack import Block, Json, Stack, as_list, at, interpolations, is_reference
from policies.verdict import Verdict, all_pass, is_expression, pass_if

_ROLES = ("kubernetes_cluster_role", "kubernetes_role")
_BINDINGS = ("kubernetes_cluster_role_binding", "kubernetes_role_binding")
# Each of them leads to all other rights. https://kubernetes.io/docs/concepts/security/rbac-good-practices/
_DANGEROUS_VERBS = frozenset({"*", "bind", "escalate", "impersonate"})
_TOKENS = "serviceaccounts/token"
_DANGEROUS_RESOURCES = frozenset({"*", "nodes/proxy", "pods/attach", "pods/exec", "secrets", _TOKENS})
_DANGEROUS_ROLES = frozenset({"admin", "cluster-admin", "edit"})
# Everybody, or members whom no role can limit.
_SYSTEM_GROUPS = (
    "system:authenticated",
    "system:masters",
    "system:serviceaccounts",
    "system:unauthenticated",
)


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
        yield _has_none_of(at(each, "verbs"), _DANGEROUS_VERBS)
        # Tokens of named service accounts in one namespace give only the rights of these.
        allowed = {_TOKENS} if role.type.startswith("kubernetes_role") and _are_named(each) else set()
        yield _has_none_of(at(each, "resources"), _DANGEROUS_RESOURCES - allowed)


def _are_named(role_rule: Json) -> bool:
    names = as_list(at(role_rule, "resource_names"))
    return bool(names) and all(isinstance(each, str) and not is_expression(each) for each in names)


def _has_none_of(values: Json, dangerous: frozenset[str]) -> Verdict:
    found = as_list(values)
    if not found or any(is_expression(each) or not isinstance(each, str) for each in found):
        return Verdict.UNKNOWN
    return pass_if(dangerous.isdisjoint(str(each) for each in found))


def _role_verdict(name: Json) -> Verdict:
    if isinstance(name, str) and name in _DANGEROUS_ROLES:
        return Verdict.FAIL
    expressions = interpolations(name) if isinstance(name, str) else []
    is_of_stack = len(expressions) == 1 and is_reference(expressions[0]) and name == f"${{{expressions[0]}}}"
    return Verdict.PASS if is_of_stack or name == "view" else Verdict.UNKNOWN


def _subject_verdict(subject: Json) -> Verdict:
    name = at(subject, "name")
    return pass_if(isinstance(name, str) and not name.startswith(_SYSTEM_GROUPS))
