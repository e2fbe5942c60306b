"""The program that Terraform starts as a provider: `python -m arqctl.offline.serve hashicorp/aws`."""

import os
import signal
import sys
from pathlib import Path

from arqctl.core.errors import InputError
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.aws_facts.published_facts import PublishedFacts
from arqctl.offline.home import VARIABLE
from arqctl.offline.protocol.serve import serve
from arqctl.offline.schema.schemas import Schemas
from arqctl.offline.standin import StandIn


def main() -> int:
    """Serve the provider that is named until Terraform ends it. Returns the exit code."""
    try:
        return serve(lambda: _stand_in(sys.argv[1]))
    except InputError as error:
        sys.stderr.write(f"offline AWS: {error}\n")
        return 2


def _stand_in(name: str) -> StandIn:
    home = os.environ.get(VARIABLE)
    store = ResourceStore(Path(home) / "account.sqlite" if home else None)
    facts = PublishedFacts.load()
    schemas = Schemas.of(f"registry.terraform.io/{name}").with_secrets(facts.secrets())
    return StandIn(schemas, facts, store)


if __name__ == "__main__":
    # Ctrl-C reaches every process of the terminal's, and is Terraform's to handle, from the first moment on.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    status = main()
    sys.stderr.flush()
    # Threads of gRPC's would be waited for.
    os._exit(status)
