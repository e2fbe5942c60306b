"""Values of computed attributes at apply: complete, and of the attribute's type.

The sources are, in this order, the template file, the attribute's name, and its type.
"""

from arqctl.offline.aws.fallbacks import fallback_text
from arqctl.offline.aws.ids import acm_validation_options, attribute_template, resolve_value
from arqctl.offline.aws.numbers import as_number
from arqctl.offline.aws.random_values import RANDOM_TYPES, random_value
from arqctl.offline.aws.simulated_resource import SimulatedResource
from arqctl.offline.aws.templates import render
from arqctl.offline.aws.templates_data import attribute_templates
from arqctl.offline.types import Collection, Object, Primitive, Type
from arqctl.offline.values import Path, Unknown, Value


def compute_attribute(resource: SimulatedResource, path: Path, type: Type) -> Value:
    """Return the value of the computed attribute at `path`, which may lead through blocks and lists.

    The value is never null or unknown, and it is deterministic.
    """
    names = tuple(step for step in path if isinstance(step, str))
    if names[:1] == ("domain_validation_options",) and resource.type == "aws_acm_certificate":
        return _select_option(acm_validation_options(resource), path[1:])
    if names == ("latest_version",) and (before := as_number(resource.prior.get("latest_version"))):
        return int(before) + 1
    generated = _generated_value(resource, names[0]) if len(names) == 1 else None
    template = generated if generated is not None else _template_at(resource, names)
    return _convert(resource, names, type, template)


def _select_option(options: Value, path: Path) -> Value:
    match options, path:
        case list(), (int(number), *rest):
            return _select_option(options[number], tuple(rest))
        case dict(), (str(name),):
            return options[name]
        case _:
            return options


def _generated_value(resource: SimulatedResource, name: str) -> Value:
    # The random and tls providers have generators of their own.
    if resource.type in RANDOM_TYPES:
        return random_value(resource, name)
    if resource.type.startswith("tls_"):
        from arqctl.offline.aws.tls_values import tls_value  # noqa: PLC0415 - cryptography is slow to load

        return tls_value(resource, name)
    return None


def _template_at(resource: SimulatedResource, names: tuple[str, ...]) -> Value:
    """Return the template at an attribute's path, or None."""
    if len(names) == 1:
        return attribute_template(resource, names[0])
    template: Value = dict(attribute_templates(resource.type))
    for name in names:
        if isinstance(template, list):
            template = template[0] if template else None
        template = template.get(name) if isinstance(template, dict) else None
    return template


def _convert(resource: SimulatedResource, names: tuple[str, ...], type: Type, template: Value) -> Value:
    if isinstance(type, Object):
        parts = template if isinstance(template, dict) else {}
        return {
            name: _convert(resource, (*names, name), each, parts.get(name))
            for name, each in type.attributes.items()
        }
    if isinstance(type, Collection):
        return _convert_collection(resource, names, type, template)
    return _convert_primitive(resource, names, type, template)


def _convert_collection(
    resource: SimulatedResource, names: tuple[str, ...], type: Collection, template: Value
) -> Value:
    if type.kind == "map":
        entries = template if isinstance(template, dict) else {}
        return {
            name: _convert(resource, (*names, name), type.element, each) for name, each in entries.items()
        }
    elements = template if isinstance(template, list) else []
    return [_convert(resource, names, type.element, each) for each in elements]


def _convert_primitive(
    resource: SimulatedResource, names: tuple[str, ...], type: Primitive, template: Value
) -> Value:
    if type.name == "dynamic":
        return _dynamic_value(resource)
    value = template
    if isinstance(template, str):
        value = render(template, "/".join(names), resource, lambda name: resolve_value(resource, name))
    if type.name == "string":
        text = _to_string(value)
        return text if text is not None else fallback_text(resource, names)
    if type.name == "bool":
        return value in (True, "true")
    return _to_number(value)


def _dynamic_value(resource: SimulatedResource) -> Value:
    """Return a Kubernetes manifest or an empty object, each together with its type."""
    manifest = resource.values.get("manifest")
    return manifest if isinstance(manifest, list) else ['["object",{}]', {}]


def _to_string(value: Value) -> str | None:
    if value is None or isinstance(value, Unknown | list | dict):
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _to_number(value: Value) -> Value:
    found = as_number(value)
    if found is None:
        return 0
    return int(found) if found == int(found) else found
