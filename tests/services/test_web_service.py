"""A web service: restricted pods, a Service, scaling, disruption limits, and its configuration."""

import pytest

from constructs_arq.core.errors import ConfigError, ConstructError
from constructs_arq.core.scaling import ScalingPolicy, ScheduledSize
from constructs_arq.kubernetes.priority_class import PriorityClass
from constructs_arq.services.metrics import Metrics
from constructs_arq.services.pod_resources import PodResources
from constructs_arq.services.termination import TerminationConfig
from constructs_arq.services.web_service import WebService, WebServiceConfig
from tests.services.service_builders import DIGEST, RESOURCES, WEB, Definitions, Shop, synthesize_shop
from tests.support import Resource, Synthesized


def _synthesize(config: WebServiceConfig = WEB) -> Synthesized:
    return synthesize_shop(lambda shop: shop.web(config=config))


def _pod(synthesized: Synthesized) -> Resource:
    pod: Resource = synthesized.one("kubernetes_deployment_v1")["spec"]["template"]["spec"]
    return pod


def test_the_pods_are_restricted_and_have_no_token_of_the_kubernetes_api() -> None:
    pod = _pod(_synthesize())
    [container] = pod["container"]
    assert pod["node_selector"] == {"kubernetes.io/arch": "arm64"}
    assert pod["automount_service_account_token"] is False
    assert pod["security_context"] == {
        "run_as_non_root": True,
        "run_as_user": "65532",
        "run_as_group": "65532",
        "fs_group": "65532",
        "seccomp_profile": {"type": "RuntimeDefault"},
    }
    assert container["security_context"] == {
        "allow_privilege_escalation": False,
        "capabilities": {"drop": ["ALL"]},
        "privileged": False,
        "read_only_root_filesystem": True,
        "run_as_non_root": True,
    }
    assert container["volume_mount"] == [{"name": "temporary", "mount_path": "/tmp"}]  # noqa: S108
    assert pod["volume"] == [{"name": "temporary", "empty_dir": {"size_limit": "64Mi"}}]


def test_memory_is_limited_to_its_request_and_cpu_to_four_times_as_much() -> None:
    [container] = _pod(_synthesize())["container"]
    assert container["resources"] == {
        "requests": {"cpu": "250m", "memory": "256Mi"},
        "limits": {"cpu": "1000m", "memory": "256Mi"},
    }


def test_the_image_is_in_the_repository_and_has_a_digest() -> None:
    [container] = _pod(_synthesize())["container"]
    assert container["image"] == f"111122223333.dkr.ecr.eu-west-1.amazonaws.com/test-images@{DIGEST}"


@pytest.mark.parametrize("image", ["v1.2", "latest", "images:v1", "sha256:abc"])
def test_a_tag_is_refused(image: str) -> None:
    with pytest.raises(ConfigError, match="must be the digest of an image"):
        WebServiceConfig(
            image=image,
            resources=RESOURCES,
            scaling=ScalingPolicy(min_size=1, max_size=1),
            metrics=Metrics(),
        )


def test_an_update_stops_no_pod_before_a_new_one_is_available() -> None:
    spec = _synthesize().one("kubernetes_deployment_v1")["spec"]
    assert spec["strategy"] == {
        "type": "RollingUpdate",
        "rolling_update": {"max_surge": "25%", "max_unavailable": "0"},
    }
    assert spec["min_ready_seconds"] > 0


def test_sigterm_waits_until_proxies_know_and_the_grace_covers_the_longest_request() -> None:
    termination = TerminationConfig(sleep_command=("wait",), propagation_seconds=12, request_seconds=40)
    pod = _pod(_synthesize(WEB.model_copy(update={"termination": termination})))
    [container] = pod["container"]
    assert container["lifecycle"] == {"pre_stop": [{"exec": {"command": ["wait", "12"]}}]}
    assert pod["termination_grace_period_seconds"] > 12 + 40


def test_a_request_can_not_take_longer_than_the_load_balancer_waits_for_a_target() -> None:
    with pytest.raises(ConfigError, match="request_seconds 59 must not be greater than 58"):
        TerminationConfig(request_seconds=59)


