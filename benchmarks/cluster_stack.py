"""Measures the synthesis of production's stacks per resource, after the bindings are loaded.

`python -m benchmarks.cluster_stack` builds both stacks in one process, in turns with the AWS stack alone, so
that both have the same load of the machine. The cluster stack's time includes the validations of both stacks,
because the AWS stack alone is not valid. Target: at most 1.5 ms for each resource of the cluster stack.
"""

import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import typer
from cdktf import App

from environments.platform import platform
from environments.production import PRODUCTION
from environments.services import services

_TARGET_MS = 1.5


@dataclass(frozen=True)
class _Round:
    """Seconds of one round."""

    aws: float
    cluster: float
    synth: float


def main(rounds: int = typer.Option(20, help="Rounds, of which the fastest counts.")) -> None:
    """Print the milliseconds per resource of both stacks."""
    with tempfile.TemporaryDirectory() as folder:
        both, alone = Path(folder) / "both", Path(folder) / "alone"
        pairs = [(_run(both), _run(alone, with_cluster_stack=False)) for _ in range(rounds)]
        aws, cluster = (_resources(both, name) for name in (PRODUCTION.name, f"{PRODUCTION.name}-platform"))
    synth_alone = min(each.synth for _, each in pairs)
    aws_seconds = min(each.aws for pair in pairs for each in pair) + synth_alone
    cluster_seconds = min(each.cluster for each, _ in pairs)
    cluster_seconds += max(0.0, min(each.synth for each, _ in pairs) - synth_alone)
    for name, resources, seconds in (("AWS", aws, aws_seconds), ("cluster", cluster, cluster_seconds)):
        milliseconds = seconds * 1000 / resources
        typer.echo(
            f"{name} stack: {resources} resources in {seconds:.2f} s, {milliseconds:.2f} ms per resource"
        )
    typer.echo(f"target: {_TARGET_MS} ms per resource")


def _run(outdir: Path, *, with_cluster_stack: bool = True) -> _Round:
    # Alone, the AWS stack is not valid: its cache has no users.
    app = App(outdir=str(outdir), skip_validation=not with_cluster_stack)
    start = time.perf_counter()
    built = platform(app, PRODUCTION)
    aws = time.perf_counter()
    if with_cluster_stack:
        services(app, PRODUCTION, built)
    cluster = time.perf_counter()
    app.synth()
    return _Round(aws - start, cluster - aws, time.perf_counter() - cluster)


def _resources(outdir: Path, stack: str) -> int:
    document = json.loads((outdir / "stacks" / stack / "cdk.tf.json").read_text())
    return sum(len(named) for named in document["resource"].values())


if __name__ == "__main__":
    typer.run(main)
