"""Reads the settings of a project: `[tool.arqctl]` in its pyproject.toml."""

import tomllib
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict

from arqctl.core.errors import InputError, Problem
from arqctl.core.offline_settings import OfflineSettings, read_offline_settings

_TABLE = "[tool.arqctl]"
_PROTECTED, _SEPARATE, _SHARED, _OFFLINE = "protected", "separate", "shared", "offline"


class Settings(BaseModel):
    """The files that arqctl reads besides the assembly, with absolute paths, and protected environments.

    AWS deployments of the `protected` environments need an approved review. `separate` are stacks that are
    deployed to AWS by name only, with another role than their environment's own stack. `{environment}` stands
    for its name. `shared` are stacks of no environment, which no pipeline deploys. `offline` are the settings
    of offline AWS.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    root: Path
    policies: Path
    waivers: Path
    snapshots: Path
    addresses: Path
    runbooks: Path
    drills: Path
    protected: tuple[str, ...] = ()
    separate: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    offline: OfflineSettings = OfflineSettings()

    @classmethod
    def load(cls, root: Path) -> Self:
        """Read the settings of the project in `root`. Missing keys have defaults.

        Raises:
            InputError: for invalid TOML, unknown keys, values of a wrong type, or a missing `policies`
                folder, because a typo there would silently drop every rule.
        """
        root = root.resolve()
        file = root / "pyproject.toml"
        table = _table(file)
        defaults = {
            "policies": "policies",
            "waivers": "policies/waivers.toml",
            "snapshots": "tests/snapshots",
            "addresses": "tests/addresses",
            "runbooks": "docs/runbooks",
            "drills": "drills",
        }
        known = (*defaults, _PROTECTED, _SEPARATE, _SHARED, _OFFLINE)
        problems = [
            Problem(f"{file} {_TABLE}", f"{key!r} is unknown", f"Known keys: {', '.join(known)}")
            for key in table
            if key not in known
        ]
        problems += [
            Problem(f"{file} {_TABLE} {key}", f"must be a path, got {value!r}", "Write it in quotes")
            for key, value in table.items()
            if key in defaults and not isinstance(value, str)
        ]
        lists = {key: table.get(key, []) for key in (_PROTECTED, _SEPARATE, _SHARED)}
        for key, names in lists.items():
            if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
                what = f"must be a list of names, got {names!r}"
                problems.append(Problem(f"{file} {_TABLE} {key}", what, 'Write ["production"]'))
        offline, offline_problems = read_offline_settings(
            table.get(_OFFLINE, {}), f"{file} [tool.arqctl.{_OFFLINE}]"
        )
        problems += offline_problems
        named = table.get("policies")
        if isinstance(named, str) and not (root / named).is_dir():
            problems.append(
                Problem(f"{file} {_TABLE} policies", f"there is no folder {named!r}", "Correct the path")
            )
        if problems:
            raise InputError(problems)
        paths = {key: root / str(table.get(key, default)) for key, default in defaults.items()}
        return cls(root=root, offline=offline, **lists, **paths)


def _table(file: Path) -> dict[str, object]:
    if not file.is_file():
        return {}
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError([Problem(str(file), f"is not TOML: {error}", "Correct it")]) from error
    tool = document.get("tool", {})
    table = tool.get("arqctl", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise InputError([Problem(f"{file} {_TABLE}", "must be a table", "Write keys below it")])
    return table
