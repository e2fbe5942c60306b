"""Converts pods between the bindings of resources.

The bindings of the Kubernetes provider repeat all classes of a pod for each resource that has one, such as
`DeploymentV1SpecTemplateSpec` and `JobV1SpecTemplateSpec`. A pod is described once, with one set of classes.
"""

import inspect
import sys
from typing import TypeVar

_Struct = TypeVar("_Struct")


def convert_struct(source: object, target: type[_Struct]) -> _Struct:
    """Return `source` as the class `target` of another resource, with everything in it."""
    return target(**_converted_values(source, type(source).__name__, target))


def _converted_values(source: object, prefix: str, target: type[object]) -> dict[str, object]:
    names = [name for name in inspect.signature(type(source).__init__).parameters if name != "self"]
    values = {name: getattr(source, name) for name in names}
    return {name: _convert(value, prefix, target) for name, value in values.items() if value is not None}


def _convert(value: object, prefix: str, target: type[object]) -> object:
    if isinstance(value, list):
        return [_convert(each, prefix, target) for each in value]
    name = type(value).__name__
    if not name.startswith(prefix):
        return value
    counterpart = getattr(sys.modules[target.__module__], target.__name__ + name.removeprefix(prefix))
    return counterpart(**_converted_values(value, prefix, target))
