"""Templates of what AWS answers: `arn:{partition}:sqs:{region}:{account}:{name}`.

`{hex17}`, `{ALNUM20}`, `{digits12}`, `{alnum26}`, `{mixed16}` and `{uuid}` draw that many characters;
`{account}`, `{region}`, `{partition}`, `{dns_suffix}`, `{region_code}` and `{now}` speak for themselves; all
else is an argument or attribute of the resource, a dotted path into its blocks, with `=text` for when it is
unset: `{path=/}`.
"""

import re
from collections.abc import Callable

from arqctl.offline.aws.availability_zones import region_code
from arqctl.offline.aws.pseudorandom import ALPHABETS, seeded_string, unique_string
from arqctl.offline.aws.simulated_resource import SimulatedResource
from arqctl.offline.values import Unknown, Value

Argument = Callable[[str], Value]
# Braces of JSON, and `${…}` of log formats, are no tokens.
_TOKEN = re.compile(r"(?<!\$)\{([A-Za-z]\w*(?:\.\w+)*(?:=[^{}]*)?)\}")
_DRAWN = re.compile(r"^(hex|HEX|digits|alnum|ALNUM|mixed)(\d+)$")
_UUID, _GROUPS = "uuid", (8, 4, 4, 4, 12)


def render(template: str, purpose: str, resource: SimulatedResource, argument: Argument) -> str | Unknown:
    """The text, or as much of its beginning as can be told now.

    `argument` gives the values of arguments; `purpose` keeps what is drawn for one attribute from equalling
    what is drawn for another.
    """
    said = ""
    for number, piece in enumerate(_TOKEN.split(template)):
        value = _value(piece, f"{purpose}/{number}", resource, argument) if number % 2 else piece
        if isinstance(value, Unknown):
            return Unknown(prefix=said + value.prefix, not_null=True)
        said += value
    return said


def _value(token: str, purpose: str, resource: SimulatedResource, argument: Argument) -> str | Unknown:
    if token == _UUID:
        return _uuid(_drawn("hex", 32, purpose, resource))
    if drawn := _DRAWN.match(token):
        return _drawn(drawn[1], int(drawn[2]), purpose, resource)
    fact = _fact(token, resource)
    return fact if fact is not None else _argument(token, argument)


def _drawn(alphabet: str, length: int, purpose: str, resource: SimulatedResource) -> str | Unknown:
    characters, seed = ALPHABETS[alphabet], f"{resource.seed}/{purpose}"
    if resource.seed is None:
        return Unknown()
    if resource.ordinal is None:
        return Unknown(prefix=seeded_string(characters, max(0, length - 4), seed))
    return unique_string(characters, length, seed, resource.ordinal)


def _uuid(digits: str | Unknown) -> str | Unknown:
    if isinstance(digits, Unknown):
        return Unknown(prefix=_grouped(digits.prefix)) if digits.prefix else digits
    return _grouped(digits)


def _grouped(digits: str) -> str:
    # A random UUID says so: version 4, variant 8.
    digits = f"{digits[:12]}4{digits[13:16]}8{digits[17:]}"
    groups, start = [], 0
    for length in _GROUPS:
        groups.append(digits[start : start + length])
        start += length
    return "-".join(groups)


def _fact(token: str, resource: SimulatedResource) -> str | None:
    account = resource.account
    facts = {
        "account": account.id,
        "region": account.region,
        "partition": account.partition,
        "dns_suffix": account.dns_suffix,
        "region_code": region_code(account.region),
        "now": resource.at,
    }
    return facts.get(token)


def _argument(token: str, argument: Argument) -> str | Unknown:
    name, _, default = token.partition("=")
    value = argument(name)
    if value is None or value == "":
        return default
    if isinstance(value, Unknown):
        return value if "=" not in token or value.prefix else Unknown()
    return str(value).lower() if isinstance(value, bool) else str(value)
