from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase

import pytest

from constructs_arq.compute.fleet import Fleet
from constructs_arq.compute.fleet_config import FleetConfig
from constructs_arq.compute.load_balancer import LoadBalancer, LoadBalancerConfig
from constructs_arq.compute.target_group import HealthCheck
from constructs_arq.compute.traffic_source import TrafficSource
from constructs_arq.core.alarm import Alarm, Comparison, MissingData, Severity
from constructs_arq.core.errors import ConfigError, ConstructError
from constructs_arq.core.port import Port
from constructs_arq.core.scaling import ScalingPolicy
from constructs_arq.core.stack import Stack
from constructs_arq.network.config import NetworkConfig
from constructs_arq.network.network import Network
from constructs_arq.security.connections import SecurityGroup
from constructs_arq.storage.bucket import LogBucket
from tests.compute.fleet_builders import ARM_IMAGE
from tests.support import STACK, Resource, Synthesized, statements, synthesize


@dataclass(frozen=True)
class FakeCertificate:
    """A `ServerCertificate` with fixed values."""

    arn: str = "arn:aws:acm:eu-west-1:111122223333:certificate/0b5a8f0e-0000-0000-0000-000000000000"
    domain: str = "origin.arq.example"


class Pods:
    """A connectable target."""

    def __init__(self, stack: Stack, network: Network) -> None:
        self.connections = SecurityGroup(stack, "pods", network=network, description="Pods").connections


def build_network(stack: Stack) -> Network:
    config = NetworkConfig(cidr="10.0.0.0/16", zones=("euw1-az1", "euw1-az2"))
    return Network(stack, "network", config=config)


def build_load_balancer(
    stack: Stack, config: LoadBalancerConfig | None = None, network: Network | None = None
) -> LoadBalancer:
    network = network or build_network(stack)
    load_balancer = LoadBalancer(
        stack,
        "ingress",
        subnets=network.private,
        certificate=FakeCertificate(),
        access_logs=LogBucket(stack, "logs", retention_days=365),
        config=config or LoadBalancerConfig(),
    )
    load_balancer.connections.allow_to(
        Pods(stack, network), port=Port.tcp(8443), why="the load balancer calls the orders API"
    )
    return load_balancer


def build_with_orders(stack: Stack) -> None:
    build_load_balancer(stack).add_target_group(
        "orders",
        port=8443,
        priority=10,
        hosts=("origin.arq.example",),
        paths=("/api/orders", "/api/orders/*"),
        health_check=HealthCheck(path="/ready"),
    )


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize(build_with_orders)


@pytest.fixture(scope="module")
def resource(synthesized: Synthesized) -> Resource:
    return synthesized.one("aws_lb")


def rejection(add: Callable[[LoadBalancer], object]) -> str:
    with pytest.raises(ConstructError) as raised:
        synthesize(lambda stack: add(build_load_balancer(stack)))
    return str(raised.value)


def test_it_is_internal_and_in_the_private_subnets(resource: Resource) -> None:
    assert resource["internal"] is True
    assert len(resource["subnets"]) == 2
    assert all("network_private_" in subnet for subnet in resource["subnets"])


def test_the_listener_requires_modern_tls(synthesized: Synthesized) -> None:
    listener = synthesized.one("aws_lb_listener")
    assert (listener["port"], listener["protocol"]) == (443, "HTTPS")
    assert listener["ssl_policy"].startswith("ELBSecurityPolicy-TLS13-1-2-Res-")
    assert listener["certificate_arn"] == FakeCertificate().arn


def test_requests_without_a_rule_get_404(synthesized: Synthesized) -> None:
    (action,) = synthesized.one("aws_lb_listener")["default_action"]
    assert action["type"] == "fixed-response"
    assert action["fixed_response"]["status_code"] == "404"


def test_malformed_requests_are_rejected(resource: Resource) -> None:
    assert resource["drop_invalid_header_fields"] is True
    assert resource["desync_mitigation_mode"] == "defensive"


def test_log_prefixes_match_the_bucket_policy(synthesized: Synthesized, resource: Resource) -> None:
    allowed = statements(synthesized.one("aws_s3_bucket_policy", "logs/policy")["policy"])
    (writable,) = allowed["LoadBalancerLogs"]["Resource"]
    for kind in ("access_logs", "connection_logs"):
        logs = resource[kind]
        assert logs["enabled"] is True
        written = f"${{aws_s3_bucket.logs.arn}}/{logs['prefix']}/AWSLogs/111122223333/elasticloadbalancing"
        assert fnmatchcase(written, writable)
        # AWS adds AWSLogs/ itself and rejects a prefix that contains it.
        assert "AWSLogs" not in logs["prefix"]
        # A reference to the policy: enabling logs makes the load balancer write a test file.
        assert logs["bucket"].startswith("${aws_s3_bucket_policy.logs_policy_")
    assert resource["access_logs"]["prefix"] != resource["connection_logs"]["prefix"]


