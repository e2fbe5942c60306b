"""Configurations as files of values give them: not yet checked, so that they can be wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from constructs_arq.core.config import Config


@dataclass(frozen=True)
class Given:
    """A call of a configuration's class that has not been made yet."""

    model: type[Config]
    values: Mapping[str, Any]

    def build(self) -> Any:
        """Make the call, the innermost ones first, as Python does."""
        return self.model(**{name: _built(value) for name, value in self.values.items()})

    def below(self, path: str = "") -> "Iterator[tuple[str, Given]]":
        """Itself and every configuration in it, by the path that problems are to name."""
        yield path, self
        for name, value in self.values.items():
            yield from _configurations(value, f"{path}.{name}".lstrip("."))

    def changed(self, changes: Mapping[str, Mapping[str, Any]], path: str = "") -> "Given":
        """The same with other values for the configurations at some paths."""
        own = changes.get(path, self.values)
        return Given(
            self.model,
            {name: _changed(value, changes, f"{path}.{name}".lstrip(".")) for name, value in own.items()},
        )


def given_by(model: type[Config], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Given]:
    """Any choice of values for a class. Whoever adds a field has to say here what it can be."""
    unlike = set(fields) ^ set(model.model_fields)
    assert not unlike, f"the strategy of {model.__name__} and its fields differ in {sorted(unlike)}"
    needed = {name: field for name, field in fields.items() if model.model_fields[name].is_required()}
    optional = {name: field for name, field in fields.items() if name not in needed}
    return st.fixed_dictionaries(needed, optional=optional).map(lambda values: Given(model, values))


def _items(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return {str(key): item for key, item in value.items()}
    if isinstance(value, tuple):
        return {str(index): item for index, item in enumerate(value)}
    return {}


def _configurations(value: Any, path: str) -> Iterator[tuple[str, Given]]:
    if isinstance(value, Given):
        yield from value.below(path)
    for step, item in _items(value).items():
        yield from _configurations(item, f"{path}.{step}")


def _built(value: Any) -> Any:
    if isinstance(value, Given):
        return value.build()
    if isinstance(value, dict):
        return {key: _built(item) for key, item in value.items()}
    return tuple(map(_built, value)) if isinstance(value, tuple) else value


def _changed(value: Any, changes: Mapping[str, Mapping[str, Any]], path: str) -> Any:
    if isinstance(value, Given):
        return value.changed(changes, path)
    if isinstance(value, dict):
        return {key: _changed(item, changes, f"{path}.{key}") for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(_changed(item, changes, f"{path}.{index}") for index, item in enumerate(value))
    return value
