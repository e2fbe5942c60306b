"""What a resource is called: ids, ARNs, names and addresses, foretold at plan time and told at apply.

Foretold is the beginning: nearly the whole id, so that what refers to the resource can be told apart from
what refers to another one before either exists. The last characters are counted at apply.
"""

from collections.abc import Mapping

from arqctl.offline.aws.simulated_resource import SimulatedResource
from arqctl.offline.aws.template_variables import PLAN_TIME_VARIABLES, TEMPLATE_VARIABLES
from arqctl.offline.aws.templates import render
from arqctl.offline.aws.templates_data import attribute_templates, id_prefix, service_for_prefix
from arqctl.offline.schema.model import STRING, Block
from arqctl.offline.values import UNKNOWN, Unknown, Value

_NOT_NULL = Unknown(not_null=True)
_UNIQUE = "20260101{digits18}"
# Arguments that name a resource as a whole, in this order, where the data file says nothing of its type.
_NAMES = ("name", "identifier", "bucket", "domain_name", "domain", "key_name", "family")


def predict(resource: SimulatedResource, block: Block) -> dict[str, Value]:
    """For each attribute that AWS will answer, as much of it as can be told while planning a new resource.

    Only those of which something can be told. What was foretold holds at apply, whatever gets known until
    then.
    """
    if not resource.type.startswith("aws_"):
        return {}
    asked = [name for name, value in resource.values.items() if value == UNKNOWN]
    asked = [name for name in asked if resource.config.get(name) is None and name in block.attributes]
    told = {
        name: _predict_attribute(resource, name) for name in asked if block.attributes[name].type == STRING
    }
    if resource.type == "aws_acm_certificate" and "domain_validation_options" in asked:
        told["domain_validation_options"] = acm_validation_options(resource)
    return {name: value for name, value in told.items() if value not in (UNKNOWN, _NOT_NULL)}


def make_id(resource: SimulatedResource) -> str:
    """The id of a resource that is being created; of a type without `id`, its ARN."""
    name = "arn" if "arn" in resource.values and "id" not in resource.values else "id"
    given = resource.given(name)
    return given if isinstance(given, str) else str(render_value(resource, name))


def attribute_template(resource: SimulatedResource, name: str) -> Value:
    """How a top-level attribute reads, by the data file or by rule; None if nothing is known of it."""
    published = attribute_templates(resource.type)
    return published[name] if name in published else _default_template(resource, name)


def render_value(resource: SimulatedResource, name: str) -> Value:
    """The text of an attribute by its template: all of it at apply, its beginning while planning."""
    pattern = attribute_template(resource, name)
    if not isinstance(pattern, str):
        return UNKNOWN if pattern is None else pattern
    return render(pattern, name, resource, lambda each: resolve_value(resource, each))


def resolve_value(resource: SimulatedResource, name: str) -> Value:
    """The value of an argument or attribute: as planned, else derived, else by its own template."""
    given = resource.given(name)
    if given is not None and not isinstance(given, Unknown):
        return given
    derived = (PLAN_TIME_VARIABLES if resource.ordinal is None else TEMPLATE_VARIABLES).get(name)
    if derived:
        return derived(resource, lambda each: resolve_value(resource, each))
    if name in TEMPLATE_VARIABLES or resource.config.get(name) is not None:
        return UNKNOWN if given is None else given
    # An argument that is unset has no text, whatever would be answered for an unset attribute.
    if (isinstance(given, Unknown) or name not in resource.values) and attribute_template(
        resource, name
    ) is not None:
        return render_value(resource, name)
    # Asked for, known after apply, and now is apply: it has no text of its own.
    return given if resource.ordinal is None else None


def acm_validation_options(resource: SimulatedResource) -> Value:
    """The records that prove to ACM whose domain it is: for each domain, with and without a star, one."""
    names = [resource.given("domain_name"), *_listed(resource.given("subject_alternative_names"))]
    if not all(isinstance(name, str) for name in names):
        return UNKNOWN if resource.ordinal is None else []
    if resource.given("validation_method") != "DNS":
        return []
    return [_validation_option(resource, name) for name in sorted({str(name) for name in names})]


def arn_template(resource: SimulatedResource, kind: str, name: str) -> str:
    """The template of an ARN of a kind of thing, in the service of the resource's type."""
    service = arn_service(resource.type)
    return f"arn:{{partition}}:{service}:{{region}}:{{account}}:{kind}/{name}"


def arn_service(type: str) -> str:
    """The service that its ARNs name: that of the longest known beginning, else the type's second word."""
    words = type.split("_")[1:] or [type]
    for length in range(len(words), 0, -1):
        if service := service_for_prefix("_".join(words[:length])):
            return service
    return words[0].replace(".", "-")


def _predict_attribute(resource: SimulatedResource, name: str) -> Value:
    value = render_value(resource, name)
    # Where a resource will stand is known before it does.
    if isinstance(value, str) and name != "region":
        return Unknown(prefix=value[:-1], not_null=True)
    return value


def _default_template(resource: SimulatedResource, name: str) -> Value:
    if name in ("id", "arn"):
        return _default_id_template(resource) if name == "id" else _default_arn_template(resource)
    if name == "region":
        return "{region}"
    if resource.config.get(f"{name}_prefix") not in (None, ""):
        return f"{{{name}_prefix}}{_UNIQUE}"
    return f"terraform-{_UNIQUE}" if name == "name" else None


def _default_arn_template(resource: SimulatedResource) -> str | None:
    # An id that is an ARN says nothing of an ARN that isn't given.
    if attribute_templates(resource.type).get("id") == "{arn}":
        return None
    kind = "-".join(resource.type.split("_")[2:]) or resource.type
    return arn_template(resource, kind, "{id}")


def _default_id_template(resource: SimulatedResource) -> str:
    if prefix := id_prefix(resource.type):
        return f"{prefix}-{{hex17}}"
    if resource.type.startswith(("random_", "tls_")):
        return "{hex40}"
    named = (name for name in _NAMES if resource.config.get(name) is not None)
    name = next(named, "")
    return f"{{{name}}}" if name else "{uuid}"


def _validation_option(resource: SimulatedResource, name: str) -> Value:
    domain = name.removeprefix("*.")
    if resource.ordinal is None:
        parts = ("resource_record_name", "resource_record_type", "resource_record_value")
        return {"domain_name": name, **dict.fromkeys(parts, UNKNOWN)}
    # A domain's record is the same for all of an account's certificates, and for the domain's star.
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


def _listed(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []


def merge_tags(tags: Value, default_tags: Mapping[str, Value]) -> Value:
    """`tags_all`: a resource's own tags over the provider's. A tag with an empty name is left out."""
    if isinstance(tags, Unknown):
        return UNKNOWN
    own = tags if isinstance(tags, dict) else {}
    return {name: value for name, value in {**default_tags, **own}.items() if value is not None}
