"""What AWS answers for any attribute of any type, complete and of the right type.

First what the data file says, then what the attribute's name suggests, then what its type allows.
"""

from arqctl.offline.aws.fallbacks import fallback_text
from arqctl.offline.aws.ids import acm_validation_options, attribute_template, resolve_value
from arqctl.offline.aws.numbers import as_number
from arqctl.offline.aws.random_values import RANDOM_TYPES, random_value
from arqctl.offline.aws.simulated_resource import SimulatedResource
from arqctl.offline.aws.templates import render
from arqctl.offline.aws.templates_data import attribute_templates
from arqctl.offline.schema.model import Collection, Object, Primitive, Type
from arqctl.offline.values import Path, Unknown, Value


def compute_attribute(resource: SimulatedResource, path: Path, type: Type) -> Value:
    """The value of a computed attribute at apply. `path` leads to it, through blocks and lists.

    Never unknown, never null, and of `type` throughout. The same for the same simulation.
    """
    names = tuple(step for step in path if isinstance(step, str))
    if names[:1] == ("domain_validation_options",) and resource.type == "aws_acm_certificate":
        return _select_option(acm_validation_options(resource), path[1:])
    if names == ("latest_version",) and (before := as_number(resource.prior.get("latest_version"))):
        return int(before) + 1
    own = _other_provider_value(resource, names[0]) if len(names) == 1 else None
    said = own if own is not None else _template_at(resource, names)
    return _convert(resource, names, type, said)


def _select_option(options: Value, path: Path) -> Value:
    """All options, or one value of one that was foretold: they are sorted, as numbers in a set's path are."""
    match options, path:
        case list(), (int(number), *rest):
            return _select_option(options[number], tuple(rest))
        case dict(), (str(name),):
            return options[name]
        case _:
            return options


def _other_provider_value(resource: SimulatedResource, name: str) -> Value:
    # Other providers' resources, of which some are made really.
    if resource.type in RANDOM_TYPES:
        return random_value(resource, name)
    if resource.type.startswith("tls_"):
        from arqctl.offline.aws.tls_values import tls_value  # noqa: PLC0415 - cryptography is slow to load

        return tls_value(resource, name)
    return None


def _template_at(resource: SimulatedResource, names: tuple[str, ...]) -> Value:
    """The template of an attribute, by its path; None if there is none."""
    if len(names) == 1:
        return attribute_template(resource, names[0])
    said: Value = dict(attribute_templates(resource.type))
    for name in names:
        if isinstance(said, list):
            said = said[0] if said else None
        said = said.get(name) if isinstance(said, dict) else None
    return said


def _convert(resource: SimulatedResource, names: tuple[str, ...], type: Type, said: Value) -> Value:
    if isinstance(type, Object):
        parts = said if isinstance(said, dict) else {}
        return {
            name: _convert(resource, (*names, name), each, parts.get(name))
            for name, each in type.attributes.items()
        }
    if isinstance(type, Collection):
        return _convert_collection(resource, names, type, said)
    return _convert_primitive(resource, names, type, said)


def _convert_collection(
    resource: SimulatedResource, names: tuple[str, ...], type: Collection, said: Value
) -> Value:
    if type.kind == "map":
        entries = said if isinstance(said, dict) else {}
        return {
            name: _convert(resource, (*names, name), type.element, each) for name, each in entries.items()
        }
    elements = said if isinstance(said, list) else []
    return [_convert(resource, names, type.element, each) for each in elements]


def _convert_primitive(
    resource: SimulatedResource, names: tuple[str, ...], type: Primitive, said: Value
) -> Value:
    if type.name == "dynamic":
        return _dynamic(resource)
    value = said
    if isinstance(said, str):
        value = render(said, "/".join(names), resource, lambda name: resolve_value(resource, name))
    if type.name == "string":
        text = _text(value)
        return text if text is not None else fallback_text(resource, names)
    if type.name == "bool":
        return value in (True, "true")
    return _numeric(value)


def _dynamic(resource: SimulatedResource) -> Value:
    """A value that brings its type along: what Kubernetes was told to make, or nothing at all."""
    manifest = resource.values.get("manifest")
    return manifest if isinstance(manifest, list) else ['["object",{}]', {}]


def _text(value: Value) -> str | None:
    if value is None or isinstance(value, Unknown | list | dict):
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _numeric(value: Value) -> Value:
    found = as_number(value)
    if found is None:
        return 0
    return int(found) if found == int(found) else found