def test_deletion_protection_follows_the_stack() -> None:
    protected = synthesize(build_load_balancer).one("aws_lb")
    assert protected["enable_deletion_protection"] is True
    unprotected = synthesize(build_load_balancer, config=STACK.model_copy(update={"protected": False})).one(
        "aws_lb"
    )
    assert unprotected["enable_deletion_protection"] is False


def test_a_name_too_long_for_elb_is_rejected() -> None:
    longest = STACK.model_copy(update={"environment": "an-environments-name-24c"})
    assert (
        synthesize(build_load_balancer, config=longest).one("aws_lb")["name"]
        == "an-environments-name-24c-ingress"
    )
    longer = STACK.model_copy(update={"environment": "an-environments-name-25ch"})
    with pytest.raises(ConstructError, match="at most 32 characters; an-environments-name-25ch-ingress"):
        synthesize(build_load_balancer, config=longer)


def test_only_allowed_connections_have_rules(synthesized: Synthesized) -> None:
    group = "${aws_security_group.ingress_security-group"
    egress = [
        rule
        for rule in synthesized.of_type("aws_vpc_security_group_egress_rule").values()
        if rule["security_group_id"].startswith(group)
    ]
    assert [(rule["from_port"], rule["description"]) for rule in egress] == [
        (8443, "the load balancer calls the orders API")
    ]
    ingress = synthesized.of_type("aws_vpc_security_group_ingress_rule").values()
    assert not [rule for rule in ingress if rule["security_group_id"].startswith(group)]


def test_it_exposes_its_port_and_domain() -> None:
    load_balancer: list[LoadBalancer] = []
    synthesize(lambda stack: load_balancer.append(build_load_balancer(stack)))
    assert load_balancer[0].connections.listens_on == Port.tcp(443)
    assert load_balancer[0].domain == "origin.arq.example"


class TestTargetGroup:
    def test_targets_are_ip_addresses_over_https(self, synthesized: Synthesized) -> None:
        group = synthesized.one("aws_lb_target_group")
        assert group["target_type"] == "ip"
        assert (group["port"], group["protocol"]) == (8443, "HTTPS")
        assert group["health_check"]["protocol"] == "HTTPS"
        assert group["health_check"]["path"] == "/ready"

    def test_the_group_starts_empty(self, synthesized: Synthesized) -> None:
        assert not synthesized.of_type("aws_lb_target_group_attachment")

    def test_a_fleet_registers_instances_and_scales_on_requests(self) -> None:
        def build(stack: Stack) -> None:
            network = build_network(stack)
            source: TrafficSource = build_load_balancer(stack, network=network).add_target_group(
                "batch", port=8443, priority=10, paths=("/batch",), target_type="instance"
            )
            scaling = ScalingPolicy(min_size=2, max_size=4, target_requests_per_minute=600)
            config = FleetConfig(image=ARM_IMAGE, instance_types=("m7g.large",), scaling=scaling)
            Fleet(stack, "workers", subnets=network.private, config=config, target_group=source)

        load_balancer = synthesize(build)
        assert load_balancer.one("aws_lb_target_group")["target_type"] == "instance"
        (registered,) = load_balancer.one("aws_autoscaling_group")["target_group_arns"]
        assert registered.startswith("${aws_lb_target_group.ingress_batch")
        (rule,) = load_balancer.one("aws_autoscaling_policy", "workers/scaling/requests")["depends_on"]
        assert rule.startswith("aws_lb_listener_rule.ingress_batch_rule")
        assert "depends_on" not in load_balancer.one("aws_autoscaling_policy", "workers/scaling/cpu")

    def test_a_replacement_is_created_first(self, synthesized: Synthesized) -> None:
        group = synthesized.one("aws_lb_target_group")
        assert group["lifecycle"] == {"create_before_destroy": True}
        # Two groups can't share a name, so Terraform generates it.
        assert "name" not in group
        assert len(group["name_prefix"]) <= 6

    def test_the_rule_matches_host_and_path(self, synthesized: Synthesized) -> None:
        rule = synthesized.one("aws_lb_listener_rule")
        assert rule["priority"] == 10
        assert rule["condition"] == [
            {"host_header": {"values": ["origin.arq.example"]}},
            {"path_pattern": {"values": ["/api/orders", "/api/orders/*"]}},
        ]
        (action,) = rule["action"]
        assert action["type"] == "forward"
        assert action["target_group_arn"].startswith("${aws_lb_target_group.ingress_orders_")

    def test_a_second_group_keeps_the_addresses_of_the_first(self, synthesized: Synthesized) -> None:
        def build_two(stack: Stack) -> None:
            load_balancer = build_load_balancer(stack)
            load_balancer.add_target_group("billing", port=8443, priority=5, paths=("/api/billing/*",))
            load_balancer.add_target_group("orders", port=8443, priority=10, paths=("/api/orders/*",))

        assert synthesized.addresses <= synthesize(build_two).addresses

    @pytest.mark.parametrize(
        ("priority", "paths", "message"),
        [
            (0, ("/a",), "has priority 0. Use 1 to 50000."),
            (7, (), "matches no requests. Set hosts, paths or both."),
            (7, tuple("/abcdef"), "has 7 hosts and paths. A rule supports 5"),
        ],
    )
    def test_a_rule_that_elb_rejects_is_rejected(
        self, priority: int, paths: tuple[str, ...], message: str
    ) -> None:
        error = rejection(
            lambda load_balancer: load_balancer.add_target_group("a", port=1, priority=priority, paths=paths)
        )
        assert message in error

    def test_two_rules_with_one_priority_are_rejected(self) -> None:
        def add(load_balancer: LoadBalancer) -> None:
            load_balancer.add_target_group("orders", port=8443, priority=10, paths=("/orders",))
            load_balancer.add_target_group("billing", port=8443, priority=10, paths=("/billing",))

        assert "target group billing has priority 10, like orders" in rejection(add)

    def test_a_timeout_above_the_interval_is_rejected(self) -> None:
        with pytest.raises(ConfigError, match="timeout_seconds 30 must be below interval_seconds 10"):
            HealthCheck(timeout_seconds=30)


