"""The filesystem mirror from which Terraform installs the offline provider, and the matching lock file.

https://developer.hashicorp.com/terraform/cli/config/config-file#provider-installation
"""

import base64
import hashlib
import platform
import shlex
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from arqctl.core.atomic_files import EXECUTABLE, write
from arqctl.core.terraform_cli import BINARY, terraform_name
from arqctl.offline.paths import FOLDER_VARIABLE, OfflinePaths

_ARCHITECTURES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
# Default registry hosts of Terraform and OpenTofu.
_HOSTS = ("registry.terraform.io", "registry.opentofu.org")


@dataclass(frozen=True)
class MirroredProvider:
    """A simulated provider: its `NAMESPACE/NAME` at the registry, and its version."""

    name: str
    version: str

    @property
    def executable(self) -> str:
        """The file name that Terraform expects for the provider's program."""
        return f"terraform-provider-{self.name.rpartition('/')[2]}_v{self.version}"


def write_mirror(paths: OfflinePaths, providers: Iterable[MirroredProvider]) -> None:
    """Write the mirror, and a CLI configuration that makes Terraform install providers only from it."""
    for provider in providers:
        for host in _HOSTS:
            folder = paths.mirror / host / provider.name / provider.version / _platform()
            write(folder / provider.executable, _launcher(provider), mode=EXECUTABLE)
    path = str(paths.mirror).replace("\\", "\\\\").replace('"', '\\"')
    configuration = f'provider_installation {{\n  filesystem_mirror {{\n    path = "{path}"\n  }}\n}}\n'
    write(paths.cli_configuration, f"disable_checkpoint = true\n{configuration}")


def offline_environment(paths: OfflinePaths) -> dict[str, str]:
    """Return the environment variables that make Terraform use the mirror and ask no questions."""
    return {
        BINARY: terraform_name(),
        "TF_CLI_CONFIG_FILE": str(paths.cli_configuration),
        "TF_IN_AUTOMATION": "1",
        "CHECKPOINT_DISABLE": "1",
        FOLDER_VARIABLE: str(paths.folder),
    }


def lock_file(providers: Iterable[MirroredProvider], *, host: str) -> str:
    """Return the `.terraform.lock.hcl` for the mirror. Without one, `cdktf` asks a registry."""
    return "\n".join(
        f'provider "{host}/{each.name}" {{\n'
        f'  version     = "{each.version}"\n'
        f'  constraints = "{each.version}"\n'
        f'  hashes = [\n    "{_package_hash(each)}",\n  ]\n}}\n'
        for each in sorted(providers, key=lambda each: each.name)
    )


def host_of(terraform: str) -> str:
    """Return the default registry host of a Terraform or OpenTofu program, given its name or path."""
    return _HOSTS[1] if Path(terraform).name.startswith("tofu") else _HOSTS[0]


def _launcher(provider: MirroredProvider) -> str:
    """Return a shell script that starts the provider. A `#!` line can't hold a path with spaces."""
    python = shlex.quote(sys.executable)
    return f"#!/bin/sh\nexec {python} -Es -m arqctl.offline.serve {shlex.quote(provider.name)}\n"


def _package_hash(provider: MirroredProvider) -> str:
    """Return Terraform's `h1:` hash of the package: the SHA-256 of the list of its files' hashes."""
    content = hashlib.sha256(_launcher(provider).encode()).hexdigest()
    listing = f"{content}  {provider.executable}\n"
    return f"h1:{base64.b64encode(hashlib.sha256(listing.encode()).digest()).decode()}"


def _platform() -> str:
    """Return Terraform's name of this machine's platform, such as `linux_amd64`."""
    machine = platform.machine().lower()
    return f"{platform.system().lower()}_{_ARCHITECTURES.get(machine, machine)}"
