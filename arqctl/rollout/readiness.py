"""Explains from the status of a Kubernetes object why it does not work yet."""

from collections.abc import Iterator, Sequence
from typing import Final

from arqctl.core.json_access import Body, as_list, as_object, as_text

GATEWAY_LABEL: Final = "gateway.networking.k8s.io/gateway-name"
"""Gateway controllers put it on what they create for a gateway."""

# The other kinds have the condition Ready.
_OF_A_GATEWAY: Final = ("Accepted", "Programmed")
_OF_A_PARENT: Final = ("Accepted", "ResolvedRefs")
_OF_AN_ANCESTOR: Final = ("Accepted",)


def explain(kind: str, found: Body) -> str:
    """Return why an object is not ready, with the messages of its conditions, or "" if it is ready.

    Routes and policies report a status for each gateway that they belong to.
    https://gateway-api.sigs.k8s.io/reference/spec/#routeparentstatus
    https://gateway-api.sigs.k8s.io/reference/spec/#policystatus
    """
    status, generation = (
        as_object(found.get("status")),
        _number(as_object(found.get("metadata")), "generation"),
    )
    if kind == "Gateway":
        listeners = [as_object(each) for each in as_list(status.get("listeners"))]
        reasons = _join(_missing(each, _OF_A_GATEWAY, generation) for each in (status, *listeners))
        return reasons or ("" if listeners else "no listener is observed yet")
    if kind == "HTTPRoute":
        return _explain_owners(status, "parents", _OF_A_PARENT, generation)
    if kind.endswith("Policy"):
        return _explain_owners(status, "ancestors", _OF_AN_ANCESTOR, generation)
    if kind == "TargetGroupBinding":
        # Its controller raises the number after each success, and has no condition for it.
        is_current = _number(status, "observedGeneration") >= generation
        return "" if is_current else "the controller has not registered its targets yet"
    return _join([_missing(status, ("Ready",), generation)])


def explain_deployment(found: Body) -> str:
    """Return why a Deployment is not rolled out, or "" if it is.

    https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#complete-deployment
    """
    status, wanted = as_object(found.get("status")), _number(as_object(found.get("spec")), "replicas")
    if _number(status, "observedGeneration") < _number(as_object(found.get("metadata")), "generation"):
        return "the change is not observed yet"
    updated, available = _number(status, "updatedReplicas"), _number(status, "availableReplicas")
    if updated == available == _number(status, "replicas") >= wanted:
        return ""
    counts = f"{updated} of {wanted} pods are updated, {available} are available"
    unmet = [_message(each) for each in _conditions(status) if each.get("status") != "True"]
    return "; ".join([counts, *filter(None, unmet)])


def _explain_owners(status: Body, member: str, types: Sequence[str], generation: int) -> str:
    owners = [as_object(each) for each in as_list(status.get(member))]
    if not owners:
        return "no controller has observed it yet"
    return _join(_missing(each, types, generation) for each in owners)


def _missing(status: Body, types: Sequence[str], generation: int) -> Iterator[str]:
    """Yield why conditions of these types are not true for this generation."""
    conditions = {as_text(each.get("type")): each for each in _conditions(status)}
    for type_ in types:
        condition = conditions.get(type_)
        if condition is None:
            yield f"{type_} is not reported yet"
        elif condition.get("status") != "True":
            yield _message(condition)
        elif "observedGeneration" in condition and _number(condition, "observedGeneration") < generation:
            yield f"{type_} is of an earlier version"


def _message(condition: Body) -> str:
    state = f"{as_text(condition.get('type'))}={as_text(condition.get('status'))}"
    return f"{state} {as_text(condition.get('reason'))}: {as_text(condition.get('message'))}"


def _conditions(status: Body) -> list[Body]:
    return [as_object(each) for each in as_list(status.get("conditions"))]


def _join(reasons: "Sequence[Iterator[str]] | Iterator[Iterator[str]]") -> str:
    return "; ".join(dict.fromkeys(each for some in reasons for each in some))


def _number(body: Body, name: str) -> int:
    value = body.get(name)
    return value if isinstance(value, int) else 0
