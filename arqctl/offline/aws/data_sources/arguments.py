"""Arguments of data sources, and the values that data sources return."""

from collections.abc import Mapping

from arqctl.offline.values import Value

Config = Mapping[str, Value]
Values = dict[str, Value]


def get_string(config: Config, name: str) -> str:
    """Return a known string argument, else an empty text."""
    value = config.get(name)
    return value if isinstance(value, str) else ""


def get_strings(config: Config, name: str) -> list[str]:
    """Return the known strings of a list argument."""
    value = config.get(name)
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
