"""Ids, ARNs, names and addresses of resources: predicted at plan time, complete at apply.

A predicted value is a known prefix with all but the last characters. It distinguishes references to different
resources before either exists. The last characters are chosen at apply.
"""

from collections.abc import Mapping

from arqctl.offline.aws.simulated_resource import SimulatedResource
from arqctl.offline.aws.template_variables import PLAN_TIME_VARIABLES, TEMPLATE_VARIABLES
from arqctl.offline.aws.templates import render
from arqctl.offline.aws.templates_data import arn_service_for_prefix, attribute_templates, id_prefix
from arqctl.offline.schema.model import Block
from arqctl.offline.types import STRING
from arqctl.offline.values import UNKNOWN, Unknown, Value

_NOT_NULL = Unknown(not_null=True)
_UNIQUE_SUFFIX = "20260101{digits18}"
# Arguments that name a resource, in order of preference, for types without a template.
_NAMING_ARGUMENTS = ("name", "identifier", "bucket", "domain_name", "domain", "key_name", "family")


def predict(resource: SimulatedResource, block: Block) -> dict[str, Value]:
    """Predict the computed attributes of a new resource.

    The result has only attributes for which something is known. A predicted value is still
    correct at apply, when more arguments are known.
    """
    if not resource.type.startswith("aws_"):
        return {}
    computed = [name for name, value in resource.values.items() if value == UNKNOWN]
    computed = [name for name in computed if resource.config.get(name) is None and name in block.attributes]
    predicted = {
        name: _predict_attribute(resource, name) for name in computed if block.attributes[name].type == STRING
    }
    if resource.type == "aws_acm_certificate" and "domain_validation_options" in computed:
        predicted["domain_validation_options"] = acm_validation_options(resource)
    return {name: value for name, value in predicted.items() if value not in (UNKNOWN, _NOT_NULL)}


def make_id(resource: SimulatedResource) -> str:
    """Make the identity of a resource that is being created: its id, else its ARN, else its name."""
    if "id" not in resource.values and "arn" not in resource.values:
        return identity(resource.values)
    name = "arn" if "arn" in resource.values and "id" not in resource.values else "id"
    given = resource.get(name)
    return given if isinstance(given, str) else str(render_value(resource, name))


def attribute_template(resource: SimulatedResource, name: str) -> Value:
    """Return a top-level attribute's template, from the template file or by default; None if it has none."""
    templates = attribute_templates(resource.type)
    return templates[name] if name in templates else _default_template(resource, name)


def render_value(resource: SimulatedResource, name: str) -> Value:
    """Render an attribute's template: complete at apply, a known prefix at plan time."""
    pattern = attribute_template(resource, name)
    if not isinstance(pattern, str):
        return UNKNOWN if pattern is None else pattern
    return render(pattern, name, resource, lambda each: resolve_value(resource, each))


def resolve_value(resource: SimulatedResource, name: str) -> Value:
    """Return the value of an argument or attribute: as planned, else computed, else from its own template."""
    given = resource.get(name)
    if given is not None and not isinstance(given, Unknown):
        return given
    compute = (PLAN_TIME_VARIABLES if resource.ordinal is None else TEMPLATE_VARIABLES).get(name)
    if compute:
        return compute(resource, lambda each: resolve_value(resource, each))
    if name in TEMPLATE_VARIABLES or resource.config.get(name) is not None:
        return UNKNOWN if given is None else given
    # An unset argument stays empty, even if its attribute has a template.
    if (isinstance(given, Unknown) or name not in resource.values) and attribute_template(
        resource, name
    ) is not None:
        return render_value(resource, name)
    # At apply, an argument that is still unknown has no value of its own.
    return given if resource.ordinal is None else None


def acm_validation_options(resource: SimulatedResource) -> Value:
    """Return ACM's validation records, one for each domain name. Wildcards count as names of their own."""
    names = [resource.get("domain_name"), *_as_list(resource.get("subject_alternative_names"))]
    if not all(isinstance(name, str) for name in names):
        return UNKNOWN if resource.ordinal is None else []
    if resource.get("validation_method") != "DNS":
        return []
    return [_validation_option(resource, name) for name in sorted({str(name) for name in names})]


