"""Values of the random provider's resources, in the requested length, characters and range."""

import base64
from collections.abc import Callable, Mapping

from arqctl.offline.aws.numbers import as_int
from arqctl.offline.aws.pseudorandom import ALPHABETS, digest, seeded_string, unique_string
from arqctl.offline.aws.simulated_resource import SimulatedResource
from arqctl.offline.values import Value

_LOWER = "abcdefghijklmnopqrstuvwxyz"
_SPECIAL = "!@#$%&*()-_=+[]{}<>:?"
_ADJECTIVES = (
    "brave",
    "calm",
    "eager",
    "fair",
    "gentle",
    "keen",
    "lively",
    "merry",
    "neat",
    "proud",
    "quiet",
    "swift",
)
_ANIMALS = (
    "badger",
    "crane",
    "dingo",
    "falcon",
    "heron",
    "ibex",
    "lynx",
    "marten",
    "otter",
    "puffin",
    "raven",
    "tapir",
)


def random_value(resource: SimulatedResource, name: str) -> Value:
    """Return the value of a computed attribute of a `random_…` resource, or None if it is an argument."""
    return _BY_TYPE[resource.type](resource).get(name)


def _random_string(resource: SimulatedResource) -> dict[str, Value]:
    result = _random_characters(resource)
    return {**_DEFAULTS, "result": result, "id": result}


def _random_password(resource: SimulatedResource) -> dict[str, Value]:
    # Not a real hash: bcrypt is slow on purpose, and nothing verifies this one.
    hashed = "$2a$10$" + seeded_string(ALPHABETS["mixed"], 53, f"{resource.seed}/{resource.ordinal}/hash")
    return {**_DEFAULTS, "result": _random_characters(resource), "id": "none", "bcrypt_hash": hashed}


def _random_characters(resource: SimulatedResource) -> str:
    special = resource.get("override_special")
    classes = {
        "lower": _LOWER,
        "upper": _LOWER.upper(),
        "numeric": ALPHABETS["digits"],
        "special": special if isinstance(special, str) and special else _SPECIAL,
    }
    allowed = {name: each for name, each in classes.items() if resource.get(name) is not False}
    length, seed = _get_int(resource, "length", 16), f"{resource.seed}/{resource.ordinal}"
    required = "".join(
        seeded_string(each, _get_int(resource, f"min_{name}", 0), f"{seed}/{name}")
        for name, each in classes.items()
    )[:length]
    random = required + seeded_string(
        "".join(allowed.values()) or _LOWER, length - len(required), f"{seed}/rest"
    )
    return "".join(sorted(random, key=_shuffle_key(seed)))


def _shuffle_key(seed: str) -> Callable[[str], str]:
    counter = iter(range(1 << 20))
    return lambda _: digest(seed, "order", next(counter))


def _random_id(resource: SimulatedResource) -> dict[str, Value]:
    random = _seeded_bytes(resource, _get_int(resource, "byte_length", 8))
    prefix = resource.get("prefix")
    prefix_text = prefix if isinstance(prefix, str) else ""
    url = base64.urlsafe_b64encode(random).decode().rstrip("=")
    return {
        "id": url,
        "b64_url": prefix_text + url,
        "b64_std": prefix_text + base64.b64encode(random).decode(),
        "hex": prefix_text + random.hex(),
        "dec": prefix_text + str(int.from_bytes(random)),
    }


def _random_bytes(resource: SimulatedResource) -> dict[str, Value]:
    random = _seeded_bytes(resource, _get_int(resource, "length", 8))
    return {"base64": base64.b64encode(random).decode(), "hex": random.hex()}


def _random_pet(resource: SimulatedResource) -> dict[str, Value]:
    length = max(1, _get_int(resource, "length", 2))
    prefix, separator = resource.get("prefix"), resource.get("separator")
    words = [_pick_word(resource, _ADJECTIVES, number) for number in range(length - 1)]
    words = [
        *([prefix] if isinstance(prefix, str) and prefix else []),
        *words,
        _pick_word(resource, _ANIMALS, -1),
    ]
    return {
        "id": (separator if isinstance(separator, str) else "-").join(words),
        "length": length,
        "separator": "-",
    }


def _random_integer(resource: SimulatedResource) -> dict[str, Value]:
    low, high = _get_int(resource, "min", 0), _get_int(resource, "max", 0)
    start = int(digest(resource.seed, "integer")[:12], 16) + (resource.ordinal or 0)
    result = low + start % max(1, high - low + 1)
    return {"result": result, "id": str(result)}


def _random_uuid(resource: SimulatedResource) -> dict[str, Value]:
    digits = unique_string(ALPHABETS["hex"], 32, f"{resource.seed}/uuid", resource.ordinal or 0)
    value = f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"
    return {"result": value, "id": value}


def _shuffled_list(resource: SimulatedResource) -> dict[str, Value]:
    given = resource.get("input")
    items = list(given) if isinstance(given, list) else []
    seed = f"{resource.seed}/{resource.ordinal}"
    shuffled = [item for _, item in sorted(enumerate(items), key=lambda pair: digest(seed, pair[0]))]
    return {"result": shuffled[: _get_int(resource, "result_count", len(items))], "id": "-"}


def _seeded_bytes(resource: SimulatedResource, length: int) -> bytes:
    return bytes.fromhex(
        unique_string(ALPHABETS["hex"], 2 * length, f"{resource.seed}/bytes", resource.ordinal or 0)
    )


def _pick_word(resource: SimulatedResource, words: tuple[str, ...], number: int) -> str:
    return words[int(digest(resource.seed, resource.ordinal, number)[:8], 16) % len(words)]


def _get_int(resource: SimulatedResource, name: str, default: int) -> int:
    return as_int(resource.get(name), default)


_DEFAULTS: dict[str, Value] = {
    **dict.fromkeys(("lower", "upper", "numeric", "number", "special"), True),
    **dict.fromkeys(("min_lower", "min_upper", "min_numeric", "min_special"), 0),
}
_BY_TYPE: Mapping[str, Callable[[SimulatedResource], dict[str, Value]]] = {
    "random_string": _random_string,
    "random_password": _random_password,
    "random_id": _random_id,
    "random_bytes": _random_bytes,
    "random_pet": _random_pet,
    "random_integer": _random_integer,
    "random_uuid": _random_uuid,
    "random_uuid4": _random_uuid,
    "random_shuffle": _shuffled_list,
}
RANDOM_TYPES = frozenset(_BY_TYPE)
