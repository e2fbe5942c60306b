"""A strategy for configurations with invalid values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.properties.raw_values import RawConfig

# Plausible input: other types, boundary values, and values that look valid.
_PLAUSIBLE_VALUES: st.SearchStrategy[Any] = st.sampled_from(
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


class _UnsupportedValue:
    """A value of a type that no field accepts."""

    def __repr__(self) -> str:
        return "<unsupported>"


@dataclass(frozen=True)
class InvalidConfiguration:
    """A configuration with invalid values, and the paths that are invalid independently of other values."""

    raw_config: RawConfig
    expected_paths: frozenset[str]


_OBVIOUS_KINDS = ("unsupported", "missing", "unknown", "plausible")
# Mostly the value of another configuration, which is valid alone but may conflict with the other values.
_SUBTLE_KINDS = ("another",) * 5 + ("repeated", "reversed", "plausible")


@st.composite
def invalid_configurations(draw: st.DrawFn, valid: st.SearchStrategy[RawConfig]) -> InvalidConfiguration:
    raw_config, another = draw(valid), draw(valid)
    configurations, others = dict(raw_config.nested()), dict(another.nested())
    kinds = draw(st.sampled_from((_OBVIOUS_KINDS, _SUBTLE_KINDS, _SUBTLE_KINDS)))
    chosen = draw(st.lists(st.sampled_from(sorted(configurations)), min_size=1, max_size=3, unique=True))
    changes: dict[str, Mapping[str, Any]] = {}
    expected_paths: set[str] = set()
    for path in chosen:
        # A replacement would remove nested configurations, so fields that contain a chosen one are excluded.
        inside = {_field_towards(path, other) for other in chosen}
        changes[path], found = draw(
            _introduce_errors(configurations[path], others.get(path), kinds=kinds, excluded=inside)
        )
        expected_paths |= {f"{path}.{name}".lstrip(".") for name in found}
    return InvalidConfiguration(raw_config.with_changes(changes), frozenset(expected_paths))


def _field_towards(path: str, other: str) -> str:
    """Return the field of the configuration at `path` that contains `other`, or an empty string."""
    inside = not path or other.startswith(f"{path}.")
    return other[len(path) :].lstrip(".").partition(".")[0] if inside else ""


@st.composite
def _introduce_errors(
    draw: st.DrawFn,
    raw_config: RawConfig,
    another: RawConfig | None,
    *,
    kinds: tuple[str, ...],
    excluded: set[str],
) -> tuple[dict[str, Any], set[str]]:
    values = dict(raw_config.values)
    expected_paths = set()
    names = sorted(set(raw_config.model.model_fields) - excluded)
    for name in draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True)) if names else ():
        match draw(st.sampled_from(kinds)):
            case "another" if another and name in another.values:
                values[name] = another.values[name]
            case "repeated" if isinstance(values.get(name), tuple):
                values[name] = values[name] * 2
            case "reversed" if isinstance(values.get(name), tuple):
                values[name] = values[name][::-1]
            case "unsupported":
                values[name] = _UnsupportedValue()
                expected_paths.add(name)
            case "missing" if raw_config.model.model_fields[name].is_required():
                values.pop(name, None)
                expected_paths.add(name)
            case "unknown":
                values[f"{name}s_"] = values.get(name)
                expected_paths.add(f"{name}s_")
            case "plausible":
                values[name] = draw(_PLAUSIBLE_VALUES)
    return values, expected_paths
