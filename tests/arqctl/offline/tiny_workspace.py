"""A folder in which real Terraform uses the tiny provider from its own mirror."""

import json
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"
_LAUNCHER = f"""#!{sys.executable}
import os, sys
sys.path.insert(0, {str(ROOT)!r})
from tests.arqctl.offline.tiny_provider import TinyProvider, serve
os._exit(serve(TinyProvider))
"""
_REQUIRED = 'terraform {\n  required_providers {\n    tiny = { source = "arq/tiny" }\n  }\n}\n'


@dataclass(frozen=True)
class Workspace:
    """A folder with a configuration, and methods that run Terraform in it."""

    folder: Path
    provider: Path
    temporary: Path

    def write(self, configuration: str) -> None:
        (self.folder / "main.tf").write_text(_REQUIRED + configuration)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["terraform", *arguments],
            cwd=self.folder,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run Terraform and return its output in one line, because it wraps lines anywhere."""
        return " ".join(self._output(*arguments, code=code).split())

    def state(self) -> dict[str, dict[str, object]]:
        """Return the values of every resource by address."""
        shown = json.loads(self._output("show", "-json"))
        resources = shown.get("values", {}).get("root_module", {}).get("resources", [])
        return {each["address"]: each["values"] for each in resources}

    def _output(self, *arguments: str, code: int = 0) -> str:
        process = self.start(*arguments)
        output, _ = process.communicate(timeout=60)
        assert process.returncode == code, output
        return output

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TF_", "PYTHON"))}
        return kept | {
            "CHECKPOINT_DISABLE": "1",
            "TF_CLI_ARGS": "-no-color",
            "TF_CLI_CONFIG_FILE": str(self.folder.parent / "terraform.rc"),
            "TMPDIR": str(self.temporary),
        }


def make_workspace(parent: Path) -> Workspace:
    """Make a workspace with the provider installed."""
    machine = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64"}.get(
        platform.machine(), platform.machine()
    )
    system = f"{platform.system().lower()}_{machine}"
    mirror = parent / "mirror/registry.terraform.io/arq/tiny/1.0.0" / system
    mirror.mkdir(parents=True)
    provider = mirror / "terraform-provider-tiny_v1.0.0"
    provider.write_text(_LAUNCHER)
    provider.chmod(0o755)
    (parent / "terraform.rc").write_text(
        f'provider_installation {{\n  filesystem_mirror {{\n    path = "{parent / "mirror"}"\n  }}\n}}\n'
    )
    workspace = Workspace(parent / "work", provider, parent / "tmp")
    workspace.folder.mkdir()
    workspace.temporary.mkdir()
    workspace.write("")
    workspace.run("init")
    return workspace
