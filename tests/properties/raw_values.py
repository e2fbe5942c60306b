"""Unvalidated configurations, which can contain invalid values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from constructs_arq.core.config import Config


@dataclass(frozen=True)
class RawConfig:
    """Arguments for the constructor of a configuration."""

    model: type[Config]
    values: Mapping[str, Any]

    def build(self) -> Any:
        """Build the configuration, nested configurations first."""
        return self.model(**{name: _build_value(value) for name, value in self.values.items()})

    def nested(self, path: str = "") -> "Iterator[tuple[str, RawConfig]]":
        """Yield this and all nested configurations with their paths in error messages."""
        yield path, self
        for name, value in self.values.items():
            yield from _nested_configs(value, f"{path}.{name}".lstrip("."))

    def with_changes(self, changes: Mapping[str, Mapping[str, Any]], path: str = "") -> "RawConfig":
        """Return a copy with other values for the configurations at the given paths."""
        values = changes.get(path, self.values)
        return RawConfig(
            self.model,
            {
                name: _change_value(value, changes, f"{path}.{name}".lstrip("."))
                for name, value in values.items()
            },
        )


def raw_configs(model: type[Config], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[RawConfig]:
    """Return a strategy for a configuration. It needs a strategy for every field of the model."""
    difference = set(fields) ^ set(model.model_fields)
    assert not difference, f"the strategy of {model.__name__} and its fields differ in {sorted(difference)}"
    needed = {name: field for name, field in fields.items() if model.model_fields[name].is_required()}
    optional = {name: field for name, field in fields.items() if name not in needed}
    return st.fixed_dictionaries(needed, optional=optional).map(lambda values: RawConfig(model, values))


def _items(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return {str(key): item for key, item in value.items()}
    if isinstance(value, tuple):
        return {str(index): item for index, item in enumerate(value)}
    return {}


def _nested_configs(value: Any, path: str) -> Iterator[tuple[str, RawConfig]]:
    if isinstance(value, RawConfig):
        yield from value.nested(path)
    for step, item in _items(value).items():
        yield from _nested_configs(item, f"{path}.{step}")


def _build_value(value: Any) -> Any:
    if isinstance(value, RawConfig):
        return value.build()
    if isinstance(value, dict):
        return {key: _build_value(item) for key, item in value.items()}
    return tuple(map(_build_value, value)) if isinstance(value, tuple) else value


def _change_value(value: Any, changes: Mapping[str, Mapping[str, Any]], path: str) -> Any:
    if isinstance(value, RawConfig):
        return value.with_changes(changes, path)
    if isinstance(value, dict):
        return {key: _change_value(item, changes, f"{path}.{key}") for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(_change_value(item, changes, f"{path}.{index}") for index, item in enumerate(value))
    return value
