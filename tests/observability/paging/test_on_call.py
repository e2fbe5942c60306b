"""Schedules, escalation and services of PagerDuty: what they refuse, and what Terraform gets."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from constructs_arq.core.errors import ConfigError, ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.observability.paging.escalation_policy import EscalationLevel, EscalationPolicy
from constructs_arq.observability.paging.on_call_schedule import OnCallSchedule, OnCallScheduleConfig
from constructs_arq.observability.paging.paged_service import PagedService, PagedServiceConfig
from constructs_arq.observability.paging.pager_config import PagerDutyRegion
from constructs_arq.observability.paging.pagerduty_provider import configure_pagerduty
from constructs_arq.observability.paging.pagerduty_users import PagerDutyUsers
from constructs_arq.observability.paging.rotation import Rotation
from constructs_arq.observability.paging.weekly_hours import Weekday, WeeklyHours
from tests.support import Synthesized, synthesize

ADA, BEN, CLEO, DORA = "ada@example.com", "ben@example.com", "cleo@example.com", "dora@example.com"
MONDAY = date(2026, 1, 5)
WORKDAYS = tuple(Weekday)[:5]
DAY = WeeklyHours(start=time(8), end=time(20))
NIGHT = WeeklyHours(start=time(20), end=time(8))


WEEKEND = WeeklyHours(days=(Weekday.SATURDAY, Weekday.SUNDAY))
TEAM = tuple(f"{number}@example.com" for number in range(11))


def rotation(
    *people: str,
    hours: WeeklyHours | None = None,
    first_day: date = MONDAY,
    turn_days: int = 7,
    handoff: time = time(9),
) -> Rotation:
    return Rotation(
        people=people or (ADA, BEN), first_day=first_day, hours=hours, turn_days=turn_days, handoff=handoff
    )


def schedule(*rotations: Rotation, time_zone: str = "Europe/Dublin") -> OnCallScheduleConfig:
    return OnCallScheduleConfig(time_zone=time_zone, rotations=rotations or (rotation(),))


class TestSchedule:
    @pytest.mark.parametrize(
        ("build", "message"),
        [
            (lambda: schedule(time_zone="Europe/Dublim"), 'Did you mean "Europe/Dublin"?'),
            # A zone of the IANA database that PagerDuty does not accept.
            (lambda: schedule(time_zone="UTC"), "must be a time zone that PagerDuty accepts"),
            (lambda: rotation(ADA), "must be at least 2 people"),
            (lambda: rotation(ADA, BEN, ADA.upper()), "must be different people"),
            (
                lambda: schedule(rotation(hours=DAY)),
                "nobody on call 84 hours a week, first on Monday at 0:00",
            ),
            (
                lambda: schedule(
                    rotation(hours=WeeklyHours(days=WORKDAYS)),
                    rotation(hours=WeeklyHours(days=(Weekday.SUNDAY,))),
                ),
                "nobody on call 24 hours a week, first on Saturday at 0:00",
            ),
            (
                lambda: schedule(rotation(), rotation(hours=DAY)),
                "two people on call 84 hours a week, first on Monday at 8:00",
            ),
            (WeeklyHours, "are all hours of the week"),
            (lambda: WeeklyHours(start=time(8, 0, 30)), "must be a full minute"),
        ],
    )
    def test_an_invalid_value_is_refused_with_its_figures(
        self, build: Callable[[], object], message: str
    ) -> None:
        with pytest.raises(ConfigError) as raised:
            build()
        assert message in str(raised.value)

    def test_people_take_turns_in_local_time_across_the_change_to_summer_time(self) -> None:
        config = schedule(rotation(ADA, BEN, CLEO))
        # 2026-03-30 is a Monday, one day after the clocks change: 9:00 in Dublin is 8:00 UTC.
        assert config.person_at(datetime(2026, 3, 30, 7, 59, tzinfo=UTC)) == CLEO
        assert config.person_at(datetime(2026, 3, 30, 8, 0, tzinfo=UTC)) == ADA

    def test_day_and_night_are_different_rotations(self) -> None:
        config = schedule(rotation(ADA, BEN, hours=DAY), rotation(CLEO, BEN, hours=NIGHT))
        assert config.person_at(datetime(2026, 1, 6, 12, tzinfo=UTC)) == ADA
        assert config.person_at(datetime(2026, 1, 6, 23, tzinfo=UTC)) == CLEO


def build(
    stack: Stack, *levels: tuple[int, OnCallScheduleConfig | str], repeats: int = 2
) -> EscalationPolicy:
    users = PagerDutyUsers(stack, "users")
    targets = [
        EscalationLevel(minutes=minutes, people=[target])
        if isinstance(target, str)
        else EscalationLevel(
            minutes=minutes,
            schedules=[OnCallSchedule(stack, f"s{index}", name=f"s{index}", users=users, config=target)],
        )
        for index, (minutes, target) in enumerate(levels)
    ]
    return EscalationPolicy(stack, "on-call", name="On call", levels=targets, users=users, repeats=repeats)


class TestEscalation:
    @pytest.mark.parametrize(
        ("levels", "message"),
        [
            ([(5, schedule())], "must have at least 2 levels, got 1"),
            ([(6, schedule()), (5, CLEO)], "calls a second person after 6 minutes, and must within 5"),
            ([(5, schedule()), (26, CLEO), (5, "d@example.com")], "the last level after 31 minutes"),
            ([(5, schedule()), (0, CLEO)], "at least 1 minute at each level, got 0"),
            ([(5, CLEO), (5, BEN), (5, CLEO)], f"has {CLEO} at two levels"),
            (
                [(5, schedule()), (5, schedule())],
                f"calls only {ADA} at its first two levels on 2026-01-05 at 09:00 UTC",
            ),
            # The turns differ for four weeks. Then both are Ben's.
            (
                [(5, schedule(rotation(ADA, BEN, CLEO))), (5, schedule(rotation(BEN, CLEO)))],
                f"calls only {BEN} at its first two levels on 2026-02-02 at 09:00 UTC",
            ),
            # The turns repeat after two days, but the hours after a week.
            (
                [
                    (
                        5,
                        schedule(
                            rotation(hours=WeeklyHours(days=WORKDAYS), turn_days=1),
                            rotation(CLEO, DORA, hours=WEEKEND, turn_days=1),
                        ),
                    ),
                    (5, schedule(rotation(CLEO, DORA, turn_days=1))),
                ],
                f"calls only {CLEO} at its first two levels on 2026-01-10 at 00:00 UTC",
            ),
            # Both are Ada's for a quarter of an hour each second day.
            (
                [
                    (5, schedule(rotation(ADA, BEN, turn_days=1, handoff=time(9, 15)))),
                    (5, schedule(rotation(BEN, ADA, turn_days=1, handoff=time(9, 30)))),
                ],
                f"calls only {ADA} at its first two levels on 2026-01-05 at 09:15 UTC",
            ),
            # The clocks of New York change three weeks before those of Dublin.
            (
                [
                    (5, schedule(rotation(ADA, BEN, turn_days=1, handoff=time(13)))),
                    (
                        5,
                        schedule(
                            rotation(BEN, ADA, turn_days=1, handoff=time(8)), time_zone="America/New_York"
                        ),
                    ),
                ],
                "at its first two levels on 2026-03-08 at 12:00 UTC",
            ),
            (
                [(5, schedule(rotation(*TEAM))), (5, schedule(rotation(*TEAM[:10], turn_days=6)))],
                "that repeat after 4620 days, and synthesis compares at most 3660",
            ),
        ],
    )
    def test_an_escalation_that_may_reach_nobody_is_refused(
        self, levels: list[tuple[int, OnCallScheduleConfig | str]], message: str
    ) -> None:
        with pytest.raises(ConstructError) as raised:
            synthesize(lambda stack: build(stack, *levels))
        assert message in str(raised.value)

    def test_a_level_without_target_is_refused(self) -> None:
        def empty(stack: Stack) -> None:
            users = PagerDutyUsers(stack, "users")
            EscalationPolicy(
                stack,
                "on-call",
                name="On call",
                users=users,
                levels=[EscalationLevel(minutes=5), EscalationLevel(minutes=5, people=[ADA])],
            )

        with pytest.raises(ConstructError, match="calls nobody at level 1"):
            synthesize(empty)


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    def paging(stack: Stack) -> None:
        configure_pagerduty(stack, region=PagerDutyRegion.EU)
        policy = build(
            stack,
            (5, schedule(rotation(ADA, BEN, hours=DAY), rotation(BEN, ADA, hours=NIGHT))),
            (10, CLEO),
        )
        PagedService(
            stack, "shop", name="shop", escalation=policy, config=PagedServiceConfig(grouping_minutes=5)
        )

    return synthesize(paging)


class TestSynthesizedResources:
    def test_a_layer_has_the_restriction_and_the_local_start(self, synthesized: Synthesized) -> None:
        (layer, night) = synthesized.one("pagerduty_schedule")["layer"]
        assert layer["rotation_virtual_start"] == "2026-01-05T09:00:00+00:00"
        assert layer["rotation_turn_length_seconds"] == 7 * 86_400
        assert layer["restriction"] == [
            {"type": "daily_restriction", "start_time_of_day": "08:00:00", "duration_seconds": 43_200}
        ]
        assert night["restriction"][0]["start_time_of_day"] == "20:00:00"

    def test_a_part_of_the_week_is_a_restriction_for_each_day(self) -> None:
        weekend = WeeklyHours(days=(Weekday.SATURDAY, Weekday.SUNDAY))
        config = schedule(rotation(hours=WeeklyHours(days=WORKDAYS)), rotation(hours=weekend))

        def build_schedule(stack: Stack) -> None:
            configure_pagerduty(stack, region=PagerDutyRegion.US)
            OnCallSchedule(stack, "it", name="it", users=PagerDutyUsers(stack, "users"), config=config)

        found = synthesize(build_schedule).one("pagerduty_schedule")
        restrictions = found["layer"][1]["restriction"]
        assert [(each["start_day_of_week"], each["duration_seconds"]) for each in restrictions] == [
            (6, 86_400),
            (7, 86_400),
        ]

    def test_users_are_read_and_never_created(self, synthesized: Synthesized) -> None:
        users: dict[str, Any] = synthesized.json["data"]["pagerduty_user"]
        assert sorted(each["email"] for each in users.values()) == [ADA, BEN, CLEO]
        assert not synthesized.of_type("pagerduty_user")

    def test_the_service_calls_by_severity_and_never_resolves_by_time(self, synthesized: Synthesized) -> None:
        service = synthesized.one("pagerduty_service")
        assert service["incident_urgency_rule"] == {"type": "constant", "urgency": "severity_based"}
        assert service["auto_resolve_timeout"] == "null"
        assert service["acknowledgement_timeout"] == "1800"
        assert service["lifecycle"] == {"prevent_destroy": True}
        assert synthesized.one("pagerduty_alert_grouping_setting")["config"] == {"timeout": 300}

    def test_neither_a_token_nor_an_integration_is_in_the_stack(self, synthesized: Synthesized) -> None:
        assert synthesized.json["provider"]["pagerduty"] == [{"service_region": "eu"}]
        assert synthesized.json["terraform"]["required_providers"]["pagerduty"]["source"].islower()
        assert not [each for each in synthesized.json["resource"] if "integration" in each]
