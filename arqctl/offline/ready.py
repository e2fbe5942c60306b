"""Makes everything ready for Terraform to run offline: schemas, facts, mirror."""

from arqctl.offline.extra import offline_extra
from arqctl.offline.home import Home
from arqctl.offline.mirror import write_mirror
from arqctl.offline.target import simulated_providers


def make_ready(home: Home) -> None:
    """Build what is not built yet, with a progress bar where somebody watches, and write the mirror.

    Raises:
        InputError: when the extra is missing, bindings can't be read, or a folder can't be written to.
    """
    with offline_extra():
        from arqctl.offline.published.library import PublishedFacts  # noqa: PLC0415
        from arqctl.offline.schema.progress import progress_bar  # noqa: PLC0415
        from arqctl.offline.schema.schemas import Schemas  # noqa: PLC0415
    with progress_bar() as watch:
        Schemas.all(watch)
    PublishedFacts.load()
    write_mirror(home, simulated_providers())
