from typing import Any

import pytest

from arqctl.diagram.overview import ELSEWHERE, Box, Kind, Wire, foremost, overview
from tests.arqctl.diagram.stacks import stack

GROUPS: dict[str, Any] = {
    "api/group aws_security_group.api": {},
    "database/group aws_security_group.database": {},
}
API, DATABASE = "${aws_security_group.api.id}", "${aws_security_group.database.id}"
TCP: dict[str, Any] = {"ip_protocol": "tcp", "from_port": 5432, "to_port": 5432, "description": "the ledger"}


def test_boxes_are_the_outermost_constructs_and_count_what_lies_within() -> None:
    drawn = overview(
        stack(
            {
                "cluster/Default aws_eks_cluster.cluster": {},
                "cluster/key/Default aws_kms_key.key": {},
                "cluster/key/alias aws_kms_alias.key": {},
                "cluster/access/admin/Default aws_eks_access_entry.admin": {},
                "cluster/image data.aws_ssm_parameter.image": {},
                "images/Default aws_ecr_repository.images": {},
            }
        )
    )
    assert drawn.resources == 5
    assert drawn.boxes == (Box("cluster", 4, (("key", 2), ("access", 1))), Box("images", 1))


def test_what_stands_in_the_stack_itself_is_one_box_counted_by_type() -> None:
    drawn = overview(stack({f"bucket{n} aws_s3_bucket.b{n}": {} for n in range(3)} | {"v aws_vpc.v": {}}))
    assert drawn.boxes == (Box(ELSEWHERE, 4, (("aws_s3_bucket", 3), ("aws_vpc", 1))),)


@pytest.mark.parametrize("holder", ["api", "database"])
@pytest.mark.parametrize(
    "rule",
    [
        (
            "aws_vpc_security_group_egress_rule",
            {"security_group_id": API, "referenced_security_group_id": DATABASE},
        ),
        (
            "aws_vpc_security_group_ingress_rule",
            {"security_group_id": DATABASE, "referenced_security_group_id": API},
        ),
        (
            "aws_security_group_rule",
            {"type": "egress", "security_group_id": API, "source_security_group_id": DATABASE},
        ),
        (
            "aws_security_group_rule",
            {"type": "ingress", "security_group_id": DATABASE, "source_security_group_id": API},
        ),
    ],
)
def test_traffic_runs_from_who_sends_to_who_answers(rule: tuple[str, dict[str, str]], holder: str) -> None:
    type_, ends = rule
    drawn = overview(stack({**GROUPS, f"{holder}/rule {type_}.rule": {**TCP, **ends}}))
    assert drawn.wires == (Wire("api", "database", (Kind.TRAFFIC,), ("tcp 5432",), ("the ledger",)),)


@pytest.mark.parametrize(
    ("arguments", "port"),
    [
        ({"ip_protocol": "-1"}, "all traffic"),
        ({"ip_protocol": "udp", "from_port": 1, "to_port": 9}, "udp 1-9"),
        ({"protocol": "icmp"}, "icmp"),
    ],
)
def test_ports_are_told_as_people_write_them(arguments: dict[str, Any], port: str) -> None:
    ends = {"security_group_id": API, "referenced_security_group_id": DATABASE}
    rule = {"api/rule aws_vpc_security_group_egress_rule.rule": {**arguments, **ends}}
    [wire] = overview(stack({**GROUPS, **rule})).wires
    assert wire.ports == (port,)


def test_a_rule_for_addresses_outside_is_no_traffic_between_boxes() -> None:
    rule = {"security_group_id": DATABASE, "cidr_ipv4": "10.0.0.0/8"}
    drawn = overview(stack({**GROUPS, "api/rule aws_vpc_security_group_ingress_rule.rule": rule}))
    assert drawn.wires == (Wire("api", "database", (Kind.USE,)),)


def test_a_wire_tells_all_its_kinds_the_most_telling_first() -> None:
    ends = {"security_group_id": API, "referenced_security_group_id": DATABASE}
    drawn = overview(
        stack(
            {
                **GROUPS,
                "api/rule aws_vpc_security_group_egress_rule.rule": {**TCP, **ends},
                "api/role/connect aws_iam_role_policy.connect": {"policy": DATABASE},
                "api/Default aws_instance.api": {"x": DATABASE},
            }
        )
    )
    assert [wire.kinds for wire in drawn.wires] == [(Kind.TRAFFIC, Kind.PERMISSION, Kind.USE)]


def test_wires_within_a_box_are_not_drawn() -> None:
    key = {"key_id": "${aws_kms_key.key.id}"}
    built = stack({"a/key/Default aws_kms_key.key": {}, "a/alias aws_kms_alias.alias": key})
    assert overview(built).wires == ()


def test_an_alarm_is_wired_to_whom_it_tells_and_not_to_what_it_watches() -> None:
    alarm = {
        "alarm_actions": ["${aws_sns_topic.topic.arn}"],
        "dimensions": {"Cluster": "${aws_eks_cluster.cluster.name}"},
    }
    drawn = overview(
        stack(
            {
                "routes/Default aws_sns_topic.topic": {},
                "cluster/Default aws_eks_cluster.cluster": {},
                "alarms/cpu aws_cloudwatch_metric_alarm.cpu": alarm,
            }
        )
    )
    assert drawn.wires == (Wire("alarms", "routes", (Kind.USE,)),)


def test_what_has_no_room_is_counted_in_the_last_line() -> None:
    parts = [("a", 5), ("b", 3), ("c", 2), ("d", 1)]
    assert foremost(parts, 4) == parts
    assert foremost(parts, 3) == [("a", 5), ("b", 3), ("2 more", 3)]


def test_of_too_many_wires_the_least_telling_are_counted() -> None:
    """Thirty boxes that all name each other have 870 wires, one of which is a permission."""
    everybody = [f"${{aws_thing.t{number}.id}}" for number in range(30)]
    things: dict[str, Any] = {f"c{n}/Default aws_thing.t{n}": {"all": everybody} for n in range(30)}
    role = {"c29/role/Default aws_iam_role.role": {"policy": everybody[28]}}
    drawn = overview(stack({**things, **role}))
    assert (len(drawn.wires), drawn.left_out) == (500, 370)
    assert (drawn.wires[0].source, drawn.wires[0].target) == ("c29", "c28")
    assert drawn.heading == "dev: 31 resources, 370 lines left out"
