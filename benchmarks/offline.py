"""Measures offline AWS: Terraform commands on production, relative to `terraform validate` in the same run.

`python -m benchmarks.offline` prints both tables. Targets: a plan of production within 5 times the duration
of `validate` and under 6 s; a provider process under 200 MiB; linear plan time up to 2,000 resources.
"""

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from arqctl.core.assembly import read_assembly
from arqctl.core.offline_settings import OfflineSettings
from arqctl.core.terraform_cli import Terraform, find_terraform
from arqctl.offline.mirror import host_of, offline_environment
from arqctl.offline.paths import OfflinePaths
from arqctl.offline.prepare import prepare_offline
from arqctl.offline.stack_files import write_offline_files
from arqctl.offline.target import simulated_providers
from benchmarks.processes import Measured, measure
from environments.discovery import discover_environments
from environments.synthesis import synthesize_environments

_ROUNDS = 3
_SIZES = (250, 500, 1000, 2000)
_PROVIDER = "arqctl.offline.serve"
_console = Console()


@dataclass(frozen=True)
class _Stack:
    """A synthesized stack that is configured for offline AWS."""

    folder: Path
    paths: OfflinePaths
    terraform: Path

    def measure(self, *arguments: str, rounds: int = _ROUNDS) -> Measured:
        """Run Terraform and return its duration and the peak memory of its largest provider."""
        command = [str(self.terraform), f"-chdir={self.folder}", *arguments]
        return measure(
            command, environment=offline_environment(self.paths), rounds=rounds, process_name=_PROVIDER
        )


def main() -> None:
    """Measure, and print the results with the targets."""
    with tempfile.TemporaryDirectory() as folder:
        assembly = synthesize_environments(discover_environments(), Path(folder) / "cdktf.out")
        _measure_commands(_prepare("production", assembly, Path(folder)))
    with tempfile.TemporaryDirectory() as folder:
        _measure_sizes(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        _measure_data_build(Path(folder))


def _measure_commands(stack: _Stack) -> None:
    validate = stack.measure("validate")
    steps = {
        "validate": validate,
        "plan": stack.measure("plan", "-input=false", "-out=plan"),
        "apply": stack.measure("apply", "-auto-approve", "-input=false", rounds=1),
        "plan again": stack.measure("plan", "-input=false", "-detailed-exitcode"),
    }
    table = Table(title=f"Production, simulated (best of {_ROUNDS}; target: plan 5 x and 6 s, 200 MiB)")
    for heading in ("command", "seconds", "x validate", "largest provider, MiB"):
        table.add_column(heading, justify="left" if heading == "command" else "right")
    for name, run in steps.items():
        ratio = run.seconds / validate.seconds
        table.add_row(name, f"{run.seconds:.2f}", f"{ratio:.1f}", f"{run.peak_mib:.0f}")
    _console.print(table)


def _measure_sizes(folder: Path) -> None:
    table = Table(title="Plan time by size, simulated (target: linear)")
    for heading in ("resources", "seconds", "ms per resource", "largest provider, MiB"):
        table.add_column(heading, justify="right")
    for size in _SIZES:
        run = _sized_stack(size, folder / str(size)).measure("plan", "-input=false", rounds=1)
        table.add_row(
            f"{size:,}", f"{run.seconds:.2f}", f"{run.seconds * 1000 / size:.2f}", f"{run.peak_mib:.0f}"
        )
    _console.print(table)


def _measure_data_build(cache: Path) -> None:
    command = [
        sys.executable,
        "-c",
        "from arqctl.offline.provider_data import load_provider_data; load_provider_data()",
    ]
    run = measure(command, environment={"ARQ_CACHE_DIR": str(cache)}, rounds=1)
    _console.print(f"All schemas and facts without cache: {run.seconds:.1f} s (target: 10 s)")


def _sized_stack(size: int, folder: Path) -> _Stack:
    """Return a stack of roles, and of as many policies that refer to them."""
    half = size // 2
    service = {"Service": "ec2.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    document = {
        "terraform": {"required_providers": {"aws": {"source": "aws"}}},
        "provider": {"aws": [{"region": "eu-west-1"}]},
        "resource": {
            "aws_iam_role": {f"r{n}": {"name": f"r{n}", "assume_role_policy": trust} for n in range(half)},
            "aws_iam_role_policies_exclusive": {
                f"p{n}": {"role_name": f"${{aws_iam_role.r{n}.name}}", "policy_names": []}
                for n in range(half)
            },
        },
    }
    file = folder / "cdktf.out" / "stacks" / "sized" / "cdk.tf.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(document))
    (folder / "cdktf.out" / "manifest.json").write_text(json.dumps({"stacks": {"sized": {}}}))
    return _prepare("sized", folder / "cdktf.out", folder)


def _prepare(name: str, outdir: Path, folder: Path) -> _Stack:
    paths, terraform = OfflinePaths(folder / "home"), find_terraform()
    prepare_offline(paths, OfflineSettings())
    stack = next(each for each in read_assembly(outdir) if each.name == name)
    write_offline_files([stack], paths, simulated_providers(), host=host_of(terraform.name), destroying=False)
    Terraform(terraform, stack.file.parent, offline_environment(paths)).init()
    return _Stack(stack.file.parent, paths, terraform)


if __name__ == "__main__":
    main()
