"""What runs with an apply and no plan tells of: nobody can have reviewed it."""

import json
from collections.abc import Iterator

from arqctl.core.assembly import Body, Json

# https://developer.hashicorp.com/terraform/internals/json-format
_INVOCATIONS = ("action_invocations", "deferred_action_invocations")


def untold(plan: str) -> list[str]:
    """A line for each provisioner and each invoked action of a plan, given as its JSON."""
    document = _object(json.loads(plan))
    configuration = _object(_object(document.get("configuration")).get("root_module"))
    found = [*_provisioners(configuration, "")]
    found += [
        f"{_object(each).get('address')} is invoked"
        for key in _INVOCATIONS
        for each in _list(document.get(key))
    ]
    return sorted(found)


def _provisioners(module: Body, within: str) -> Iterator[str]:
    for resource in map(_object, _list(module.get("resources"))):
        for provisioner in map(_object, _list(resource.get("provisioners"))):
            yield f"{within}{resource.get('address')} has the provisioner {provisioner.get('type')}"
    for name, call in _object(module.get("module_calls")).items():
        yield from _provisioners(_object(_object(call).get("module")), f"{within}module.{name}.")


def _object(value: Json) -> Body:
    return value if isinstance(value, dict) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
