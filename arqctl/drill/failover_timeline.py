"""The simulated times of a failover to the backup region, from the figures in an environment's outputs."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from arqctl.core.assembly import Stack
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Body, as_list, as_object, as_text

_OUTPUT = "recovery"
_FIX = "Set recovery and standby in its file, and synthesize it"
# The services need all that a failover does.
_PART = "services"


@dataclass(frozen=True, kw_only=True)
class TimelineStep:
    """A step with its start and end in seconds after the loss of the region, and the figure's origin."""

    name: str
    title: str
    start: float
    end: float
    kind: str
    source: str

    @property
    def seconds(self) -> float:
        """The time that it takes."""
        return self.end - self.start


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """The steps of a failover, one after another, and the data that it loses in seconds."""

    how: str
    steps: tuple[TimelineStep, ...]
    loss_seconds: float | None

    @property
    def seconds(self) -> float:
        """The time from the loss of the region to the last step's end."""
        return max((step.end for step in self.steps), default=0.0)


def find_timeline(environment: str, stacks: Iterable[Stack]) -> Timeline:
    """Return the timeline of an environment with a standby.

    Raises:
        InputError: if it has no standby or no recovery objectives, or an invalid output.
    """
    named = tuple(stacks)
    if not any(stack.name == f"{environment}-standby" for stack in named):
        raise InputError([Problem(environment, "has no standby in another region", _FIX)])
    for stack in named:
        output = as_object(as_object(stack.document.get("output")).get(_OUTPUT))
        if output:
            return _read(environment, as_text(output.get("value")))
    raise InputError([Problem(environment, f"has no output {_OUTPUT}", _FIX)])


def _read(environment: str, text: str) -> Timeline:
    try:
        document = as_object(json.loads(text))
    except ValueError as error:
        raise InputError([Problem(environment, f"the output {_OUTPUT} is no JSON: {error}", _FIX)]) from None
    figures = as_object(document.get("figures"))
    for row in map(as_object, as_list(document.get(_OUTPUT))):
        reachable = as_object(row.get("reachable"))
        if (row.get("loss"), row.get("data")) == ("region", _PART) and reachable:
            loss = reachable.get("rpo_seconds")
            return Timeline(
                how=as_text(reachable.get("how")),
                steps=tuple(_steps(reachable, figures)),
                loss_seconds=float(loss) if isinstance(loss, int | float) else None,
            )
    raise InputError([Problem(environment, f"does not recover its {_PART} from the loss of a region", _FIX)])


def _steps(reachable: Body, figures: Mapping[str, object]) -> Iterable[TimelineStep]:
    clock = 0.0
    for name, seconds in map(as_list, as_list(reachable.get("steps"))):
        figure = as_object(figures.get(as_text(name)))
        end = clock + (float(seconds) if isinstance(seconds, int | float) else 0.0)
        yield TimelineStep(
            name=as_text(name),
            title=as_text(figure.get("title")),
            start=clock,
            end=end,
            kind=as_text(figure.get("kind")),
            source=as_text(figure.get("source")),
        )
        clock = end
