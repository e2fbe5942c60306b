"""Arguments that protect a resource from its deletion."""

from collections.abc import Mapping

from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Value

# Arguments that make AWS refuse to delete a resource.
_DELETION_PROTECTION = ("deletion_protection", "enable_deletion_protection", "deletion_protection_enabled")


def protection_warnings(prior: Mapping[str, Value]) -> tuple[Diagnostic, ...]:
    """Return a warning for each argument that would make AWS refuse the deletion."""
    return tuple(
        Diagnostic(
            "AWS would refuse this deletion",
            f"{name} is true. Offline AWS deletes the resource anyway; on AWS, deploy {name} = false first.",
            (name,),
            is_warning=True,
        )
        for name in _DELETION_PROTECTION
        if prior.get(name) is True
    )
