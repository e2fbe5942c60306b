"""Makes everything ready for Terraform to run offline: schemas, facts, mirror."""

from arqctl.offline.extra import offline_extra
from arqctl.offline.home import Home
from arqctl.offline.mirror import write_mirror
from arqctl.offline.target import simulated_providers


def make_ready(home: Home) -> None:
    """Build what the stand-in needs to know and doesn't yet, and write the mirror.

    Raises:
        InputError: when the extra is missing, bindings can't be read, or a folder can't be written to.
    """
    with offline_extra():
        from arqctl.offline.knowledge import knowledge  # noqa: PLC0415
    knowledge()
    write_mirror(home, simulated_providers())