def test_a_pod_serves_until_the_old_workers_of_nginx_have_closed_their_connections() -> None:
    with pytest.raises(ConfigError, match="propagation_seconds 7 must be at least 8"):
        TerminationConfig(propagation_seconds=7)
    assert TerminationConfig(propagation_seconds=8).grace_seconds > 8


def test_the_program_knows_its_time_to_stop() -> None:
    termination = TerminationConfig(request_seconds=40, shutdown_variable="STOP_SECONDS")
    config_map = _synthesize(WEB.model_copy(update={"termination": termination})).one(
        "kubernetes_config_map_v1"
    )
    assert config_map["data"] == {"STOP_SECONDS": "40"}
    with pytest.raises(ConfigError, match="must not set STOP_SECONDS, which has the value 40"):
        WebServiceConfig(
            image=DIGEST,
            resources=RESOURCES,
            scaling=ScalingPolicy(min_size=2, max_size=4),
            metrics=Metrics(),
            termination=termination,
            environment={"STOP_SECONDS": "60"},
        )


def test_the_autoscaler_alone_changes_the_number_of_pods() -> None:
    synthesized = _synthesize()
    deployment = synthesized.one("kubernetes_deployment_v1")
    assert deployment["spec"]["replicas"] == "3"
    assert deployment["lifecycle"] == {"ignore_changes": ["spec[0].replicas"]}
    spec = synthesized.one("kubernetes_horizontal_pod_autoscaler_v2")["spec"]
    assert (spec["min_replicas"], spec["max_replicas"]) == (3, 12)
    assert spec["metric"] == [
        {
            "type": "Resource",
            "resource": {"name": "cpu", "target": {"type": "Utilization", "average_utilization": 60}},
        }
    ]
    assert spec["scale_target_ref"]["name"].startswith("${kubernetes_deployment_v1.api.")


