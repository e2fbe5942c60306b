"""What a resource is called: ids, ARNs, names and addresses, foretold at plan time and told at apply.

Foretold is the beginning: nearly the whole id, so that what refers to the resource can be told apart from
what refers to another one before either exists. The last characters are counted at apply.
"""

from collections.abc import Mapping

from arqctl.offline.aws.template_variables import ANSWERED, FORETOLD
from arqctl.offline.aws.templates_data import answers_of, id_prefix, service_of
from arqctl.offline.aws.simulated_resource import Simulation
from arqctl.offline.aws.templates import render
from arqctl.offline.schema.model import STRING, Block
from arqctl.offline.values import UNKNOWN, Unknown, Value

_NOT_NULL = Unknown(not_null=True)
_UNIQUE = "20260101{digits18}"
# Arguments that name a resource as a whole, in this order, where the data file says nothing of its type.
_NAMES = ("name", "identifier", "bucket", "domain_name", "domain", "key_name", "family")


def foretell(simulation: Simulation, block: Block) -> dict[str, Value]:
    """For each attribute that AWS will answer, as much of it as can be told while planning a new resource.

    Only those of which something can be told. What was foretold holds at apply, whatever gets known until
    then.
    """
    if not simulation.type.startswith("aws_"):
        return {}
    asked = [name for name, value in simulation.values.items() if value == UNKNOWN]
    asked = [name for name in asked if simulation.config.get(name) is None and name in block.attributes]
    told = {name: _foretold(simulation, name) for name in asked if block.attributes[name].type == STRING}
    if simulation.type == "aws_acm_certificate" and "domain_validation_options" in asked:
        told["domain_validation_options"] = validation_options(simulation)
    return {name: value for name, value in told.items() if value not in (UNKNOWN, _NOT_NULL)}


def identify(simulation: Simulation) -> str:
    """The id of a resource that is being created; of a type without `id`, its ARN."""
    name = "arn" if "arn" in simulation.values and "id" not in simulation.values else "id"
    given = simulation.given(name)
    return given if isinstance(given, str) else str(told(simulation, name))


def template(simulation: Simulation, name: str) -> Value:
    """How a top-level attribute reads, by the data file or by rule; None if nothing is known of it."""
    published = answers_of(simulation.type)
    return published[name] if name in published else _by_rule(simulation, name)


def told(simulation: Simulation, name: str) -> Value:
    """The text of an attribute by its template: all of it at apply, its beginning while planning."""
    pattern = template(simulation, name)
    if not isinstance(pattern, str):
        return UNKNOWN if pattern is None else pattern
    return render(pattern, name, simulation, lambda each: argument(simulation, each))


def argument(simulation: Simulation, name: str) -> Value:
    """The value of an argument or attribute: as planned, else derived, else by its own template."""
    given = simulation.given(name)
    if given is not None and not isinstance(given, Unknown):
        return given
    derived = (FORETOLD if simulation.ordinal is None else ANSWERED).get(name)
    if derived:
        return derived(simulation, lambda each: argument(simulation, each))
    if name in ANSWERED or simulation.config.get(name) is not None:
        return UNKNOWN if given is None else given
    # An argument that is unset has no text, whatever would be answered for an unset attribute.
    if (isinstance(given, Unknown) or name not in simulation.values) and template(
        simulation, name
    ) is not None:
        return told(simulation, name)
    # Asked for, known after apply, and now is apply: it has no text of its own.
    return given if simulation.ordinal is None else None


def validation_options(simulation: Simulation) -> Value:
    """The records that prove to ACM whose domain it is: for each domain, with and without a star, one."""
    names = [simulation.given("domain_name"), *_listed(simulation.given("subject_alternative_names"))]
    if not all(isinstance(name, str) for name in names):
        return UNKNOWN if simulation.ordinal is None else []
    if simulation.given("validation_method") != "DNS":
        return []
    return [_validation_option(simulation, name) for name in sorted({str(name) for name in names})]


def arn_by_rule(simulation: Simulation, kind: str, name: str) -> str:
    """The template of an ARN of a kind of thing, in the service of the resource's type."""
    service = service_of_type(simulation.type)
    return f"arn:{{partition}}:{service}:{{region}}:{{account}}:{kind}/{name}"


def service_of_type(type: str) -> str:
    """The service that its ARNs name: that of the longest known beginning, else the type's second word."""
    words = type.split("_")[1:] or [type]
    for length in range(len(words), 0, -1):
        if service := service_of("_".join(words[:length])):
            return service
    return words[0].replace(".", "-")


def _foretold(simulation: Simulation, name: str) -> Value:
    value = told(simulation, name)
    # Where a resource will stand is known before it does.
    if isinstance(value, str) and name != "region":
        return Unknown(prefix=value[:-1], not_null=True)
    return value


def _by_rule(simulation: Simulation, name: str) -> Value:
    if name in ("id", "arn"):
        return _id_by_rule(simulation) if name == "id" else _arn_by_rule(simulation)
    if name == "region":
        return "{region}"
    if simulation.config.get(f"{name}_prefix") not in (None, ""):
        return f"{{{name}_prefix}}{_UNIQUE}"
    return f"terraform-{_UNIQUE}" if name == "name" else None


def _arn_by_rule(simulation: Simulation) -> str | None:
    # An id that is an ARN says nothing of an ARN that isn't given.
    if answers_of(simulation.type).get("id") == "{arn}":
        return None
    kind = "-".join(simulation.type.split("_")[2:]) or simulation.type
    return arn_by_rule(simulation, kind, "{id}")


def _id_by_rule(simulation: Simulation) -> str:
    if prefix := id_prefix(simulation.type):
        return f"{prefix}-{{hex17}}"
    if simulation.type.startswith(("random_", "tls_")):
        return "{hex40}"
    named = (name for name in _NAMES if simulation.config.get(name) is not None)
    name = next(named, "")
    return f"{{{name}}}" if name else "{uuid}"


def _validation_option(simulation: Simulation, name: str) -> Value:
    domain = name.removeprefix("*.")
    if simulation.ordinal is None:
        parts = ("resource_record_name", "resource_record_type", "resource_record_value")
        return {"domain_name": name, **dict.fromkeys(parts, UNKNOWN)}
    # A domain's record is the same for all of an account's certificates, and for the domain's star.
    by_domain = Simulation(domain, {}, {}, simulation.account, 0)
    return {
        "domain_name": name,
        "resource_record_name": str(_drawn("_{hex32}", "name", by_domain)) + f".{domain}.",
        "resource_record_type": "CNAME",
        "resource_record_value": str(_drawn("_{hex32}.{alnum10}.acm-validations.aws.", "value", by_domain)),
    }


def _drawn(pattern: str, purpose: str, simulation: Simulation) -> str | Unknown:
    return render(pattern, purpose, simulation, lambda _: None)


def _listed(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []


def merged_tags(tags: Value, default_tags: Mapping[str, Value]) -> Value:
    """`tags_all`: a resource's own tags over the provider's. A tag with an empty name is left out."""
    if isinstance(tags, Unknown):
        return UNKNOWN
    own = tags if isinstance(tags, dict) else {}
    return {name: value for name, value in {**default_tags, **own}.items() if value is not None}
