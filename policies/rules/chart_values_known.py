"""Keys of the values of third-party charts."""

from collections.abc import Iterator

from policies.chart_contents import contents_verdicts
from policies.chart_settings import ChartSettings, chart_settings
from policies.helm_values import chart_name, chart_values
from policies.rule import rule
from policies.stack import Block, Json, Stack
from policies.verdict import Verdict, all_pass, is_expression, pass_if


@rule(
    id="CKV_ARQ_47",
    severity="CRITICAL",
    on=("helm_release",),
    why="Charts have values that create any object, such as a binding of cluster-admin, or run other images.",
    link="https://helm.sh/docs/chart_best_practices/values/",
)
def chart_values_known(release: Block, _: Stack) -> Verdict:
    """Values of third-party charts must have keys of chart_values.toml, without objects or images."""
    chart, repository = release.get("chart"), release.get("repository")
    if is_expression(chart) or is_expression(repository) or not isinstance(repository, str | None):
        return Verdict.UNKNOWN
    name = chart_name(release)
    if name is None:
        return Verdict.NOT_APPLICABLE
    values = chart_values(release)
    if values is None:
        return Verdict.UNKNOWN
    settings = chart_settings(name)
    return all_pass(
        (
            *_required_verdicts(values, settings),
            *(each for value in values for each in contents_verdicts(value)),
            *(each for value in values for each in _key_verdicts(value, settings, ())),
        )
    )


def _key_verdicts(values: Json, settings: ChartSettings, parents: tuple[str, ...]) -> Iterator[Verdict]:
    if not isinstance(values, dict):
        yield Verdict.UNKNOWN
        return
    for name, value in values.items():
        path = (*parents, name.replace(".", r"\."))
        if settings.has_key(".".join(path)):
            yield Verdict.PASS
        elif isinstance(value, dict) and value:
            yield from _key_verdicts(value, settings, path)
        else:
            yield Verdict.UNKNOWN


def _required_verdicts(values: list[Json], settings: ChartSettings) -> Iterator[Verdict]:
    """Evaluate values whose defaults break a rule. Helm takes the last of several values."""
    for path, required in settings.required.items():
        found = [value for each in values for value in _values_at(each, path.split("."))]
        yield pass_if(bool(found) and found[-1] == required)


def _values_at(values: Json, path: list[str]) -> list[Json]:
    for name in path:
        if not isinstance(values, dict) or name not in values:
            return []
        values = values[name]
    return [values]
