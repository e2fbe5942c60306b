"""The workloads of an environment that write into its database."""

import json
from collections.abc import Iterator, Sequence

from arqctl.core.assembly import Stack
from arqctl.core.json_access import Body, as_list, as_object, as_text

_DEPLOYMENT, _CRON_JOB = "kubernetes_deployment_v1", "kubernetes_cron_job_v1"


def stop_writers(environment: str, stacks: Sequence[Stack]) -> tuple[str, ...]:
    """Return the commands that stop all workloads whose database user writes. A user has its workload's name.

    Users who own a schema write into it. A user without a workload is named as a comment.
    """
    users = {name for stack in stacks if stack.name == environment for name in _writing_users(stack)}
    workloads = {
        (block.type, _name(block.body))
        for stack in stacks
        if stack.name == f"{environment}-platform"
        for block in stack.resources
    }
    return tuple(_stop(user, workloads) for user in sorted(users))


def _writing_users(stack: Stack) -> Iterator[str]:
    output = as_object(as_object(stack.document.get("output")).get("database_users"))
    text = as_text(output.get("value"))
    for user in map(as_object, as_list(as_object(json.loads(text)).get("users")) if text else []):
        if user.get("has_schema") or user.get("writes"):
            yield as_text(user.get("name"))


def _name(body: Body) -> str:
    return as_text(as_object(body.get("metadata")).get("name"))


def _stop(user: str, workloads: set[tuple[str, str]]) -> str:
    if (_DEPLOYMENT, user) in workloads:
        return f"kubectl scale deployment/{user} --namespace shop --replicas 0"
    if (_CRON_JOB, user) in workloads:
        patch = '{"spec":{"suspend":true}}'
        return f"kubectl patch cronjob/{user} --namespace shop --patch '{patch}'"
    return f"# Stop what logs in as {user}: it has no workload of this name"
