"""Environments with mistakes in them: some that nobody could take for right, and some that may be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.properties.given import Given
from tests.properties.right import environments

# What people write: other types, edges of ranges, forms that look right.
_PLAUSIBLE: st.SearchStrategy[Any] = st.sampled_from(
    (
        *(None, True, -1, 0, 1, 3, 99, 10**6, 10**20, 1.5, float("inf"), float("nan")),
        *(
            "",
            "x",
            "a" * 41,
            "ä",
            "UPPER",
            "a--b",
            "-a",
            "a_b",
            "with space",
            "two\nlines",
            "${var.x}",
            "%{if",
        ),
        *("0.0.0.0/0", "10.0.0.0/8", "10.40.0.1/16", "10.40.0.0/23", "fd00::/56", "euw1-az7", "eu-west-1a"),
        *("1.20", "19", "9.9", "db.z9.nano", "cache.r6gd.large", "p5.48xlarge", "a@b", "http://arq.example/"),
        *("24:00-25:00", "02:00-02:30", "sun:02:30-sun:03:30", "* * * *", "arn:aws:iam::1:role/x"),
        *((), {}, ("x",), ("x", "x"), {"a": "10.0.0.0/9", "b": "10.1.0.0/16"}, {"A b": {}}, [None], b"x"),
    )
)


class _Nonsense:
    """A value of a type that no field takes."""

    def __repr__(self) -> str:
        return "<nonsense>"


@dataclass(frozen=True)
class Mistaken:
    """Values with mistakes, and the paths of those that are mistakes whatever the rest is."""

    given: Given
    certain: frozenset[str]


_GROSS = ("nonsense", "missing", "unknown", "plausible")
# Mostly what another environment has there: right by itself, and perhaps not beside the rest.
_SUBTLE = ("another",) * 5 + ("repeated", "reversed", "plausible")


@st.composite
def mistaken_environments(draw: st.DrawFn) -> Mistaken:
    given, another = draw(environments()), draw(environments())
    configurations, others = dict(given.below()), dict(another.below())
    kinds = draw(st.sampled_from((_GROSS, _SUBTLE, _SUBTLE)))
    chosen = draw(st.lists(st.sampled_from(sorted(configurations)), min_size=1, max_size=3, unique=True))
    changes: dict[str, Mapping[str, Any]] = {}
    certain: set[str] = set()
    for path in chosen:
        # What stands inside of something that is replaced would be lost with it.
        inside = {_step_below(path, other) for other in chosen}
        changes[path], found = draw(
            _mistakes(configurations[path], others.get(path), kinds=kinds, spare=inside)
        )
        certain |= {f"{path}.{name}".lstrip(".") for name in found}
    return Mistaken(given.changed(changes), frozenset(certain))


def _step_below(path: str, other: str) -> str:
    """The field of the configuration at `path` in which `other` is; empty if it is elsewhere."""
    inside = not path or other.startswith(f"{path}.")
    return other[len(path) :].lstrip(".").partition(".")[0] if inside else ""


@st.composite
def _mistakes(
    draw: st.DrawFn, given: Given, another: Given | None, *, kinds: tuple[str, ...], spare: set[str]
) -> tuple[dict[str, Any], set[str]]:
    values = dict(given.values)
    certain = set()
    names = sorted(set(given.model.model_fields) - spare)
    for name in draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True)) if names else ():
        match draw(st.sampled_from(kinds)):
            case "another" if another and name in another.values:
                values[name] = another.values[name]
            case "repeated" if isinstance(values.get(name), tuple):
                values[name] = values[name] * 2
            case "reversed" if isinstance(values.get(name), tuple):
                values[name] = values[name][::-1]
            case "nonsense":
                values[name] = _Nonsense()
                certain.add(name)
            case "missing" if given.model.model_fields[name].is_required():
                values.pop(name, None)
                certain.add(name)
            case "unknown":
                values[f"{name}s_"] = values.get(name)
                certain.add(f"{name}s_")
            case "plausible":
                values[name] = draw(_PLAUSIBLE)
    return values, certain
