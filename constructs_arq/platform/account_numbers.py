"""Expressions for numbers of payment cards and bank accounts. They verify no checksum."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

# Visa, Mastercard, Discover, Maestro, UnionPay, JCB; then Diners Club and American Express.
# https://en.wikipedia.org/wiki/Payment_card_number#Issuer_identification_number_(IIN)
_LONG = r"4\d{3}|5[0-8]\d{2}|6(?:011|[2-57]\d{2})|2[2-7]\d{2}|35(?:2[89]|[3-8]\d)"
_DINERS, _AMEX = r"3(?:0[0-5]|[689]\d)\d", r"3[47]\d{2}"


def _groups(first: str, *sizes: int, last: str = "") -> str:
    """Return the expression of a number with the same separator between all groups, or with none."""
    forms = ("".join(rf"{separator}\d{{{size}}}" for size in sizes) for separator in ("", "[ -]", r"\."))
    return rf"(?:{first})(?:{'|'.join(forms)}){last}"


_NUMBERS = "|".join(
    (_groups(_LONG, 4, 4, 4, last=r"(?:[ .-]?\d{3})?"), _groups(_DINERS, 6, 4), _groups(_AMEX, 6, 5))
)
# Digits after `0.` are those of a fraction.
CARD: Final = rf"(?:^|[^\w.]|[^\d.]\.)({_NUMBERS})\b"

# https://www.swift.com/standards/data-standards/iban-international-bank-account-number
_COUNTRIES: Mapping[int, Sequence[str]] = MappingProxyType(
    {
        15: ("NO",),
        16: ("BE",),
        18: ("DK", "FI", "FK", "FO", "GL", "NL", "SD"),
        19: ("MK", "SI"),
        20: ("AT", "BA", "EE", "KZ", "LT", "LU", "MN", "XK"),
        21: ("CH", "HR", "LI", "LV"),
        22: ("BG", "BH", "CR", "DE", "GB", "GE", "IE", "ME", "RS", "VA"),
        23: ("AE", "GI", "IL", "IQ", "OM", "SO", "TL"),
        24: ("AD", "CZ", "ES", "MD", "PK", "RO", "SA", "SE", "SK", "TN", "VG"),
        25: ("LY", "PT", "ST"),
        26: ("IS", "TR"),
        27: ("BI", "DJ", "FR", "GR", "IT", "MC", "MR", "SM"),
        28: ("AL", "AZ", "BY", "CY", "DO", "GT", "HN", "HU", "LB", "NI", "PL", "SV"),
        29: ("BR", "EG", "PS", "QA", "UA"),
        30: ("JO", "KW", "MU", "YE"),
        31: ("MT", "SC"),
        32: ("LC",),
        33: ("RU",),
    }
)


# Hexadecimal identifiers can begin with these. Their numbers have no letters.
_DIGITS = frozenset({"AD", "AE", "BA", "BE", "DE", "EE"})


def _ibans(length: int, countries: Sequence[str], character: str) -> str:
    """Return the expression of the numbers of some countries, in groups of four or in one."""
    groups, rest = divmod(length - 4, 4)
    last = f"[ -]{character}{{{rest}}}" if rest else ""
    grouped = f"(?:[ -]{character}{{4}}){{{groups}}}{last}"
    return rf"(?:{'|'.join(countries)})\d{{2}}(?:{character}{{{length - 4}}}|{grouped})"


def _all_ibans() -> Iterator[str]:
    for length, countries in _COUNTRIES.items():
        for character, codes in (
            ("[A-Z0-9]", [each for each in countries if each not in _DIGITS]),
            (r"\d", [each for each in countries if each in _DIGITS]),
        ):
            if codes:
                yield _ibans(length, codes, character)


# Other identifiers rarely have the length of their country's numbers.
IBAN: Final = rf"\b((?i:{'|'.join(_all_ibans())}))\b"
