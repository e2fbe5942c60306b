"""An escalation policy of PagerDuty: who is called if the person on call does not answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import lcm
from typing import Final
from zoneinfo import ZoneInfo

from cdktf_cdktf_provider_pagerduty.escalation_policy import EscalationPolicy as PagerDutyPolicy
from cdktf_cdktf_provider_pagerduty.escalation_policy import EscalationPolicyRule, EscalationPolicyRuleTarget
from constructs import Construct

from constructs_arq.core.errors import ConstructError
from constructs_arq.observability.paging.on_call_schedule import OnCallSchedule
from constructs_arq.observability.paging.pagerduty_users import PagerDutyUsers

MAX_MINUTES_TO_SECOND: Final = 5
MAX_MINUTES_TO_LAST: Final = 30
_FEWEST_LEVELS: Final = 2
_MOST_REPEATS: Final = 9
_WEEK: Final = 7
# Time zones change their clocks on different days of the year.
_FEWEST_COMPARED_DAYS: Final = 366
# A longer cycle would slow synthesis down.
_MOST_COMPARED_DAYS: Final = 3660


@dataclass(frozen=True)
class EscalationLevel:
    """The people who are called at one level: those on call in `schedules`, and `people` by e-mail address.

    The next level is called after `minutes` without an acknowledgement.
    """

    minutes: int
    schedules: Sequence[OnCallSchedule] = ()
    people: Sequence[str] = ()

    def called_at(self, instant: datetime) -> set[str]:
        """Return the e-mail addresses of those who are called at an instant."""
        called = (*self.people, *(each.config.person_at(instant) for each in self.schedules))
        return {each.lower() for each in called}


class EscalationPolicy(Construct):
    """Levels that are called one after the other, until somebody acknowledges.

    The first level is called at once. The second, with another person, is called within five minutes, and the
    last within thirty. After the last level, PagerDuty starts again `repeats` times.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        levels: Sequence[EscalationLevel],
        users: PagerDutyUsers,
        repeats: int = 2,
    ) -> None:
        """Create the policy `name`.

        Raises:
            ConstructError: if a level comes too late or calls nobody, or the first two levels may call only
                one person.
        """
        super().__init__(scope, id)
        for message, fix in _problems(levels, repeats):
            raise ConstructError(self.node.path, message, fix=fix)
        policy = PagerDutyPolicy(
            self,
            "Default",
            name=name,
            description="Calls the next level until somebody acknowledges",
            num_loops=repeats,
            rule=[_rule(each, users) for each in levels],
        )
        self.policy_id: str = policy.id


def _rule(level: EscalationLevel, users: PagerDutyUsers) -> EscalationPolicyRule:
    schedules = [
        EscalationPolicyRuleTarget(type="schedule_reference", id=each.schedule_id) for each in level.schedules
    ]
    people = [
        EscalationPolicyRuleTarget(type="user_reference", id=users.id_of(each)) for each in level.people
    ]
    return EscalationPolicyRule(escalation_delay_in_minutes=level.minutes, target=[*schedules, *people])


def _problems(levels: Sequence[EscalationLevel], repeats: int) -> Iterator[tuple[str, str]]:
    if len(levels) < _FEWEST_LEVELS:
        yield (
            f"must have at least {_FEWEST_LEVELS} levels, got {len(levels)}",
            "Add a level with another person.",
        )
        return
    empty = [number for number, each in enumerate(levels, start=1) if not each.schedules and not each.people]
    if empty:
        yield f"calls nobody at level {empty[0]}", "Add a schedule or a person to the level."
    if not 0 <= repeats <= _MOST_REPEATS:
        yield f"must have 0 to {_MOST_REPEATS} repeats, got {repeats}", "Correct repeats."
    yield from _late_levels(levels)
    yield from _repeated_targets(levels)
    if not empty:
        yield from _single_person(levels[0], levels[1])


def _late_levels(levels: Sequence[EscalationLevel]) -> Iterator[tuple[str, str]]:
    shortest = min(each.minutes for each in levels)
    if shortest < 1:
        yield f"must have at least 1 minute at each level, got {shortest}", "Correct minutes of the level."
    second, last = levels[0].minutes, sum(each.minutes for each in levels[:-1])
    if second > MAX_MINUTES_TO_SECOND:
        yield (
            f"calls a second person after {second} minutes, and must within {MAX_MINUTES_TO_SECOND}",
            "Lower minutes of the first level.",
        )
    if last > MAX_MINUTES_TO_LAST:
        yield (
            f"calls the last level after {last} minutes, and must within {MAX_MINUTES_TO_LAST}",
            "Lower minutes, or remove a level.",
        )


def _repeated_targets(levels: Sequence[EscalationLevel]) -> Iterator[tuple[str, str]]:
    targets = [
        *(each.name for level in levels for each in level.schedules),
        *(each.lower() for level in levels for each in level.people),
    ]
    for target in sorted({each for each in targets if targets.count(each) > 1}):
        yield f"has {target} at two levels", "Use another schedule or person at one of them."


def _single_person(first: EscalationLevel, second: EscalationLevel) -> Iterator[tuple[str, str]]:
    schedules = [*first.schedules, *second.schedules]
    rotations = [rotation for each in schedules for rotation in each.config.rotations]
    # Hours are those of a week, so the people on call repeat after full weeks.
    cycle = lcm(_WEEK, *(each.cycle_days for each in rotations))
    if cycle > _MOST_COMPARED_DAYS:
        yield (
            f"has turns at its first two levels that repeat after {cycle} days, and synthesis compares at "
            f"most {_MOST_COMPARED_DAYS}",
            "Use the same turn_days, or numbers of people with a smaller common multiple.",
        )
        return
    start = max((each.first_day for each in rotations), default=date(2026, 1, 1))
    for day in range(max(cycle, _FEWEST_COMPARED_DAYS)):
        for instant in _changes(schedules, start + timedelta(days=day)):
            called = first.called_at(instant) | second.called_at(instant)
            if len(called) == 1:
                yield (
                    f"calls only {called.pop()} at its first two levels on {instant:%Y-%m-%d at %H:%M} UTC",
                    "Shift the turns of a schedule, such as its first_day, or reorder its people.",
                )
                return


def _changes(schedules: Sequence[OnCallSchedule], day: date) -> list[datetime]:
    """Return the instants of a day at which another person may be on call."""
    return sorted(
        {
            datetime.combine(day, each, tzinfo=ZoneInfo(schedule.config.time_zone)).astimezone(UTC)
            for schedule in schedules
            for rotation in schedule.config.rotations
            for each in rotation.changes
        }
    )
