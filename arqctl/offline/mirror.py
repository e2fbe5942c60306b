"""The filesystem mirror that Terraform installs the stand-in from, and the lock file that goes with it.

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
from arqctl.offline.home import Home

_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
# OpenTofu asks its own registry for what Terraform asks Terraform's.
_HOSTS = ("registry.terraform.io", "registry.opentofu.org")


@dataclass(frozen=True)
class Provider:
    """A provider that is stood in for: `NAMESPACE/NAME` at its registry, and its version there."""

    name: str
    version: str

    @property
    def executable(self) -> str:
        """What Terraform expects the provider's program to be called."""
        return f"terraform-provider-{self.name.rpartition('/')[2]}_v{self.version}"


def write_mirror(home: Home, providers: Iterable[Provider]) -> None:
    """Write the mirror, and the configuration that makes Terraform install from it and from nowhere else."""
    for provider in providers:
        for host in _HOSTS:
            folder = home.mirror / host / provider.name / provider.version / _machine()
            write(folder / provider.executable, _launcher(provider), mode=EXECUTABLE)
    path = str(home.mirror).replace("\\", "\\\\").replace('"', '\\"')
    configuration = f'provider_installation {{\n  filesystem_mirror {{\n    path = "{path}"\n  }}\n}}\n'
    write(home.cli_configuration, f"disable_checkpoint = true\n{configuration}")


def lock_file(providers: Iterable[Provider], *, host: str) -> str:
    """A `.terraform.lock.hcl` for the mirror: with it, `cdktf` sees no need to ask a registry for one."""
    return "\n".join(
        f'provider "{host}/{each.name}" {{\n'
        f'  version     = "{each.version}"\n'
        f'  constraints = "{each.version}"\n'
        f'  hashes = [\n    "{_hash(each)}",\n  ]\n}}\n'
        for each in sorted(providers, key=lambda each: each.name)
    )


def host_of(terraform: str) -> str:
    """The registry that a program, by its name or path, takes for granted where a source names none."""
    return _HOSTS[1] if Path(terraform).name.startswith("tofu") else _HOSTS[0]


def _launcher(provider: Provider) -> str:
    """A program that is the provider. A shell starts it: a path in a `#!` line may hold no space."""
    python = shlex.quote(sys.executable)
    return f"#!/bin/sh\nexec {python} -Es -m arqctl.offline.serve {shlex.quote(provider.name)}\n"


def _hash(provider: Provider) -> str:
    """What Terraform makes of a package's files: the hash of the list of their hashes, called `h1`."""
    content = hashlib.sha256(_launcher(provider).encode()).hexdigest()
    listed = f"{content}  {provider.executable}\n"
    return f"h1:{base64.b64encode(hashlib.sha256(listed.encode()).digest()).decode()}"


def _machine() -> str:
    """Terraform's name of the machine it runs on: `linux_amd64`."""
    machine = platform.machine().lower()
    return f"{platform.system().lower()}_{_MACHINES.get(machine, machine)}"
