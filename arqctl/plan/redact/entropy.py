"""Detects text that looks machine-generated, such as a key or a token."""

import math
import re
from collections import Counter

_SHORTEST = 20
_SHORTEST_OF_ONE_CASE = 28
# A word rarely changes between small letters, capitals and digits, its first letter apart; random text does.
_CHANGES, _CHANGES_OF_ONE_CASE = 0.33, 0.25
_BITS, _BITS_OF_ONE_CASE = 3.6, 3.0
_DIGITS_OF_HEX = 32
_PART = 9
"""Random text rarely has separators; names such as `Policy-TLS13-1-2-2025-09` have many."""
_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_RUN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+|[^A-Za-z0-9]+")
_DASH = re.compile(r"[^A-Za-z0-9]")


def is_random(text: str) -> bool:
    """Return whether the text looks random: mixed kinds of characters, few repetitions, no words."""
    core = text.strip("=-_/+")
    if len(core) < _SHORTEST or not any(map(str.isdigit, core)) or not any(map(str.isalpha, core)):
        return False
    if _HEX.fullmatch(core):
        return len(core) >= _DIGITS_OF_HEX and _bits(core) > _BITS_OF_ONE_CASE
    parts = _DASH.split(core)
    if (len(parts) - 1) * _PART > len(core):
        return False
    changes = (len(_RUN.findall(core)) - 1) / (len(core) - 1)
    if core.lower() != core and core.upper() != core:
        return changes >= _CHANGES and _bits(core) > _BITS
    is_long = max(map(len, parts)) >= _SHORTEST_OF_ONE_CASE
    return is_long and changes >= _CHANGES_OF_ONE_CASE and _bits(core) > _BITS_OF_ONE_CASE


def _bits(text: str) -> float:
    """Return Shannon's entropy, in bits a character."""
    length = len(text)
    return -sum(count / length * math.log2(count / length) for count in Counter(text).values())
