import pytest

from constructs_arq.compute.fleet_config import FleetConfig
from constructs_arq.core.alarm import Alarm
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.port import Port
from constructs_arq.core.scaling import ScalingPolicy
from constructs_arq.core.stack import Stack
from constructs_arq.security.key import Key
from tests.compute.fleets import ARM, NIGHTS, SCALING, fleet
from tests.support import statements, synthesize


def alarms(scaling: ScalingPolicy) -> dict[str, Alarm]:
    handed: list[Alarm] = []

    def build(stack: Stack) -> None:
        config = FleetConfig(instance_types=ARM, scaling=scaling)
        handed.extend(fleet(config)(stack).alarms)

    synthesize(build)
    assert all(alarm.dimensions == {"AutoScalingGroupName": "test-workers"} for alarm in handed)
    return {alarm.name: alarm for alarm in handed}


def test_a_fleet_says_when_it_is_too_small_and_when_it_cannot_grow() -> None:
    found = alarms(SCALING)
    assert set(found) == {"in-service", "max-size", "cpu", "status-check"}
    assert (found["in-service"].threshold, found["max-size"].threshold) == (2, 6)


def test_alarms_allow_what_the_schedule_wants() -> None:
    found = alarms(ScalingPolicy(min_size=2, max_size=6, schedule=NIGHTS))
    assert (found["in-service"].threshold, found["max-size"].threshold) == (1, 8)


def test_a_fleet_of_fixed_size_is_not_told_that_it_is_full_nor_an_empty_one_that_it_is_empty() -> None:
    assert "max-size" not in alarms(ScalingPolicy(min_size=3, max_size=3))
    assert "in-service" not in alarms(ScalingPolicy(min_size=0, max_size=3))


def test_a_fleet_reaches_aws_and_is_reached_by_whom_it_is_allowed() -> None:
    def build(stack: Stack) -> None:
        config = FleetConfig(instance_types=ARM, scaling=SCALING)
        workers = fleet(config, listens_on=Port.tcp(8443))(stack)
        workers.connections.allow_to(workers, why="Workers share their cache")

    found = synthesize(build)
    own = "workers/security-group/connections"
    egress = {
        p: r for p, r in found.of_type("aws_vpc_security_group_egress_rule").items() if p.startswith(own)
    }
    ingress = found.of_type("aws_vpc_security_group_ingress_rule")
    assert {(rule.get("cidr_ipv4"), rule["to_port"]) for rule in egress.values()} == {
        ("0.0.0.0/0", 443),
        (None, 8443),
    }
    assert [rule["from_port"] for path, rule in ingress.items() if path.startswith(own)] == [8443]


def test_what_instances_may_do_is_granted_to_their_role() -> None:
    def build(stack: Stack) -> None:
        workers = fleet(FleetConfig(instance_types=ARM, scaling=SCALING))(stack)
        Key(stack, "secrets", purpose="Encrypts secrets").grant_decrypt(workers.role)

    policy = synthesize(build).one("aws_iam_role_policy", "workers/role/decrypt-secrets")["policy"]
    assert statements(policy)["DecryptSecrets"]["Action"] == ["kms:Decrypt", "kms:DescribeKey"]


def test_a_name_that_iam_would_refuse_is_refused_at_once() -> None:
    config = FleetConfig(instance_types=ARM, scaling=SCALING)
    with pytest.raises(ConstructError, match="has at most 35 characters"):
        synthesize(fleet(config, id="a-fleet-with-quite-a-long-name-of-its-own"))
