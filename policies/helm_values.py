"""Values of Helm releases."""

import json
from collections.abc import Iterator

from policies.stack import Block, Json, as_list, at

CUSTOM_OBJECTS_CHART = "/custom-objects-chart/"
"""Part of the path of the library's own chart, which applies the objects in its values."""

# They change values or objects where no rule can read them.
_OTHER_SOURCES = ("set", "set_list", "set_sensitive", "set_wo", "postrender")


def is_custom_objects(release: Block) -> bool:
    """Return whether a release installs the library's own chart."""
    return CUSTOM_OBJECTS_CHART in str(release.get("chart")) and release.get("repository") is None


def chart_name(release: Block) -> str | None:
    """Return the name of a chart of another project, or None for a folder of this stack."""
    folder, _, name = str(release.get("chart")).partition("@")[0].rpartition("/")
    is_folder = release.get("repository") is None and not folder.startswith(("oci://", "http"))
    return None if is_folder else name


def chart_values(release: Block) -> list[Json] | None:
    """Return the values of a release, or None if some are not JSON or come from elsewhere."""
    if any(as_list(release.get(name)) for name in _OTHER_SOURCES):
        return None
    values: list[Json] = []
    for text in as_list(release.get("values")):
        try:
            values.append(json.loads(str(text)))
        except (ValueError, RecursionError):
            return None
    return values


def objects_of(values: list[Json]) -> list[Json]:
    """Return the objects in the values of the library's own chart."""
    return [each for value in values for each in as_list(at(value, "objects"))]


def settings(value: Json) -> Iterator[tuple[str, Json]]:
    """Yield every name in a value, at any depth, with what it is set to."""
    if isinstance(value, list):
        for item in value:
            yield from settings(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name, item
            yield from settings(item)
