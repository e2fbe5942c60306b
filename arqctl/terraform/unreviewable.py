"""Finds effects of an apply that the plan does not contain, so nobody can review them."""

import json
from collections.abc import Iterator

from arqctl.core.json_access import Body, as_list, as_object

# https://developer.hashicorp.com/terraform/internals/json-format
_INVOCATIONS = ("action_invocations", "deferred_action_invocations")


def unreviewable_effects(plan: str) -> list[str]:
    """Return a line for each provisioner and each invoked action in a plan's JSON."""
    document = as_object(json.loads(plan))
    configuration = as_object(as_object(document.get("configuration")).get("root_module"))
    effects = [*_provisioners(configuration, "")]
    effects += [
        f"{as_object(invocation).get('address')} is invoked"
        for key in _INVOCATIONS
        for invocation in as_list(document.get(key))
    ]
    return sorted(effects)


def _provisioners(module: Body, prefix: str) -> Iterator[str]:
    for resource in map(as_object, as_list(module.get("resources"))):
        for provisioner in map(as_object, as_list(resource.get("provisioners"))):
            yield f"{prefix}{resource.get('address')} has the provisioner {provisioner.get('type')}"
    for name, call in as_object(module.get("module_calls")).items():
        yield from _provisioners(as_object(as_object(call).get("module")), f"{prefix}module.{name}.")
