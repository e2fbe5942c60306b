"""Checks and facts of the Kubernetes API for the offline providers `kubernetes` and `helm`."""

from arqctl.offline.kubernetes.immutable import immutable_facts
from arqctl.offline.kubernetes.namespaces import check_namespace_exists
from arqctl.offline.kubernetes.objects import check_duplicate_object, check_object, forget_replaced

__all__ = [
    "check_duplicate_object",
    "check_namespace_exists",
    "check_object",
    "forget_replaced",
    "immutable_facts",
]
