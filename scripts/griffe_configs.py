"""Griffe extension that completes what the API reference shows of configurations and constructs."""

import ast
from collections.abc import Iterator

import griffe

_CONFIG = "Config"


class Configs(griffe.Extension):
    """Documents the fields of configurations, and the types of attributes that a constructor makes."""

    def on_attribute_instance(self, *, attr: griffe.Attribute, **_: object) -> None:
        """Read a field's description and default from `Field(...)`, and the type from a call of a class."""
        call = attr.value
        if not isinstance(call, griffe.ExprCall):
            return
        name = str(call.function)
        if name == "Field":
            arguments = {
                each.name: each.value for each in call.arguments if isinstance(each, griffe.ExprKeyword)
            }
            attr.value = arguments.get("default") or arguments.get("default_factory")
            if attr.docstring is None and "description" in arguments:
                text = ast.literal_eval(str(arguments["description"]))
                attr.docstring = griffe.Docstring(text, parent=attr)
        elif attr.annotation is None and name[0].isupper() and name.isidentifier():
            attr.annotation = call.function

    def on_class(self, *, cls: griffe.Class, **_: object) -> None:
        """Give a configuration the constructor that pydantic makes: one keyword argument for each field."""
        if _CONFIG in map(str, cls.bases) and "__init__" not in cls.members:
            init = griffe.Function("__init__", parameters=griffe.Parameters(*_parameters(cls)))
            cls.set_member("__init__", init)


def _parameters(config: griffe.Class) -> Iterator[griffe.Parameter]:
    yield griffe.Parameter("self", kind=griffe.ParameterKind.positional_or_keyword)
    for field in config.members.values():
        if isinstance(field, griffe.Attribute) and field.is_public and field.name != "model_config":
            yield griffe.Parameter(
                field.name,
                annotation=field.annotation,
                kind=griffe.ParameterKind.keyword_only,
                default=field.value,
            )
