"""The warning that every plan of an offline provider shows."""

from arqctl.offline.diagnostic import Diagnostic

SIMULATED = Diagnostic(
    "Simulated by offline AWS",
    "The offline provider replaces the real one: nothing that is planned or applied here is real.",
    path=("region",),  # Terraform merges warnings of several provider blocks only if they have a path
    is_warning=True,
)
