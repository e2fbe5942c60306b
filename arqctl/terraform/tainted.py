"""Finds resources whose creation failed after AWS had created them, and explains how to keep them.

Terraform marks such a resource as tainted and replaces it in the next plan. `prevent_destroy` forbids the
replacement, so no plan succeeds until the mark is removed.
https://developer.hashicorp.com/terraform/cli/commands/untaint
https://developer.hashicorp.com/terraform/internals/json-format#values-representation
"""

import json
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from arqctl.core.json_access import Body, as_list, as_object, as_text
from arqctl.core.sanitize import sanitize
from arqctl.core.terraform_cli import TerraformError
from arqctl.terraform.health_checks import health_check
from arqctl.terraform.stacks import StackWorkdir


@dataclass(frozen=True)
class TaintedResource:
    """A tainted resource in a stack's state: its address, and how to check that it is healthy."""

    address: str
    path: str
    check: str
    is_protected: bool


def find_tainted(workdir: StackWorkdir) -> tuple[TaintedResource, ...]:
    """Return the tainted resources in a stack's state.

    Raises:
        TerraformError: when the state cannot be read.
    """
    values = as_object(as_object(json.loads(workdir.terraform.show_state())).get("values"))
    return tuple(
        _tainted_resource(workdir, resource)
        for resource in _resources(as_object(values.get("root_module")))
        if resource.get("tainted")
    )


def explain_tainted(workdir: StackWorkdir) -> str:
    """Return how to keep the tainted resources with `prevent_destroy`, or "" if there are none.

    It is part of the message of another error, so a state that cannot be read is no further error.
    """
    try:
        protected = [resource for resource in find_tainted(workdir) if resource.is_protected]
    except (TerraformError, ValueError):
        return ""
    return _explanation(workdir.stack.name, protected) if protected else ""


def _resources(module: Body) -> Iterator[Body]:
    yield from map(as_object, as_list(module.get("resources")))
    for child in as_list(module.get("child_modules")):
        yield from _resources(as_object(child))


def _tainted_resource(workdir: StackWorkdir, resource: Body) -> TaintedResource:
    address = as_text(resource.get("address"))
    block = workdir.stack.blocks.get(address.partition("[")[0])
    lifecycle = block.body.get("lifecycle") if block else None
    # CDKTF writes one block as an object; Terraform also reads a list.
    settings = as_object(lifecycle[0] if isinstance(lifecycle, list) and lifecycle else lifecycle)
    return TaintedResource(
        address=address,
        path=block.path if block else workdir.stack.path_of(address),
        check=health_check(as_text(resource.get("type")), as_object(resource.get("values"))),
        is_protected=bool(settings.get("prevent_destroy")),
    )


def _explanation(stack: str, resources: Sequence[TaintedResource]) -> str:
    checks = [f"  {each.address} ({each.path})\n    {each.check}" for each in resources]
    commands = [f"  arqctl untaint {stack} {shlex.quote(each.address)}" for each in resources]
    lines = [
        f"The creation of these resources of {stack} failed after they existed. Terraform marked them as "
        "tainted: it would replace them, and prevent_destroy forbids that. Check each of them:",
        *checks,
        "Remove the mark from each healthy one, with credentials that can write the state. Then plan again: "
        "the plan completes what the creation left out:",
        *commands,
        "Delete an unhealthy one in AWS. The next plan then creates it again.",
    ]
    return "\n".join(sanitize(part) for line in lines for part in line.split("\n"))
