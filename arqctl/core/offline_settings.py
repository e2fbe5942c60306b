"""Settings of offline AWS: `[tool.arqctl.offline]` in a project's pyproject.toml."""

from dataclasses import dataclass

from arqctl.core.errors import Problem


@dataclass(frozen=True)
class OfflineSettings:
    """The simulated account before the first deployment.

    `existing_roles` are IAM roles that exist, with their paths. Then offline AWS refuses all others that no
    stack created. Without it, every role may exist. `deploy_first` are stacks that an environment's stack
    needs, with `{environment}` in their names. Offline AWS deploys them first if they aren't deployed.
    """

    existing_roles: tuple[str, ...] | None = None
    deploy_first: tuple[str, ...] = ()

    def stacks_before(self, environment: str) -> tuple[str, ...]:
        """Return the names of the stacks that an environment's stack needs."""
        return tuple(name.replace("{environment}", environment) for name in self.deploy_first)


def read_offline_settings(table: object, place: str) -> tuple[OfflineSettings, list[Problem]]:
    """Return the settings in a table, and its problems. `place` is the table's name for messages."""
    if not isinstance(table, dict):
        return OfflineSettings(), [Problem(place, "must be a table", "Write keys below it")]
    known = ("existing_roles", "deploy_first")
    problems = [
        Problem(place, f"{key!r} is unknown", f"Known keys: {', '.join(known)}")
        for key in table
        if key not in known
    ]
    lists: dict[str, tuple[str, ...]] = {}
    for key in known:
        value = table.get(key, [])
        if isinstance(value, list) and all(isinstance(name, str) for name in value):
            lists[key] = tuple(value)
        else:
            what = f"must be a list of names, got {value!r}"
            problems.append(Problem(f"{place} {key}", what, 'Write ["name"]'))
    if problems:
        return OfflineSettings(), problems
    roles = lists["existing_roles"] if "existing_roles" in table else None
    return OfflineSettings(roles, lists["deploy_first"]), []
