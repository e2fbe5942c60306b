"""Texts that look drawn by lot and are not: the same in every run, whatever Python's hash seed.

The last characters count, so that resources of equal configuration differ; all before them follow from the
configuration alone, so that they can be told at plan time.
"""

import json
from decimal import Decimal
from hashlib import sha256

from arqctl.offline.values import Unknown, Value

# How many characters at the end tell equal configurations apart.
COUNTED = 4
ALPHABETS = {
    "hex": "0123456789abcdef",
    "HEX": "0123456789ABCDEF",
    "digits": "0123456789",
    "alnum": "abcdefghijklmnopqrstuvwxyz0123456789",
    "ALNUM": "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "mixed": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
}


def digest(*parts: Value) -> str:
    """A hexadecimal digest of known values."""
    return sha256(json.dumps(parts, sort_keys=True, default=_plain).encode()).hexdigest()


def unique_string(alphabet: str, length: int, seed: str, ordinal: int) -> str:
    """`length` characters of an alphabet: two ordinals never give the same, two seeds hardly ever do."""
    counted = min(COUNTED, length)
    return seeded_string(alphabet, length - counted, seed) + _count(alphabet, counted, seed, ordinal)


def seeded_string(alphabet: str, length: int, seed: str) -> str:
    """`length` characters that follow from the seed alone."""
    number, base = _number(seed, length), len(alphabet)
    characters = []
    for _ in range(length):
        number, index = divmod(number, base)
        characters.append(alphabet[index])
    return "".join(characters)


def _count(alphabet: str, length: int, seed: str, ordinal: int) -> str:
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


def _plain(value: object) -> str | int | float:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Unknown):
        raise TypeError("a value that is known after apply has no digest")
    raise TypeError(f"not a value: {value!r}")
