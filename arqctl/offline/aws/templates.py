"""Templates for computed attributes, such as `arn:{partition}:sqs:{region}:{account}:{name}`.

`{hex17}`, `{ALNUM20}`, `{digits12}`, `{alnum26}`, `{mixed16}` and `{uuid}` are pseudorandom strings of that
length. `{account}`, `{region}`, `{partition}`, `{dns_suffix}`, `{region_code}` and `{now}` come from the
account and the time. Any other name is an argument, an attribute or a dotted path into blocks; `=text` gives
its default if it is unset: `{path=/}`.
"""

import re
from collections.abc import Callable

from arqctl.offline.aws.availability_zones import region_code
from arqctl.offline.aws.pseudorandom import ALPHABETS, seeded_string, unique_string
from arqctl.offline.aws.simulated_resource import SimulatedResource
from arqctl.offline.values import Unknown, Value

ResolveArgument = Callable[[str], Value]
# Braces of JSON, and `${…}` in log formats, are not tokens.
_TOKEN = re.compile(r"(?<!\$)\{([A-Za-z]\w*(?:\.\w+)*(?:=[^{}]*)?)\}")
_RANDOM = re.compile(r"^(hex|HEX|digits|alnum|ALNUM|mixed)(\d+)$")
_UUID, _GROUPS = "uuid", (8, 4, 4, 4, 12)


def render(
    template: str, purpose: str, resource: SimulatedResource, resolve: ResolveArgument
) -> str | Unknown:
    """Render a template, or as much of its beginning as is known.

    `resolve` returns the values of arguments. `purpose` makes pseudorandom strings of different attributes
    differ.
    """
    rendered = ""
    for number, piece in enumerate(_TOKEN.split(template)):
        value = _token_value(piece, f"{purpose}/{number}", resource, resolve) if number % 2 else piece
        if isinstance(value, Unknown):
            return Unknown(prefix=rendered + value.prefix, not_null=True)
        rendered += value
    return rendered


def _token_value(
    token: str, purpose: str, resource: SimulatedResource, resolve: ResolveArgument
) -> str | Unknown:
    if token == _UUID:
        return _uuid(_random_string("hex", 32, purpose, resource))
    if match := _RANDOM.match(token):
        return _random_string(match[1], int(match[2]), purpose, resource)
    context = _context_value(token, resource)
    return context if context is not None else _argument_value(token, resolve)


def _random_string(alphabet: str, length: int, purpose: str, resource: SimulatedResource) -> str | Unknown:
    characters, seed = ALPHABETS[alphabet], f"{resource.seed}/{purpose}"
    if resource.seed is None:
        return Unknown()
    if resource.ordinal is None:
        return Unknown(prefix=seeded_string(characters, max(0, length - 4), seed))
    return unique_string(characters, length, seed, resource.ordinal)


def _uuid(digits: str | Unknown) -> str | Unknown:
    if isinstance(digits, Unknown):
        return Unknown(prefix=_format_uuid(digits.prefix)) if digits.prefix else digits
    return _format_uuid(digits)


def _format_uuid(digits: str) -> str:
    # Version 4 and variant 8 mark a random UUID.
    digits = f"{digits[:12]}4{digits[13:16]}8{digits[17:]}"
    groups, start = [], 0
    for length in _GROUPS:
        groups.append(digits[start : start + length])
        start += length
    return "-".join(groups)


def _context_value(token: str, resource: SimulatedResource) -> str | None:
    account = resource.account
    values = {
        "account": account.id,
        "region": account.region,
        "partition": account.partition,
        "dns_suffix": account.dns_suffix,
        "region_code": region_code(account.region),
        "now": resource.now,
    }
    return values.get(token)


def _argument_value(token: str, resolve: ResolveArgument) -> str | Unknown:
    name, _, default = token.partition("=")
    value = resolve(name)
    if value is None or value == "":
        return default
    if isinstance(value, Unknown):
        return value if "=" not in token or value.prefix else Unknown()
    return str(value).lower() if isinstance(value, bool) else str(value)
