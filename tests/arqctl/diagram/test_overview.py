from typing import Any

import pytest

from arqctl.diagram.overview import OUTSIDE_CONSTRUCTS, Box, Kind, Wire, summarize_stack, top_n
from tests.arqctl.diagram.sample_stacks import stack

GROUPS: dict[str, Any] = {
    "api/group aws_security_group.api": {},
    "database/group aws_security_group.database": {},
}
API, DATABASE = "${aws_security_group.api.id}", "${aws_security_group.database.id}"
TCP: dict[str, Any] = {"ip_protocol": "tcp", "from_port": 5432, "to_port": 5432, "description": "the ledger"}


def test_boxes_are_top_level_constructs_with_resource_counts() -> None:
    summary = summarize_stack(
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
    assert summary.resources == 5
    assert summary.boxes == (Box("cluster", 4, (("key", 2), ("access", 1))), Box("images", 1))


def test_resources_outside_constructs_are_one_box_counted_by_type() -> None:
    summary = summarize_stack(
        stack({f"bucket{n} aws_s3_bucket.b{n}": {} for n in range(3)} | {"v aws_vpc.v": {}})
    )
    assert summary.boxes == (Box(OUTSIDE_CONSTRUCTS, 4, (("aws_s3_bucket", 3), ("aws_vpc", 1))),)


@pytest.mark.parametrize("rule_construct", ["api", "database"])
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
def test_traffic_runs_from_client_to_server(rule: tuple[str, dict[str, str]], rule_construct: str) -> None:
    type_, ends = rule
    summary = summarize_stack(stack({**GROUPS, f"{rule_construct}/rule {type_}.rule": {**TCP, **ends}}))
    assert summary.wires == (Wire("api", "database", (Kind.TRAFFIC,), ("tcp 5432",), ("the ledger",)),)


@pytest.mark.parametrize(
    ("arguments", "port"),
    [
        ({"ip_protocol": "-1"}, "all traffic"),
        ({"ip_protocol": "udp", "from_port": 1, "to_port": 9}, "udp 1-9"),
        ({"protocol": "icmp"}, "icmp"),
    ],
)
def test_ports_have_the_usual_notation(arguments: dict[str, Any], port: str) -> None:
    ends = {"security_group_id": API, "referenced_security_group_id": DATABASE}
    rule = {"api/rule aws_vpc_security_group_egress_rule.rule": {**arguments, **ends}}
    [wire] = summarize_stack(stack({**GROUPS, **rule})).wires
    assert wire.ports == (port,)


def test_a_rule_for_a_cidr_block_is_no_traffic_between_boxes() -> None:
    rule = {"security_group_id": DATABASE, "cidr_ipv4": "10.0.0.0/8"}
    summary = summarize_stack(stack({**GROUPS, "api/rule aws_vpc_security_group_ingress_rule.rule": rule}))
    assert summary.wires == (Wire("api", "database", (Kind.REFERENCE,)),)


def test_a_wire_has_all_its_kinds_the_most_important_first() -> None:
    ends = {"security_group_id": API, "referenced_security_group_id": DATABASE}
    summary = summarize_stack(
        stack(
            {
                **GROUPS,
                "api/rule aws_vpc_security_group_egress_rule.rule": {**TCP, **ends},
                "api/role/connect aws_iam_role_policy.connect": {"policy": DATABASE},
                "api/Default aws_instance.api": {"x": DATABASE},
            }
        )
    )
    assert [wire.kinds for wire in summary.wires] == [(Kind.TRAFFIC, Kind.PERMISSION, Kind.REFERENCE)]


def test_wires_within_a_box_are_not_drawn() -> None:
    key = {"key_id": "${aws_kms_key.key.id}"}
    built = stack({"a/key/Default aws_kms_key.key": {}, "a/alias aws_kms_alias.alias": key})
    assert summarize_stack(built).wires == ()


def test_an_alarm_is_wired_to_its_topic_and_not_to_the_monitored_resource() -> None:
    alarm = {
        "alarm_actions": ["${aws_sns_topic.topic.arn}"],
        "dimensions": {"Cluster": "${aws_eks_cluster.cluster.name}"},
    }
    summary = summarize_stack(
        stack(
            {
                "routes/Default aws_sns_topic.topic": {},
                "cluster/Default aws_eks_cluster.cluster": {},
                "alarms/cpu aws_cloudwatch_metric_alarm.cpu": alarm,
            }
        )
    )
    assert summary.wires == (Wire("alarms", "routes", (Kind.REFERENCE,)),)


def test_top_n_summarizes_the_rest() -> None:
    parts = [("a", 5), ("b", 3), ("c", 2), ("d", 1)]
    assert top_n(parts, 4) == parts
    assert top_n(parts, 3) == [("a", 5), ("b", 3), ("2 more", 3)]


def test_the_least_important_wires_over_the_limit_are_counted() -> None:
    """Thirty boxes that all reference each other have 870 wires, one of which is a permission."""
    all_ids = [f"${{aws_thing.t{number}.id}}" for number in range(30)]
    things: dict[str, Any] = {f"c{n}/Default aws_thing.t{n}": {"all": all_ids} for n in range(30)}
    role = {"c29/role/Default aws_iam_role.role": {"policy": all_ids[28]}}
    summary = summarize_stack(stack({**things, **role}))
    assert (len(summary.wires), summary.omitted) == (500, 370)
    assert (summary.wires[0].source, summary.wires[0].target) == ("c29", "c28")
    assert summary.heading == "dev: 31 resources, 370 lines omitted"
