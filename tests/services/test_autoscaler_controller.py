"""The simulated controller decides like the documented one: examples computed by hand."""

from dataclasses import replace

import pytest

from tests.services.autoscaler_controller import (
    Controller,
    PodState,
    desired_for_memory,
    desired_replicas,
    largest_proposal,
)
from tests.services.autoscaler_rules import Direction, Limit, Rules

OLD = -3600.0
# The documented default: https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#default-behavior
UP = Direction(0, [Limit("Percent", 100, 15), Limit("Pods", 4, 15)])
DOWN = Direction(300, [Limit("Percent", 100, 15)])


def pods(*usages: float | None, ready: bool = True, started: float = OLD) -> list[PodState]:
    return [PodState(started, started if ready else None, usage, measured=0.0) for usage in usages]


def rules(*, up: Direction = UP, down: Direction = DOWN, least: int = 1, most: int = 1000) -> Rules:
    return Rules(least=least, most=most, target=100, up=up, down=down)


@pytest.mark.parametrize(
    ("usage", "target", "current", "expected"),
    [
        (200, 100, 3, 6),  # the documented examples: the double, and the half
        (50, 100, 4, 2),
        (109, 100, 10, 10),  # within the tolerance
        (110, 100, 10, 10),
        (111, 100, 10, 12),
        (91, 100, 10, 10),
        (89, 100, 10, 9),
        (61.9, 60, 5, 5),
        (1, 60, 5, 1),
    ],
)
def test_the_number_follows_the_ratio(usage: float, target: int, current: int, expected: int) -> None:
    assert desired_replicas(current, pods(*[usage] * current), target, 0) == expected


@pytest.mark.parametrize(
    ("usages", "target", "expected"),
    [
        ((30, 50, 70), 30, 5),  # a mean of 50 %: 5/3 of three pods
        ((10, 30, 50, 25, 25), 50, 3),  # a mean of 28 %
    ],
)
def test_the_number_follows_the_mean(usages: tuple[float, ...], target: int, expected: int) -> None:
    assert desired_replicas(len(usages), pods(*usages), target, 0) == expected


# Kubernetes's own cases: the use of ready pods and of unready pods, the target, the size, and the result.
# https://github.com/kubernetes/kubernetes/blob/v1.35.0/pkg/controller/podautoscaler/replica_calculator_test.go
@pytest.mark.parametrize(
    ("ready", "unready", "target", "current", "expected"),
    [
        ((50, 70), (30,), 30, 3, 4),
        ((40,), (50, 70), 30, 3, 3),
        ((10, 30, 50), (25, 25), 50, 5, 2),
        ((10,), (None, None, None, None), 50, 5, 1),
        ((400, 950, 300, 700), (), 100, 4, 24),
        ((40, 9.5, None, None), (), 100, 4, 3),
        ((100, None), (), 100, 2, 2),
        ((190, None), (), 100, 2, 2),
        ((60, None), (), 100, 2, 2),
        ((45, None), (10,), 50, 3, 3),
        ((200, None), (10,), 50, 3, 4),
        ((10, 10, None), (10,), 50, 4, 3),
        ((10, 10, None), (), 50, 2, 2),
    ],
)
def test_the_number_is_that_of_kubernetes(
    ready: tuple[float | None, ...],
    unready: tuple[float | None, ...],
    target: int,
    current: int,
    expected: int,
) -> None:
    found = [*pods(*ready), *pods(*unready, ready=False, started=-5)]
    assert desired_replicas(current, found, target, 0) == expected


def test_pods_that_are_not_ready_count_as_idle_for_growth() -> None:
    # The ready pods have 60 %, twice the target. With an idle pod, the mean is 40 %: 4/3 of three pods.
    starting = pods(30, ready=False, started=-5)
    assert desired_replicas(3, [*starting, *pods(50, 70)], 30, 0) == 4


def test_pods_that_are_not_ready_are_ignored_for_shrinkage() -> None:
    starting = pods(500, ready=False, started=-5)
    assert desired_replicas(3, [*starting, *pods(20, 20)], 50, 0) == 1


def test_idle_pods_must_not_turn_the_direction() -> None:
    starting = pods(None, None, None, None, None, ready=False, started=-5)
    assert desired_replicas(7, [*starting, *pods(200, 200)], 60, 0) == 7


def test_missing_metrics_count_as_busy_for_shrinkage_and_as_idle_for_growth() -> None:
    # Shrinkage: (20 + 20 + 100) / 3 = 46 % of a target of 80 %: 1.725 pods.
    assert desired_replicas(3, [*pods(20, 20), *pods(None)], 80, 0) == 2
    # Growth: (160 + 160 + 0) / 3 = 106 %: 4/3 of three pods, not double.
    assert desired_replicas(3, [*pods(160, 160), *pods(None)], 80, 0) == 4


