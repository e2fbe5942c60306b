from typing import Any

import pytest

from constructs_arq.compute.existing_load_balancer import ExistingLoadBalancer
from constructs_arq.compute.fleet_config import FleetConfig
from constructs_arq.compute.load_balancer import LoadBalancer
from constructs_arq.compute.target_group import TargetGroup
from constructs_arq.core.errors import ConfigError
from constructs_arq.core.port import Port
from constructs_arq.core.protocols import PrivateOrigin
from constructs_arq.core.scaling import ScalingPolicy
from constructs_arq.core.stack import Stack
from tests.compute.fleet_builders import ARM_IMAGE, ARM_TYPES, build_fleet
from tests.support import synthesize

PREFIX = "arn:aws:elasticloadbalancing:eu-west-1:111122223333"
LOAD_BALANCER_ARN = f"{PREFIX}:loadbalancer/app/api/0123456789abcdef"
TARGET_GROUP_ARN = f"{PREFIX}:targetgroup/web/fedcba9876543210"


def existing_load_balancer(stack: Stack, **overrides: Any) -> ExistingLoadBalancer:
    attributes: dict[str, Any] = {
        "arn": LOAD_BALANCER_ARN,
        "domain": "origin.arq.example",
        "vpc_id": "vpc-0123456789abcdef0",
        "security_group_id": "sg-0123456789abcdef0",
    }
    return LoadBalancer.from_attributes(stack, "ingress", **{**attributes, **overrides})


def test_connections_use_the_security_group_of_the_existing_load_balancer() -> None:
    def build(stack: Stack) -> None:
        workers = build_fleet(
            FleetConfig(
                image=ARM_IMAGE, instance_types=ARM_TYPES, scaling=ScalingPolicy(min_size=1, max_size=2)
            ),
            listens_on=Port.tcp(8443),
        )(stack)
        existing_load_balancer(stack).connections.allow_to(workers, why="It forwards requests")

    synthesized = synthesize(build)
    rule = synthesized.one("aws_vpc_security_group_egress_rule", "ingress/connections/to-workers-tcp-8443")
    assert (rule["security_group_id"], rule["from_port"]) == ("sg-0123456789abcdef0", 8443)
    assert not synthesized.of_type("aws_lb")


def test_an_existing_load_balancer_is_an_origin() -> None:
    origins: list[PrivateOrigin] = []
    synthesized = synthesize(lambda stack: origins.append(existing_load_balancer(stack)))
    assert (origins[0].arn, origins[0].domain) == (LOAD_BALANCER_ARN, "origin.arq.example")
    assert origins[0].connections.listens_on == Port.tcp(443)
    [listener] = synthesized.json["data"]["aws_lb_listener"].values()
    assert (listener["load_balancer_arn"], listener["port"]) == (LOAD_BALANCER_ARN, 443)


def test_a_fleet_registers_in_an_existing_target_group_and_scales_on_its_requests() -> None:
    group = TargetGroup.from_arns(arn=TARGET_GROUP_ARN, load_balancer_arn=LOAD_BALANCER_ARN)
    scaling = ScalingPolicy(min_size=1, max_size=2, target_requests_per_minute=600)
    config = FleetConfig(image=ARM_IMAGE, instance_types=ARM_TYPES, scaling=scaling)
    synthesized = synthesize(build_fleet(config, target_group=group))
    assert synthesized.one("aws_autoscaling_group")["target_group_arns"] == [TARGET_GROUP_ARN]
    policy = synthesized.one("aws_autoscaling_policy", "workers/scaling/requests")
    metric = policy["target_tracking_configuration"]["predefined_metric_specification"]
    assert metric["resource_label"] == "app/api/0123456789abcdef/targetgroup/web/fedcba9876543210"


def test_all_invalid_attributes_are_reported_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        synthesize(
            lambda stack: existing_load_balancer(
                stack, arn=TARGET_GROUP_ARN, domain="Origin", vpc_id="vpc", security_group_id="sg", port=0
            )
        )
    assert {problem.path for problem in error.value.problems} == {
        "arn",
        "domain",
        "vpc_id",
        "security_group_id",
        "port",
    }
    with pytest.raises(ConfigError) as error:
        TargetGroup.from_arns(arn=LOAD_BALANCER_ARN, load_balancer_arn=TARGET_GROUP_ARN)
    assert {problem.path: problem.message for problem in error.value.problems} == {
        "arn": "must be the literal ARN of a target group",
        "load_balancer_arn": "must be the literal ARN of an application load balancer",
    }
    assert all(problem.fix.startswith("Write it like ") for problem in error.value.problems)
