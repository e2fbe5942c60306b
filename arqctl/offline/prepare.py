"""Prepares a project for offline runs of Terraform: schemas, published facts and provider mirror."""

import json

from arqctl.core.atomic_files import write
from arqctl.core.offline_settings import OfflineSettings
from arqctl.offline.extra import require_extra
from arqctl.offline.mirror import write_mirror
from arqctl.offline.paths import OfflinePaths
from arqctl.offline.target import simulated_providers


def prepare_offline(paths: OfflinePaths, settings: OfflineSettings) -> None:
    """Build the provider data that is not in the cache, and write the mirror and the existing roles.

    Raises:
        InputError: when the extra is missing, bindings can't be read, or a folder can't be written.
    """
    with require_extra():
        from arqctl.offline.provider_data import load_provider_data  # noqa: PLC0415
    load_provider_data()
    write_mirror(paths, simulated_providers())
    if settings.existing_roles is None:
        paths.existing_roles.unlink(missing_ok=True)
    else:
        write(paths.existing_roles, json.dumps(settings.existing_roles))
