"""Makes everything ready for Terraform to run offline: schemas, facts, mirror."""

from arqctl.offline.home import Home
from arqctl.offline.mirror import write_mirror
from arqctl.offline.target import simulated_providers


def make_ready(home: Home) -> None:
    """Build what is not built yet, with a progress bar where somebody watches, and write the mirror.

    Raises:
        InputError: when a folder can't be written to.
    """
    write_mirror(home, simulated_providers())
