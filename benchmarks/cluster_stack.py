"""Measures the synthesis of production's stacks per resource, after the bindings are loaded.

`python -m benchmarks.cluster_stack` builds both stacks in one process, in turns with the AWS stack alone, so
that both have the same load of the machine. The cluster stack's resources include those that its services
add to the AWS stack, such as their roles. Target: at most 1.5 ms for each resource of the cluster stack.
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
        aws = _resources(alone)
        cluster = _resources(both) - aws
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
    app = App(outdir=str(outdir))
    start = time.perf_counter()
    built = platform(app, PRODUCTION)
    aws = time.perf_counter()
    if with_cluster_stack:
        services(app, PRODUCTION, built)
    else:
        # A cache without users is not valid.
        built.cache.grant_connect(built.cluster.workload("api", namespace="shop"), user="api")
    cluster = time.perf_counter()
    app.synth()
    return _Round(aws - start, cluster - aws, time.perf_counter() - cluster)


def _resources(outdir: Path) -> int:
    """Return the number of resources in all stacks."""
    documents = [json.loads(file.read_text()) for file in outdir.glob("stacks/*/cdk.tf.json")]
    return sum(len(named) for document in documents for named in document["resource"].values())


if __name__ == "__main__":
    typer.run(main)
