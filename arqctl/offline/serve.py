"""The program that Terraform starts as a provider: `python -m arqctl.offline.serve hashicorp/aws`."""

import json
import os
import signal
import sys
from pathlib import Path

from arqctl.core.errors import InputError
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.aws_facts.published_facts import PublishedFacts
from arqctl.offline.paths import FOLDER_VARIABLE, OfflinePaths
from arqctl.offline.protocol.serve import serve
from arqctl.offline.provider import OfflineProvider
from arqctl.offline.schema.schemas import Schemas


def main() -> int:
    """Serve the provider named in the arguments until Terraform ends it, and return the exit code."""
    try:
        return serve(lambda: _offline_provider(sys.argv[1]))
    except InputError as error:
        sys.stderr.write(f"offline AWS: {error}\n")
        return 2


def _offline_provider(name: str) -> OfflineProvider:
    folder = os.environ.get(FOLDER_VARIABLE)
    store = _open_store(OfflinePaths(Path(folder))) if folder else ResourceStore()
    facts = PublishedFacts.load()
    schemas = Schemas.of(f"registry.terraform.io/{name}").with_secrets(facts.secrets())
    return OfflineProvider(schemas, facts, store)


def _open_store(paths: OfflinePaths) -> ResourceStore:
    file = paths.existing_roles
    existing_roles = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None
    return ResourceStore(paths.account, existing_roles=existing_roles)


if __name__ == "__main__":
    # Ctrl-C reaches every process of the terminal. Only Terraform handles it, from the first moment on.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    status = main()
    sys.stderr.flush()
    # A normal exit would wait for gRPC's threads.
    os._exit(status)