def test_pods_can_scale_by_memory() -> None:
    policy = ScalingPolicy(min_size=1, max_size=2, target_cpu_percent=None, target_memory_percent=70)
    spec = _synthesize(WEB.model_copy(update={"scaling": policy})).one(
        "kubernetes_horizontal_pod_autoscaler_v2"
    )["spec"]
    assert [each["resource"]["name"] for each in spec["metric"]] == ["memory"]


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        (ScalingPolicy(min_size=1, max_size=2, target_requests_per_minute=9), "by CPU and memory only"),
        (
            ScalingPolicy(
                min_size=1,
                max_size=2,
                schedule=(ScheduledSize(name="night", cron="0 20 * * *", min_size=0, max_size=1),),
            ),
            "by CPU and memory only",
        ),
        (ScalingPolicy(min_size=1, max_size=2, target_cpu_percent=None), "needs a target"),
        (ScalingPolicy(min_size=0, max_size=2), "at least one pod"),
    ],
)
def test_a_policy_that_the_autoscaler_can_not_follow_is_refused(policy: ScalingPolicy, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        WebServiceConfig(image=DIGEST, resources=RESOURCES, scaling=policy, metrics=Metrics())


def test_a_drain_can_not_stop_all_pods() -> None:
    budget = _synthesize().one("kubernetes_pod_disruption_budget_v1")["spec"]
    assert budget["max_unavailable"] == "1"
    with pytest.raises(ConfigError, match=r"max_unavailable 2 must be below scaling.min_size 2"):
        WebServiceConfig(
            image=DIGEST,
            resources=RESOURCES,
            scaling=ScalingPolicy(min_size=2, max_size=4),
            metrics=Metrics(),
            max_unavailable=2,
        )


def test_a_single_pod_does_not_block_the_drain_of_its_node() -> None:
    config = WebServiceConfig(
        image=DIGEST,
        resources=RESOURCES,
        scaling=ScalingPolicy(min_size=1, max_size=1),
        metrics=Metrics(),
    )
    assert _synthesize(config).one("kubernetes_pod_disruption_budget_v1")["spec"]["max_unavailable"] == "1"


def test_pods_of_a_revision_spread_over_zones_and_nodes() -> None:
    constraints = _pod(_synthesize())["topology_spread_constraint"]
    assert [each["topology_key"] for each in constraints] == [
        "topology.kubernetes.io/zone",
        "kubernetes.io/hostname",
    ]
    assert all(each["match_label_keys"] == ["pod-template-hash"] for each in constraints)


def test_a_changed_variable_changes_the_name_of_the_config_map_that_the_pods_read() -> None:
    synthesized = synthesize_shop(
        lambda shop: shop.web(
            config=WEB.model_copy(update={"environment": {"LOG_LEVEL": "info"}}),
            environment={"DATABASE_HOST": "db.example"},
        )
    )
    config_map = synthesized.one("kubernetes_config_map_v1")
    assert config_map["data"] == {"DATABASE_HOST": "db.example", "LOG_LEVEL": "info"}
    assert config_map["immutable"] is True
    assert config_map["lifecycle"] == {"create_before_destroy": True}
    assert "sha256(jsonencode(" in config_map["metadata"]["name"]
    [container] = _pod(synthesized)["container"]
    [source] = container["env_from"]
    assert source["config_map_ref"]["name"].startswith("${kubernetes_config_map_v1.api_environment")


def test_the_configuration_sets_no_variable_of_the_stack() -> None:
    config = WEB.model_copy(update={"environment": {"DATABASE_POOL_SIZE": "200", "LOG_LEVEL": "info"}})
    with pytest.raises(
        ConstructError, match=r"api: environment .* must not set DATABASE_POOL_SIZE, which the stack sets"
    ):
        synthesize_shop(lambda shop: shop.web(config=config, environment={"DATABASE_POOL_SIZE": "10"}))


def test_the_pods_have_the_role_of_the_workload() -> None:
    synthesized = _synthesize()
    association = synthesized.one("aws_eks_pod_identity_association")
    account = synthesized.one("kubernetes_service_account_v1")
    assert (association["namespace"], association["service_account"]) == ("shop", "api")
    assert account["metadata"]["name"] == "api"
    assert account["automount_service_account_token"] is False


def test_pods_can_have_a_priority() -> None:
    def build(shop: Shop) -> None:
        serving = PriorityClass(shop.stack, "serving", value=1000, why="Requests wait for it")
        WebService(
            shop.stack,
            "api",
            cluster=shop.cluster,
            namespace=shop.namespace,
            images=shop.images,
            priority=serving,
            definitions=Definitions(resource=shop.namespace.resource),
            depends_on=[shop.namespace.resource],
            config=WEB,
        )

    synthesized = synthesize_shop(build)
    assert synthesized.one("kubernetes_priority_class_v1")["value"] == 1000
    assert _pod(synthesized)["priority_class_name"].startswith("${kubernetes_priority_class_v1.serving.")
    assert synthesized.one("kubernetes_deployment_v1")["depends_on"] == ["kubernetes_namespace_v1.shop"]


def test_the_startup_probe_allows_the_configured_time() -> None:
    probes = WEB.probes.model_copy(update={"startup_seconds": 91})
    [container] = _pod(_synthesize(WEB.model_copy(update={"probes": probes})))["container"]
    startup = container["startup_probe"]
    assert startup["period_seconds"] * startup["failure_threshold"] >= 91
    assert container["readiness_probe"]["http_get"] == {"path": "/readyz", "port": "http"}
    assert container["liveness_probe"]["http_get"] == {"path": "/healthz", "port": "http"}


def test_variables_have_names_that_programs_can_read() -> None:
    with pytest.raises(ConfigError, match="name of an environment variable"):
        WebServiceConfig(
            image=DIGEST,
            resources=PodResources(cpu_millicores=100, memory_mib=64),
            scaling=ScalingPolicy(min_size=1, max_size=1),
            metrics=Metrics(),
            environment={"log level": "info"},
        )


@pytest.mark.parametrize("text", ["${a}", "%{ if true }"])
def test_values_that_terraform_would_evaluate_are_refused(text: str) -> None:
    for changed in ({"environment": {"LOG_LEVEL": text}}, {"arguments": (text,)}):
        with pytest.raises(ConfigError, match="which Terraform would evaluate"):
            WebServiceConfig(**{**WEB.model_dump(), **changed})
