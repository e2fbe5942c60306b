"""Finds who may connect to a pod, from the network policies of a stack."""

from collections.abc import Iterable, Mapping
from typing import Any

Object = dict[str, Any]

_NAMESPACE = "kubernetes.io/metadata.name"


def sources_of(
    objects: Iterable[Object], *, namespace: str, labels: Mapping[str, str], port: int
) -> set[str]:
    """Return the peers that the policies let connect to a TCP port of a pod, such as shop/app=api.

    Fails if no policy denies all other connections.
    """
    policies = [
        each["spec"]
        for each in objects
        if each["kind"] == "NetworkPolicy"
        and each["metadata"]["namespace"] == namespace
        and _selects(each["spec"].get("podSelector", {}), labels)
        and "Ingress" in each["spec"]["policyTypes"]
    ]
    assert policies, f"no policy limits connections to {namespace} {labels}"
    return {
        _name(peer)
        for policy in policies
        for rule in policy.get("ingress", ())
        if any(_opens(each, port) for each in rule["ports"])
        for peer in rule["from"]
    }


def _selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    wanted: Mapping[str, str] = selector.get("matchLabels", {})
    return wanted.items() <= labels.items()


def _opens(rule: Mapping[str, Any], port: int) -> bool:
    first = int(rule["port"])
    return bool(rule["protocol"] == "TCP") and first <= port <= int(rule.get("endPort", first))


def _name(peer: Mapping[str, Any]) -> str:
    if "ipBlock" in peer:
        return str(peer["ipBlock"]["cidr"])
    labels = peer.get("podSelector", {}).get("matchLabels", {})
    pods = ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
    return f"{peer['namespaceSelector']['matchLabels'][_NAMESPACE]}/{pods}"
