"""Base class of configurations: frozen, strict about unknown fields, and reporting all problems at once."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from constructs_arq.core.errors import ConfigError, Problem


class Config(BaseModel):
    """Values that can differ between environments, validated at construction.

    Raises:
        ConfigError: with all invalid values. Inside `collect_problems` it is raised at the context's end,
            so that the enclosing configuration is validated as well.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_default=True,
        revalidate_instances="never",
        # JSON has no such numbers.
        allow_inf_nan=False,
    )

    def __init__(self, **values: object) -> None:
        collected = _COLLECTED.get()
        nested = {
            name: problems
            for name, value in values.items()
            if (problems := _pop_problems(value, name, collected))
        }
        try:
            super().__init__(**{**values, **dict.fromkeys(nested, _INVALID)})
        except ValidationError as error:
            own = [
                _problem(type(self), details)
                for details in _merge_unions(error.errors())
                if details["loc"][:1] not in _keys(nested)
            ]
            problems = [*own, *(problem for found in nested.values() for problem in found)]
            if collected is None:
                raise ConfigError(type(self).__name__, problems) from None
            unchecked = type(self).model_construct(**values)  # type: ignore[arg-type]  # unvalidated on purpose
            for slot in ("__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__"):
                object.__setattr__(self, slot, getattr(unchecked, slot))
            collected.append((self, problems))

    # With this attribute, pydantic itself validates a dictionary in place of a configuration, under its path.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]  # undocumented


_Collected = list[tuple[Config, list[Problem]]]
_COLLECTED: ContextVar[_Collected | None] = ContextVar("collected", default=None)
_INVALID = object()


@contextmanager
def collect_problems(subject: str) -> Iterator[None]:
    """Collect the problems of all configurations that are built inside, and raise them in one `ConfigError`.

    Invalid configurations don't leave the context, since the error is raised at its end.
    """
    collected: _Collected = []
    token = _COLLECTED.set(collected)
    try:
        yield
    finally:
        _COLLECTED.reset(token)
    problems = [problem for _, found in collected for problem in found]
    if problems:
        raise ConfigError(subject, problems)


def validation_error(message: str, *, fix: str) -> PydanticCustomError:
    """Return the error for a validator to raise. The invalid value is added to the message."""
    return PydanticCustomError("invalid", "{message}", {"message": message, "fix": fix})


def _keys(fields: Mapping[str, object]) -> set[tuple[str]]:
    return {(name,) for name in fields}


def _pop_problems(value: object, path: str, collected: _Collected | None) -> list[Problem]:
    """Remove the problems of configurations in `value` from the collected ones. Return them below `path`."""
    if not collected:
        return []
    if isinstance(value, Config):
        for entry in collected:
            if entry[0] is value:
                collected.remove(entry)
                return [problem.under(path) for problem in entry[1]]
        return []
    if isinstance(value, Mapping):
        return [
            problem
            for key, item in value.items()
            for problem in _pop_problems(item, f"{path}.{key}", collected)
        ]
    if isinstance(value, list | tuple):
        return [
            problem
            for i, item in enumerate(value)
            for problem in _pop_problems(item, f"{path}.{i}", collected)
        ]
    return []


def _merge_unions(errors: Iterable[ErrorDetails]) -> list[ErrorDetails]:
    """Merge the errors of a value for a union of models into one: pydantic reports one for each model."""
    merged: list[ErrorDetails] = []
    for details in errors:
        path, model = details["loc"][:-1], details.get("ctx", {}).get("class_name")
        if details["type"] != "model_type" or details["loc"][-1:] != (model,):
            merged.append(details)
        elif merged and merged[-1]["type"] == "model_type" and merged[-1]["loc"] == path:
            merged[-1]["msg"] += f" or {model}"
        else:
            merged.append({**details, "loc": path})
    return merged


def _problem(model: type[BaseModel], details: ErrorDetails) -> Problem:
    path = ".".join(str(step) for step in details["loc"])
    context = details.get("ctx", {})
    kind = details["type"]
    message = details["msg"][:1].lower() + details["msg"][1:]
    got = "" if kind == "missing" else _truncate(details["input"])
    return Problem(path, message, got, str(context.get("fix") or _fix(model, details)))


def _truncate(value: object, limit: int = 80) -> str:
    text = repr(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _fix(model: type[BaseModel], details: ErrorDetails) -> str:
    name = str(details["loc"][-1]) if details["loc"] else ""
    if details["type"] == "missing":
        return f"Add {name}."
    if details["type"] == "extra_forbidden":
        known = list(model.model_fields) if len(details["loc"]) == 1 else []
        return _fix_unknown(name, known)
    field = model.model_fields.get(str(details["loc"][0])) if details["loc"] else None
    about = f" {field.description}" if field is not None and field.description else ""
    return f"Give {name} a valid value.{about}"


def _fix_unknown(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"Did you mean {close[0]}?"
    return f"Remove it; known are {', '.join(sorted(known))}." if known else "Remove it."
