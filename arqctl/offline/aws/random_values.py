"""What the random provider draws: of the length, the characters and the range that were asked for."""

import base64
from collections.abc import Callable, Mapping

from arqctl.offline.aws.numbers import whole
from arqctl.offline.aws.simulated_resource import Simulation
from arqctl.offline.aws.pseudorandom import ALPHABETS, digest, fixed, text
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


def random_value(simulation: Simulation, name: str) -> Value:
    """The value of an attribute of a `random_…` resource; None for one that is an argument like any other."""
    return _BY_TYPE[simulation.type](simulation).get(name)


def _string(simulation: Simulation) -> dict[str, Value]:
    result = _characters(simulation)
    return {**_DEFAULTS, "result": result, "id": result}


def _password(simulation: Simulation) -> dict[str, Value]:
    # No real hash: computing one is slow on purpose, and nobody signs in here.
    hashed = "$2a$10$" + fixed(ALPHABETS["mixed"], 53, f"{simulation.seed}/{simulation.ordinal}/hash")
    return {**_DEFAULTS, "result": _characters(simulation), "id": "none", "bcrypt_hash": hashed}


def _characters(simulation: Simulation) -> str:
    special = simulation.given("override_special")
    classes = {
        "lower": _LOWER,
        "upper": _LOWER.upper(),
        "numeric": ALPHABETS["digits"],
        "special": special if isinstance(special, str) and special else _SPECIAL,
    }
    allowed = {name: each for name, each in classes.items() if simulation.given(name) is not False}
    length, seed = _number(simulation, "length", 16), f"{simulation.seed}/{simulation.ordinal}"
    due = "".join(
        fixed(each, _number(simulation, f"min_{name}", 0), f"{seed}/{name}") for name, each in classes.items()
    )[:length]
    drawn = due + fixed("".join(allowed.values()) or _LOWER, length - len(due), f"{seed}/rest")
    return "".join(sorted(drawn, key=_shuffler(seed)))


def _shuffler(seed: str) -> Callable[[str], str]:
    turns = iter(range(1 << 20))
    return lambda _: digest(seed, "order", next(turns))


def _id(simulation: Simulation) -> dict[str, Value]:
    drawn = _bytes(simulation, _number(simulation, "byte_length", 8))
    prefix = simulation.given("prefix")
    before = prefix if isinstance(prefix, str) else ""
    url = base64.urlsafe_b64encode(drawn).decode().rstrip("=")
    return {
        "id": url,
        "b64_url": before + url,
        "b64_std": before + base64.b64encode(drawn).decode(),
        "hex": before + drawn.hex(),
        "dec": before + str(int.from_bytes(drawn)),
    }


def _random_bytes(simulation: Simulation) -> dict[str, Value]:
    drawn = _bytes(simulation, _number(simulation, "length", 8))
    return {"base64": base64.b64encode(drawn).decode(), "hex": drawn.hex()}


def _pet(simulation: Simulation) -> dict[str, Value]:
    length = max(1, _number(simulation, "length", 2))
    prefix, separator = simulation.given("prefix"), simulation.given("separator")
    words = [_pick(simulation, _ADJECTIVES, number) for number in range(length - 1)]
    words = [
        *([prefix] if isinstance(prefix, str) and prefix else []),
        *words,
        _pick(simulation, _ANIMALS, -1),
    ]
    return {
        "id": (separator if isinstance(separator, str) else "-").join(words),
        "length": length,
        "separator": "-",
    }


def _integer(simulation: Simulation) -> dict[str, Value]:
    low, high = _number(simulation, "min", 0), _number(simulation, "max", 0)
    start = int(digest(simulation.seed, "integer")[:12], 16) + (simulation.ordinal or 0)
    result = low + start % max(1, high - low + 1)
    return {"result": result, "id": str(result)}


def _uuid(simulation: Simulation) -> dict[str, Value]:
    digits = text(ALPHABETS["hex"], 32, f"{simulation.seed}/uuid", simulation.ordinal or 0)
    value = f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"
    return {"result": value, "id": value}


def _shuffle(simulation: Simulation) -> dict[str, Value]:
    given = simulation.given("input")
    items = list(given) if isinstance(given, list) else []
    seed = f"{simulation.seed}/{simulation.ordinal}"
    shuffled = [item for _, item in sorted(enumerate(items), key=lambda pair: digest(seed, pair[0]))]
    return {"result": shuffled[: _number(simulation, "result_count", len(items))], "id": "-"}


def _bytes(simulation: Simulation, length: int) -> bytes:
    return bytes.fromhex(
        text(ALPHABETS["hex"], 2 * length, f"{simulation.seed}/bytes", simulation.ordinal or 0)
    )


def _pick(simulation: Simulation, words: tuple[str, ...], number: int) -> str:
    return words[int(digest(simulation.seed, simulation.ordinal, number)[:8], 16) % len(words)]


def _number(simulation: Simulation, name: str, default: int) -> int:
    return whole(simulation.given(name), default)


_DEFAULTS: dict[str, Value] = {
    **dict.fromkeys(("lower", "upper", "numeric", "number", "special"), True),
    **dict.fromkeys(("min_lower", "min_upper", "min_numeric", "min_special"), 0),
}
_BY_TYPE: Mapping[str, Callable[[Simulation], dict[str, Value]]] = {
    "random_string": _string,
    "random_password": _password,
    "random_id": _id,
    "random_bytes": _random_bytes,
    "random_pet": _pet,
    "random_integer": _integer,
    "random_uuid": _uuid,
    "random_uuid4": _uuid,
    "random_shuffle": _shuffle,
}
RANDOM_TYPES = frozenset(_BY_TYPE)
