"""The base of every `XConfig`: frozen, strict about unknown names, and complete in its complaints."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from constructs_arq.core.errors import ConfigError, Problem


class Config(BaseModel):
    """Values that an environment may vary, checked when they are given.

    Raises:
        ConfigError: with every wrong value at once. Inside `collecting_problems` it is kept instead, so that
            the configuration around it can be checked too.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_default=True,
        revalidate_instances="never",
        # There is no such number in JSON.
        allow_inf_nan=False,
    )

    def __init__(self, **values: object) -> None:
        kept = _KEPT.get()
        below = {
            name: problems for name, value in values.items() if (problems := _problems_in(value, name, kept))
        }
        try:
            super().__init__(**{**values, **dict.fromkeys(below, _WRONG)})
        except ValidationError as error:
            own = [
                _problem(type(self), details)
                for details in error.errors()
                if details["loc"][:1] not in _keys(below)
            ]
            problems = [*own, *(problem for found in below.values() for problem in found)]
            if kept is None:
                raise ConfigError(type(self).__name__, problems) from None
            unchecked = type(self).model_construct(**values)  # type: ignore[arg-type]  # unchecked is the point
            for slot in ("__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__"):
                object.__setattr__(self, slot, getattr(unchecked, slot))
            kept.append((self, problems))

    # Pydantic then checks a configuration that is written as a dictionary itself, under its field's path.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]  # what its own `__init__` says


_Kept = list[tuple[Config, list[Problem]]]
_KEPT: ContextVar[_Kept | None] = ContextVar("kept", default=None)
_WRONG = object()


@contextmanager
def collect_problems(subject: str) -> Iterator[None]:
    """Let wrong configurations be built inside, then raise one `ConfigError` with the problems of all.

    Values that are wrong never leave: the error is raised on the way out.
    """
    kept: _Kept = []
    token = _KEPT.set(kept)
    try:
        yield
    finally:
        _KEPT.reset(token)
    problems = [problem for _, found in kept for problem in found]
    if problems:
        raise ConfigError(subject, problems)


def validation_error(message: str, *, fix: str) -> PydanticCustomError:
    """Return the error for a validator to raise. The invalid value is added to the message."""
    return PydanticCustomError("invalid", "{message}", {"message": message, "fix": fix})


def _keys(below: Mapping[str, object]) -> set[tuple[str]]:
    return {(name,) for name in below}


def _problems_in(value: object, path: str, kept: _Kept | None) -> list[Problem]:
    """Take the problems of the configurations in `value` out of those kept, and put them under `path`."""
    if not kept:
        return []
    if isinstance(value, Config):
        for entry in kept:
            if entry[0] is value:
                kept.remove(entry)
                return [problem.under(path) for problem in entry[1]]
        return []
    if isinstance(value, Mapping):
        return [
            problem for key, item in value.items() for problem in _problems_in(item, f"{path}.{key}", kept)
        ]
    if isinstance(value, list | tuple):
        return [
            problem for i, item in enumerate(value) for problem in _problems_in(item, f"{path}.{i}", kept)
        ]
    return []


def _problem(model: type[BaseModel], details: ErrorDetails) -> Problem:
    path = ".".join(str(step) for step in details["loc"])
    context = details.get("ctx", {})
    kind = details["type"]
    message = details["msg"][:1].lower() + details["msg"][1:]
    got = "" if kind == "missing" else _shortened(details["input"])
    return Problem(path, message, got, str(context.get("fix") or _fix(model, details)))


def _shortened(value: object, limit: int = 80) -> str:
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
    return f"Give {name} a value that fits.{about}"


def _fix_unknown(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"Did you mean {close[0]}?"
    return f"Remove it; known are {', '.join(sorted(known))}." if known else "Remove it."
