"""The keys of the values of each chart, which scripts/derive_chart_values.py derives from it."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from constructs_arq.core.errors import ConfigError, Problem
from constructs_arq.kubernetes.custom_objects import Json
from constructs_arq.platform.support_matrix import Chart, find_release

FOLDER = Path(__file__).parent / "chart_keys"


def require_known_keys(chart: Chart, values: Mapping[str, Json]) -> None:
    """Check that the chart has each key in its values. Helm ignores unknown keys.

    Raises:
        ConfigError: with the path of each unknown key, and the nearest key of the chart.
    """
    keys = chart_keys(chart)
    unknown = [path for path, _ in leaf_values(values, keys) if path not in keys]
    if unknown:
        raise ConfigError("chart", [_problem(chart, path, keys) for path in unknown])


def leaf_values(
    values: Mapping[str, Json], keys: Mapping[str, str], parent: str = ""
) -> Iterator[tuple[str, Json]]:
    """Yield the path and the value of each key. A map of the chart is one key with everything in it."""
    for name, value in values.items():
        path = f"{parent}{name.replace('.', chr(92) + '.')}"
        if isinstance(value, Mapping) and value and path not in keys:
            yield from leaf_values(value, keys, f"{path}.")
        else:
            yield path, value


@cache
def chart_keys(chart: Chart) -> Mapping[str, str]:
    """Return the type of each key of a chart by path.

    Raises:
        ConfigError: if the keys of the release aren't derived.
    """
    version = find_release(chart).version
    file = FOLDER / f"{chart}-{version}.txt"
    if not file.exists():
        message = f"the keys of {version} are missing"
        fix = f"Derive {FOLDER.name}/{file.name} with scripts/derive_chart_values.py."
        raise ConfigError("chart", [Problem(str(chart), message, "", fix)])
    return dict(line.rsplit(" ", 1) for line in file.read_text(encoding="utf-8").splitlines())


def _problem(chart: Chart, path: str, keys: Mapping[str, str]) -> Problem:
    nearest = get_close_matches(path, keys, n=1)
    fix = f"Did you mean {nearest[0]}?" if nearest else f"Take a key of {FOLDER.name}/{chart}-*.txt."
    return Problem(f"{chart}.{path}", "the chart has no such key", "", fix)
