"""Instances of one block are one danger, and data stores come before other data."""

import pytest

from arqctl.plan.model import Action
from arqctl.plan.risk.danger import Danger
from arqctl.review.danger_groups import DangerGroup, group_instances
from arqctl.review.terminal import render_terminal
from tests.arqctl.review.markdown.reviews import danger, review, stack


def shown(*dangers: Danger) -> list[tuple[str, int]]:
    return [(group.danger.address, group.count) for group in group_instances(dangers)]


def worker(key: str, action: Action = Action.DELETE_THEN_CREATE, deposed: str = "") -> Danger:
    address = f"aws_instance.worker[{key}]"
    return danger(address, type="aws_instance", path=address, action=action, deposed=deposed)


@pytest.mark.parametrize("keys", [("0", "1", "12"), ('"a"', '"b"', '"c[\\"0\\"]"')])
def test_equal_dangers_of_instances_are_merged(keys: tuple[str, ...]) -> None:
    assert shown(*map(worker, keys)) == [("aws_instance.worker[*]", 3)]


def test_other_dangers_are_not_merged() -> None:
    rows = (
        worker("0"),
        worker("1", action=Action.DELETE),
        worker("2", deposed="0a1b"),
        danger("aws_instance.other[0]", type="aws_instance"),
        danger('module.a["x"].aws_instance.worker[0]', type="aws_instance"),
        danger('module.a["y"].aws_instance.worker[0]', type="aws_instance"),
    )
    assert [group.danger for group in group_instances(rows)] == list(rows)


def test_databases_and_buckets_come_first_among_data() -> None:
    rows = [worker(str(number)) for number in range(12)]
    rows += [danger("aws_rds_cluster.main"), danger("aws_s3_bucket.main"), danger("aws_kms_key.main", "keys")]
    assert shown(*rows) == [
        ("aws_kms_key.main", 1),
        ("aws_rds_cluster.main", 1),
        ("aws_s3_bucket.main", 1),
        ("aws_instance.worker[*]", 12),
    ]


def test_a_single_instance_keeps_its_key() -> None:
    assert group_instances([worker("3")]) == (DangerGroup(worker("3")),)


def test_the_terminal_lists_a_block_once() -> None:
    page = render_terminal(review(stack(dangers=(worker("0"), worker("1")))))
    assert "Danger (2)" in page
    assert page.count("aws_instance.worker[*] (2 instances)\n    instances [0] [1]\n") == 1
