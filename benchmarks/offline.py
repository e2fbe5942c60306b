"""What offline AWS costs: Terraform's commands on production, against `terraform validate` in the same run.

`python -m benchmarks.offline` prints both tables. To reach: a plan of production within 5 times the time of
`validate` and under 6 s; a provider's process under 200 MiB; planning linear up to 2,000 resources.
"""

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from arqctl.core.assembly import read_assembly
from arqctl.core.terraform_cli import Terraform, find_terraform
from arqctl.offline.mirror import host_of, offline_environment
from arqctl.offline.paths import OfflinePaths
from arqctl.offline.prepare import prepare_offline
from arqctl.offline.stack_files import write_offline_files
from arqctl.offline.target import simulated_providers
from benchmarks.processes import Measured, measure
from environments.discovery import discover
from environments.synthesis import write

_ROUNDS = 3
_SIZES = (250, 500, 1000, 2000)
_PROVIDER = "arqctl.offline.serve"
_console = Console()


@dataclass(frozen=True)
class _Stack:
    """A synthesized stack, ready to run offline."""

    folder: Path
    paths: OfflinePaths
    terraform: Path

    def measure(self, *words: str, rounds: int = _ROUNDS) -> Measured:
        """Terraform with these words: its time, and the largest of its providers."""
        command = [str(self.terraform), f"-chdir={self.folder}", *words]
        return measure(command, environment=offline_environment(self.paths), rounds=rounds, of=_PROVIDER)


def main() -> None:
    """Measure, and print what is to be reached beside what was."""
    with tempfile.TemporaryDirectory() as folder:
        _commands(_ready("production", write(discover(), Path(folder) / "cdktf.out"), Path(folder)))
    with tempfile.TemporaryDirectory() as folder:
        _sizes(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        _measure_data_build(Path(folder))


def _commands(stack: _Stack) -> None:
    validate = stack.measure("validate")
    steps = {
        "validate": validate,
        "plan": stack.measure("plan", "-input=false", "-out=plan"),
        "apply": stack.measure("apply", "-auto-approve", "-input=false", rounds=1),
        "plan again": stack.measure("plan", "-input=false", "-detailed-exitcode"),
    }
    table = Table(title=f"Production, simulated (best of {_ROUNDS}; to reach: plan 5 x and 6 s, 200 MiB)")
    for heading in ("command", "seconds", "x validate", "largest provider, MiB"):
        table.add_column(heading, justify="left" if heading == "command" else "right")
    for name, run in steps.items():
        ratio = run.seconds / validate.seconds
        table.add_row(name, f"{run.seconds:.2f}", f"{ratio:.1f}", f"{run.peak_mib:.0f}")
    _console.print(table)


def _sizes(folder: Path) -> None:
    table = Table(title="Plan against size, simulated (to reach: linear)")
    for heading in ("resources", "seconds", "ms a resource", "largest provider, MiB"):
        table.add_column(heading, justify="right")
    for size in _SIZES:
        run = _sized(size, folder / str(size)).measure("plan", "-input=false", rounds=1)
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
    _console.print(f"All schemas and facts from nothing: {run.seconds:.1f} s (to reach: 10 s)")


def _sized(size: int, folder: Path) -> _Stack:
    """A stack of as many roles and policies, half of which refer to the other half."""
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
    return _ready("sized", folder / "cdktf.out", folder)


def _ready(name: str, outdir: Path, folder: Path) -> _Stack:
    paths, terraform = OfflinePaths(folder / "home"), find_terraform()
    prepare_offline(paths)
    stack = next(each for each in read_assembly(outdir) if each.name == name)
    write_offline_files([stack], paths, simulated_providers(), host=host_of(terraform.name), destroying=False)
    Terraform(terraform, stack.file.parent, offline_environment(paths)).init()
    return _Stack(stack.file.parent, paths, terraform)


if __name__ == "__main__":
    main()
