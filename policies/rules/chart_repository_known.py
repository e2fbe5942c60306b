"""Repositories of third-party charts."""

import tomllib
from functools import cache
from pathlib import Path

from policies.helm_values import chart_name
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, is_expression, pass_if

_REPOSITORIES = Path(__file__).parents[1] / "chart_repositories.toml"


@rule(
    id="CKV_ARQ_42",
    severity="HIGH",
    on=("helm_release",),
    why="A chart of the same name and version from elsewhere can have any content.",
    link="https://helm.sh/docs/topics/registries/",
)
def chart_repository_known(release: Block, _: Stack) -> Verdict:
    """Helm charts must come from the repository in chart_repositories.toml: set repository."""
    chart, repository = release.get("chart"), release.get("repository")
    if is_expression(chart) or is_expression(repository):
        return Verdict.UNKNOWN
    name = chart_name(release)
    if name is None:
        return Verdict.NOT_APPLICABLE
    expected = _repositories().get(name)
    found = repository or str(chart).partition("@")[0].removesuffix(f"/{name}")
    return Verdict.UNKNOWN if expected is None else pass_if(found == expected)


@cache
def _repositories() -> dict[str, str]:
    with _REPOSITORIES.open("rb") as file:
        found: dict[str, str] = tomllib.load(file)["repositories"]
    return found