class TestAlarms:
    def test_alarms_cover_the_load_balancer_and_its_targets(self) -> None:
        alarms: list[Alarm] = []

        def build(stack: Stack) -> None:
            load_balancer = build_load_balancer(stack)
            group = load_balancer.add_target_group("orders", port=8443, priority=10, paths=("/orders",))
            alarms.extend((*load_balancer.alarms, *group.alarms))
            for alarm in group.alarms:
                assert set(alarm.dimensions) == {"LoadBalancer", "TargetGroup"}
            for alarm in load_balancer.alarms:
                assert set(alarm.dimensions) == {"LoadBalancer"}

        synthesize(build)
        below = {alarm.metric for alarm in alarms if alarm.comparison is not Comparison.ABOVE}
        assert below == {"HealthyHostCount"}
        assert {alarm.metric for alarm in alarms} == {
            "HTTPCode_ELB_5XX_Count",
            "HTTPCode_Target_5XX_Count",
            "HealthyHostCount",
            "UnHealthyHostCount",
            "TargetResponseTime",
            "RejectedConnectionCount",
        }

    def test_a_target_group_that_lost_its_targets_is_a_warning(self) -> None:
        found: list[Alarm] = []

        def build(stack: Stack) -> None:
            group = build_load_balancer(stack).add_target_group("a", port=1, priority=1, paths=("/a",))
            found.extend(alarm for alarm in group.alarms if alarm.metric == "HealthyHostCount")

        synthesize(build)
        (alarm,) = found
        # ELB publishes no data of a group without targets.
        assert (alarm.threshold, alarm.missing_data) == (1, MissingData.MISSING)
        # If it never had one, requests that fail show it.
        assert alarm.fill is not None
        assert (alarm.fill.value, alarm.fill.condition.metric) == (0, "HTTPCode_ELB_5XX_Count")
        assert alarm.severity is Severity.WARNING

    def test_the_slow_response_threshold_is_configurable(self) -> None:
        load_balancer: list[LoadBalancer] = []
        config = LoadBalancerConfig(slow_response_seconds=0.25)
        synthesize(lambda stack: load_balancer.append(build_load_balancer(stack, config)))
        slow = next(alarm for alarm in load_balancer[0].alarms if alarm.metric == "TargetResponseTime")
        assert (slow.statistic, slow.threshold) == ("p99", 0.25)
