"""The workloads of an environment that write into its database."""

import json
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from arqctl.core.assembly import Block, Stack
from arqctl.core.default_provider import default_region
from arqctl.core.json_access import Body, Json, as_list, as_object, as_text

_DEPLOYMENT, _CRON_JOB = "kubernetes_deployment_v1", "kubernetes_cron_job_v1"
_IN = "--namespace shop"
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


def find_writers(environment: str, stacks: Sequence[Stack]) -> Writers:
    """Return the commands for an environment, or for the name of a standby's stack.

    Users who own a schema write into it. A user has its workload's name. One without a workload is named as a
    comment.
    """
    own = [stack for stack in stacks if stack.name == environment]
    blocks = [each for stack in stacks if stack.name == f"{environment}-platform" for each in stack.resources]
    users = {name for stack in own for name in _writing_users(stack)}
    scaled = {name for each in blocks for name in _scaled_objects(each)}
    pods = {_name(each.body): _pods(each) for each in blocks if each.type == _DEPLOYMENT}
    deployments = sorted(users & pods.keys())
    jobs = sorted(users & {_name(each.body) for each in blocks if each.type == _CRON_JOB})
    others = sorted(users - {*deployments, *jobs})
    return Writers(
        select=tuple(line for stack in own for line in _select(stack)),
        stop=(
            *(
                f"kubectl annotate scaledobject/{name} {_IN} --overwrite {_PAUSED}=0"
                for name in deployments
                if name in scaled
            ),
            *(f"kubectl scale deployment/{name} {_IN} --replicas 0" for name in deployments),
            *(_suspend(name, is_suspended=True) for name in jobs),
            *(f"# Stop what logs in as {name}: it has no workload of this name" for name in others),
        ),
        start=(
            *(
                f"kubectl annotate scaledobject/{name} {_IN} {_PAUSED}-"
                for name in deployments
                if name in scaled
            ),
            *(f"kubectl scale deployment/{name} {_IN} --replicas {pods[name]}" for name in deployments),
        ),
        start_jobs=tuple(_suspend(name, is_suspended=False) for name in jobs),
    )


def _select(stack: Stack) -> Iterator[str]:
    for block in stack.resources:
        if block.type == "aws_eks_cluster":
            region, name = shlex.quote(default_region(stack)), shlex.quote(as_text(block.body.get("name")))
            yield f"aws eks update-kubeconfig --region {region} --name {name}"


def _pods(deployment: Block) -> str:
    return as_text(as_object(deployment.body.get("spec")).get("replicas"))


def _suspend(user: str, *, is_suspended: bool) -> str:
    patch = json.dumps({"spec": {"suspend": is_suspended}}, separators=(",", ":"))
    return f"kubectl patch cronjob/{user} {_IN} --patch '{patch}'"


def _writing_users(stack: Stack) -> Iterator[str]:
    output = as_object(as_object(stack.document.get("output")).get("database_users"))
    text = as_text(output.get("value"))
    for user in map(as_object, as_list(as_object(json.loads(text)).get("users")) if text else []):
        if user.get("has_schema") or user.get("writes"):
            yield as_text(user.get("name"))


def _scaled_objects(block: Block) -> Iterator[str]:
    """Yield the names of KEDA's objects in a Helm release of custom objects, whose values are JSON."""
    for values in as_list(block.body.get("values")) if block.type == "helm_release" else []:
        try:
            document: Json = json.loads(as_text(values))
        except ValueError:
            continue
        for each in map(as_object, as_list(as_object(document).get("objects"))):
            if each.get("kind") == "ScaledObject":
                yield _name(each)


def _name(body: Body) -> str:
    return as_text(as_object(body.get("metadata")).get("name"))