def test_without_metrics_nothing_changes() -> None:
    assert desired_replicas(3, pods(None, None, None), 80, 0) is None
    assert Controller(rules()).sync(0, 3, pods(None, None, None)) == 3


def test_the_metric_of_the_start_does_not_count() -> None:
    # The pod was ready 10 seconds ago, and its metric covers the time before that.
    young = PodState(started=-30, ready_since=-10, usage=500, measured=0.0)
    assert desired_replicas(2, [young, *pods(50)], 50, 0) == 2
    later = PodState(started=-60, ready_since=-40, usage=100, measured=0.0)
    assert desired_replicas(2, [later, *pods(100)], 50, 0) == 4


def test_growth_is_four_pods_or_the_double_in_each_period() -> None:
    controller, current, sizes = Controller(rules()), 1, []
    for step in range(5):
        current = controller.sync(step * 15.0, current, pods(*[10_000.0] * current))
        sizes.append(current)
    assert sizes == [5, 10, 20, 40, 80]


def test_a_period_counts_pods_that_it_added_before() -> None:
    controller = Controller(rules(up=Direction(0, [Limit("Pods", 4, 60)])))
    sizes = []
    current = 10
    for step in range(6):
        current = controller.sync(step * 15.0, current, pods(*[1000.0] * current))
        sizes.append(current)
    assert sizes == [14, 14, 14, 14, 18, 18]


def test_shrinkage_follows_the_documented_example() -> None:
    # 80 pods: 10 % are 8. At 72, they are 7.2, rounded up to 8. Below 40, four pods are more.
    down = Direction(0, [Limit("Pods", 4, 60), Limit("Percent", 10, 60)])
    controller, current, sizes = Controller(rules(down=down)), 80, []
    for step in range(14):
        current = controller.sync(step * 61.0, current, pods(*[1.0] * current))
        sizes.append(current)
    assert sizes == [72, 64, 57, 51, 45, 40, 36, 32, 28, 24, 20, 16, 12, 8]


def test_the_smallest_change_can_be_selected() -> None:
    down = Direction(0, [Limit("Percent", 10, 60), Limit("Pods", 5, 60)], "Min")
    assert Controller(rules(down=down)).sync(0, 100, pods(*[1.0] * 100)) == 95
    disabled = Direction(0, [Limit("Percent", 10, 60)], "Disabled")
    assert Controller(rules(down=disabled)).sync(0, 100, pods(*[1.0] * 100)) == 100


def test_shrinkage_waits_for_the_window() -> None:
    controller = Controller(rules())
    assert controller.sync(0, 10, pods(*[100.0] * 10)) == 10
    sizes = [controller.sync(step * 15.0, 10, pods(*[50.0] * 10)) for step in range(1, 21)]
    assert sizes == [*[10] * 19, 5]


def test_growth_waits_for_its_window() -> None:
    controller = Controller(rules(up=Direction(60, UP.limits)))
    controller.sync(0, 10, pods(*[100.0] * 10))
    assert [controller.sync(step * 15.0, 10, pods(*[200.0] * 10)) for step in range(1, 5)] == [10, 10, 10, 20]


def test_a_size_outside_of_the_limits_is_corrected_at_once() -> None:
    limited = rules(least=3, most=5)
    assert Controller(limited).sync(0, 1, pods(None)) == 3
    assert Controller(limited).sync(0, 9, pods(*[None] * 9)) == 5
    assert Controller(limited).sync(0, 0, []) == 0


@pytest.mark.parametrize(
    ("proposals", "expected"),
    [((5, 3), 5), ((3, 5), 5), ((None, 5), 5), ((None, 4), 4), ((None, 3), None), ((None, None), None)],
)
def test_the_largest_metric_counts_and_a_missing_one_stops_no_pod(
    proposals: tuple[int | None, ...], expected: int | None
) -> None:
    assert largest_proposal(4, proposals) == expected


def test_memory_counts_from_its_first_metric_on() -> None:
    ready = [PodState(OLD, OLD, 50, measured=0, memory=90)] * 2
    starting = PodState(0, None, 400, measured=0, memory=90)
    # The CPU of a pod that starts counts as idle. Its memory is that of its whole life.
    assert desired_for_memory(3, [*ready, starting], 60) == 5
    assert desired_replicas(3, [*ready, starting], 40, 10) == 3
    pending = PodState(0, None, None)
    assert desired_for_memory(3, [*ready, pending], 60) == 3
    assert desired_for_memory(3, [pending], 60) is None


def test_the_controller_follows_the_memory_if_it_needs_more_pods() -> None:
    by_both = replace(rules(), memory_target=50)
    full = [PodState(OLD, OLD, 100, measured=0, memory=100)] * 3
    assert Controller(by_both).sync(0, 3, full) == 6
    assert Controller(rules()).sync(0, 3, full) == 3
