import pytest
from cdktf import Token

from constructs_arq.compute.fleet_config import FleetConfig
from constructs_arq.core.alarm import Alarm, Comparison
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.port import Port
from constructs_arq.core.scaling import ScalingPolicy
from constructs_arq.core.stack import Stack
from constructs_arq.security.key import Key
from tests.compute.fleet_builders import ARM_IMAGE, ARM_TYPES, NIGHT_SCHEDULE, SCALING, build_fleet
from tests.support import statements, synthesize


def alarms(scaling: ScalingPolicy) -> dict[str, Alarm]:
    collected: list[Alarm] = []

    def build(stack: Stack) -> None:
        config = FleetConfig(image=ARM_IMAGE, instance_types=ARM_TYPES, scaling=scaling)
        collected.extend(build_fleet(config)(stack).alarms)

    synthesize(build)
    # A reference to the group, so that Terraform makes the alarms after it.
    assert all(
        Token.is_unresolved(dict(alarm.dimensions)["AutoScalingGroupName"]) and len(alarm.dimensions) == 1
        for alarm in collected
    )
    return {alarm.name: alarm for alarm in collected}


def test_alarms_cover_minimum_and_maximum_size() -> None:
    found = alarms(SCALING)
    assert {name: (alarm.comparison, alarm.threshold) for name, alarm in found.items()} == {
        "in-service": (Comparison.BELOW, 2),
        "max-size": (Comparison.AT_LEAST, 6),
        "cpu": (Comparison.ABOVE, 90),
        "status-check": (Comparison.ABOVE, 0),
    }


def test_alarm_thresholds_include_scheduled_size_limits() -> None:
    found = alarms(ScalingPolicy(min_size=2, max_size=6, schedule=NIGHT_SCHEDULE))
    assert (found["in-service"].threshold, found["max-size"].threshold) == (1, 8)


def test_no_maximum_alarm_for_a_fixed_size_and_no_minimum_alarm_for_zero() -> None:
    assert "max-size" not in alarms(ScalingPolicy(min_size=3, max_size=3))
    assert "in-service" not in alarms(ScalingPolicy(min_size=0, max_size=3))


def test_security_group_rules_are_outbound_https_and_allowed_connections() -> None:
    def build(stack: Stack) -> None:
        config = FleetConfig(image=ARM_IMAGE, instance_types=ARM_TYPES, scaling=SCALING)
        workers = build_fleet(config, listens_on=Port.tcp(8443))(stack)
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


def test_grants_attach_to_the_fleet_role() -> None:
    def build(stack: Stack) -> None:
        workers = build_fleet(FleetConfig(image=ARM_IMAGE, instance_types=ARM_TYPES, scaling=SCALING))(stack)
        Key(stack, "secrets", description="Encrypts secrets").grant_decrypt(workers.role)

    policy = synthesize(build).one("aws_iam_role_policy", "workers/role/decrypt-secrets")["policy"]
    assert statements(policy)["DecryptSecrets"]["Action"] == ["kms:Decrypt", "kms:DescribeKey"]


def test_a_name_too_long_for_iam_is_rejected() -> None:
    config = FleetConfig(image=ARM_IMAGE, instance_types=ARM_TYPES, scaling=SCALING)
    with pytest.raises(ConstructError, match="must have at most 35 characters"):
        synthesize(build_fleet(config, id="a-fleet-with-quite-a-long-name-of-its-own"))
