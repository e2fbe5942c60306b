"""What runs with an apply and no plan tells of: nobody can have reviewed it."""

import json
from collections.abc import Iterator

from arqctl.core.json_access import Body, as_list, as_object

# https://developer.hashicorp.com/terraform/internals/json-format
_INVOCATIONS = ("action_invocations", "deferred_action_invocations")


def untold(plan: str) -> list[str]:
    """A line for each provisioner and each invoked action of a plan, given as its JSON."""
    document = as_object(json.loads(plan))
    configuration = as_object(as_object(document.get("configuration")).get("root_module"))
    found = [*_provisioners(configuration, "")]
    found += [
        f"{as_object(each).get('address')} is invoked"
        for key in _INVOCATIONS
        for each in as_list(document.get(key))
    ]
    return sorted(found)


def _provisioners(module: Body, within: str) -> Iterator[str]:
    for resource in map(as_object, as_list(module.get("resources"))):
        for provisioner in map(as_object, as_list(resource.get("provisioners"))):
            yield f"{within}{resource.get('address')} has the provisioner {provisioner.get('type')}"
    for name, call in as_object(module.get("module_calls")).items():
        yield from _provisioners(as_object(as_object(call).get("module")), f"{within}module.{name}.")
