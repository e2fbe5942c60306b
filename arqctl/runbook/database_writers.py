"""The workloads of an environment that write into its database."""

import json
import shlex
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from arqctl.core.assembly import Block, Stack
from arqctl.core.default_provider import default_region
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Body, Json, as_list, as_object, as_text
from arqctl.core.literals import resolve

_DEPLOYMENT, _CRON_JOB = "kubernetes_deployment_v1", "kubernetes_cron_job_v1"
# KEDA deletes its autoscaler while an object has it. https://keda.sh/docs/2.20/concepts/scaling-deployments/
_PAUSED = "autoscaling.keda.sh/paused-replicas"


@dataclass(frozen=True)
class Writers:
    """Commands for the workloads whose database user writes. `select` chooses the cluster.

    `start` is for deployments, with their first number of pods: an autoscaler does nothing while there are
    none, and Terraform ignores the number. `start_jobs` is for scheduled jobs.
    """

    select: tuple[str, ...]
    stop: tuple[str, ...]
    start: tuple[str, ...]
    start_jobs: tuple[str, ...]


@dataclass(frozen=True, order=True)
class _Workload:
    """A Kubernetes object by name and namespace."""

    name: str
    namespace: str

    @classmethod
    def of(cls, stack: Stack, address: str, metadata: Body) -> Self:
        """Return the object of some metadata, whose namespace can be a reference.

        Raises:
            InputError: if the namespace is not known before the deployment.
        """
        # Both Kubernetes and Terraform's provider use this one if none is named.
        namespace = resolve(stack, as_text(metadata.get("namespace"))) or "default"
        if "${" in namespace:
            what = f"metadata.namespace must be known before the deployment, got {namespace!r}"
            raise InputError([Problem(address, what, "Use the namespace of the same stack, or literal text")])
        return cls(as_text(metadata.get("name")), namespace)

    def command(self, verb: str, kind: str, *options: str) -> str:
        """Return a command of kubectl for the object."""
        place = f"--namespace {shlex.quote(self.namespace)}"
        return " ".join([f"kubectl {verb} {kind}/{shlex.quote(self.name)}", place, *options])


def find_writers(environment: str, stacks: Sequence[Stack]) -> Writers:
    """Return the commands for an environment, or for the name of a standby's stack.

    Users who own a schema write into it. A user has its workload's name. One without a workload is named as a
    comment.

    Raises:
        InputError: if the namespace of a workload is not known before the deployment.
    """
    own = [stack for stack in stacks if stack.name == environment]
    clusters = [stack for stack in stacks if stack.name == f"{environment}-platform"]
    users = {name for stack in own for name in _writing_users(stack)}
    scaled = {each for stack in clusters for each in _scaled_objects(stack, users)}
    pods = {each: _pods(block) for each, block in _workloads(clusters, _DEPLOYMENT, users)}
    deployments = sorted(pods)
    jobs = sorted(each for each, _ in _workloads(clusters, _CRON_JOB, users))
    others = sorted(users - {each.name for each in (*deployments, *jobs)})
    return Writers(
        select=tuple(line for stack in own for line in _select(stack)),
        stop=(
            *(
                each.command("annotate", "scaledobject", "--overwrite", f"{_PAUSED}=0")
                for each in deployments
                if each in scaled
            ),
            *(each.command("scale", "deployment", "--replicas 0") for each in deployments),
            *(_suspend(each, is_suspended=True) for each in jobs),
            *(f"# Stop what logs in as {name}: it has no workload of this name" for name in others),
        ),
        start=(
            *(
                each.command("annotate", "scaledobject", f"{_PAUSED}-")
                for each in deployments
                if each in scaled
            ),
            *(each.command("scale", "deployment", f"--replicas {pods[each]}") for each in deployments),
        ),
        start_jobs=tuple(_suspend(each, is_suspended=False) for each in jobs),
    )


def _select(stack: Stack) -> Iterator[str]:
    for block in stack.resources:
        if block.type == "aws_eks_cluster":
            region, name = shlex.quote(default_region(stack)), shlex.quote(as_text(block.body.get("name")))
            yield f"aws eks update-kubeconfig --region {region} --name {name}"


def _workloads(
    clusters: Sequence[Stack], type_: str, names: Collection[str]
) -> Iterator[tuple[_Workload, Block]]:
    for stack in clusters:
        for block in stack.resources:
            metadata = as_object(block.body.get("metadata"))
            if block.type == type_ and metadata.get("name") in names:
                yield _Workload.of(stack, block.address, metadata), block


def _pods(deployment: Block) -> str:
    return as_text(as_object(deployment.body.get("spec")).get("replicas"))


def _suspend(job: _Workload, *, is_suspended: bool) -> str:
    patch = json.dumps({"spec": {"suspend": is_suspended}}, separators=(",", ":"))
    return job.command("patch", "cronjob", f"--patch {shlex.quote(patch)}")


def _writing_users(stack: Stack) -> Iterator[str]:
    output = as_object(as_object(stack.document.get("output")).get("database_users"))
    text = as_text(output.get("value"))
    for user in map(as_object, as_list(as_object(json.loads(text)).get("users")) if text else []):
        if user.get("has_schema") or user.get("writes"):
            yield as_text(user.get("name"))


def _scaled_objects(stack: Stack, names: Collection[str]) -> Iterator[_Workload]:
    """Yield KEDA's objects in Helm releases of custom objects, whose values are JSON."""
    for block in stack.resources:
        for values in as_list(block.body.get("values")) if block.type == "helm_release" else []:
            for each in _objects(as_text(values)):
                metadata = as_object(each.get("metadata"))
                if each.get("kind") == "ScaledObject" and metadata.get("name") in names:
                    yield _Workload.of(stack, block.address, metadata)


def _objects(values: str) -> Iterator[Body]:
    # Third-party charts have values in YAML, and no list of objects.
    try:
        document: Json = json.loads(values)
    except ValueError:
        return
    yield from map(as_object, as_list(as_object(document).get("objects")))
