"""Deterministic pseudorandom strings: equal in every run, for every hash seed of Python.

The last characters come from a counter, so that resources with equal configuration differ. All others depend
on the configuration only, so that they can be predicted at plan time.
"""

import json
from decimal import Decimal
from hashlib import sha256

from arqctl.offline.values import Unknown, Value

# Number of characters at the end that come from the counter.
COUNTER_LENGTH = 4
ALPHABETS = {
    "hex": "0123456789abcdef",
    "HEX": "0123456789ABCDEF",
    "digits": "0123456789",
    "alnum": "abcdefghijklmnopqrstuvwxyz0123456789",
    "ALNUM": "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "mixed": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
}


def digest(*parts: Value) -> str:
    """Return a hexadecimal digest of known values."""
    return sha256(json.dumps(parts, sort_keys=True, default=_to_json_number).encode()).hexdigest()


def unique_string(alphabet: str, length: int, seed: str, ordinal: int) -> str:
    """Return a string that differs for each ordinal of a seed."""
    counter_length = min(COUNTER_LENGTH, length)
    return seeded_string(alphabet, length - counter_length, seed) + _counter_string(
        alphabet, counter_length, seed, ordinal
    )


def seeded_string(alphabet: str, length: int, seed: str) -> str:
    """Return a string that depends on the seed only."""
    number, base = _number(seed, length), len(alphabet)
    characters = []
    for _ in range(length):
        number, index = divmod(number, base)
        characters.append(alphabet[index])
    return "".join(characters)


def _counter_string(alphabet: str, length: int, seed: str, ordinal: int) -> str:
    base = len(alphabet)
    number = (_number(f"{seed}/start", 8) + ordinal) % base**length
    characters = []
    for _ in range(length):
        number, index = divmod(number, base)
        characters.append(alphabet[index])
    return "".join(reversed(characters))


def _number(seed: str, length: int) -> int:
    blocks = max(1, -(-length * 6 // 256))
    return int("".join(sha256(f"{seed}/{block}".encode()).hexdigest() for block in range(blocks)), 16)


def _to_json_number(value: object) -> str | int | float:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Unknown):
        raise TypeError("an unknown value has no digest")
    raise TypeError(f"not a Terraform value: {value!r}")