def arn_template(resource: SimulatedResource, kind: str, name: str) -> str:
    """Return an ARN template for a resource type's service."""
    service = arn_service(resource.type)
    return f"arn:{{partition}}:{service}:{{region}}:{{account}}:{kind}/{name}"


def arn_service(type: str) -> str:
    """Return the service in a type's ARNs: that of the longest known prefix, else the type's second word."""
    words = type.split("_")[1:] or [type]
    for length in range(len(words), 0, -1):
        if service := arn_service_for_prefix("_".join(words[:length])):
            return service
    return words[0].replace(".", "-")


def _predict_attribute(resource: SimulatedResource, name: str) -> Value:
    value = render_value(resource, name)
    # The region is known at plan time.
    if isinstance(value, str) and name != "region":
        return Unknown(prefix=value[:-1], not_null=True)
    return value


def _default_template(resource: SimulatedResource, name: str) -> Value:
    if name in ("id", "arn"):
        return _default_id_template(resource) if name == "id" else _default_arn_template(resource)
    if name == "region":
        return "{region}"
    if resource.config.get(f"{name}_prefix") not in (None, ""):
        return f"{{{name}_prefix}}{_UNIQUE_SUFFIX}"
    return f"terraform-{_UNIQUE_SUFFIX}" if name == "name" else None


def _default_arn_template(resource: SimulatedResource) -> str | None:
    # If the id's template is the ARN, the ARN can't be derived from the id.
    if attribute_templates(resource.type).get("id") == "{arn}":
        return None
    kind = "-".join(resource.type.split("_")[2:]) or resource.type
    return arn_template(resource, kind, "{id}")


def _default_id_template(resource: SimulatedResource) -> str:
    if prefix := id_prefix(resource.type):
        return f"{prefix}-{{hex17}}"
    if resource.type.startswith(("random_", "tls_")):
        return "{hex40}"
    named = (name for name in _NAMING_ARGUMENTS if resource.config.get(name) is not None)
    name = next(named, "")
    return f"{{{name}}}" if name else "{uuid}"


def _validation_option(resource: SimulatedResource, name: str) -> Value:
    domain = name.removeprefix("*.")
    if resource.ordinal is None:
        parts = ("resource_record_name", "resource_record_type", "resource_record_value")
        return {"domain_name": name, **dict.fromkeys(parts, UNKNOWN)}
    # ACM uses the same record for a domain and its wildcard, in all certificates of an account.
    by_domain = SimulatedResource(domain, {}, {}, resource.account, 0)
    return {
        "domain_name": name,
        "resource_record_name": str(_render_random("_{hex32}", "name", by_domain)) + f".{domain}.",
        "resource_record_type": "CNAME",
        "resource_record_value": str(
            _render_random("_{hex32}.{alnum10}.acm-validations.aws.", "value", by_domain)
        ),
    }


def _render_random(pattern: str, purpose: str, resource: SimulatedResource) -> str | Unknown:
    return render(pattern, purpose, resource, lambda _: None)


def _as_list(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []


def merge_tags(tags: Value, default_tags: Mapping[str, Value]) -> Value:
    """Merge tags over the provider's default tags, as in `tags_all`. Tags that are null are left out."""
    if isinstance(tags, Unknown):
        return UNKNOWN
    own = tags if isinstance(tags, dict) else {}
    return {name: value for name, value in {**default_tags, **own}.items() if value is not None}


def identity(state: Mapping[str, Value]) -> str:
    """Return a resource's identity: its id, else its ARN, else its name. Few types have only the last."""
    names = (state.get(name) for name in ("id", "arn", *_NAMING_ARGUMENTS))
    return next((str(name) for name in names if name and not isinstance(name, Unknown)), "")
