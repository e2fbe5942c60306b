import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from constructs_arq.cluster.cluster import Cluster
from constructs_arq.core.errors import ConfigError
from constructs_arq.core.stack import Stack
from constructs_arq.kubernetes.network_policy import Pods
from constructs_arq.kubernetes.storage_class import StorageClass
from constructs_arq.platform.log_store import LogStore, LogStoreConfig
from constructs_arq.platform.loki import Loki
from constructs_arq.platform.loki_settings import LogLimits, LokiConfig
from constructs_arq.platform.support_matrix import Chart, find_release
from constructs_arq.platform.target import AddonTarget
from constructs_arq.storage.bucket import LogBucket
from environments.dev import DEV
from environments.environment import Environment
from environments.production import PRODUCTION
from environments.staging import STAGING
from tests.platform.addon_stack import Values, permissions_of, synthesize_addons, values_of
from tests.platform.loki_schema import validate_loki
from tests.support import Synthesized

RETENTION_DAYS = 30
LOCAL = Path("services/loki/loki.yaml")


def synthesize_loki(config: LokiConfig, *, protected: bool = True) -> Synthesized:
    def build(stack: Stack, target: AddonTarget, cluster: Cluster) -> None:
        store = LogStore(
            stack,
            "log-store",
            access_logs=LogBucket(stack, "access-logs", retention_days=365),
            config=LogStoreConfig(retention_days=RETENTION_DAYS),
        )
        volumes = StorageClass(stack, "encrypted-gp3", key=cluster.key)
        loki = Loki(stack, "loki", target=target, store=store, volumes=volumes, config=config)
        loki.allow_writers("alloy", Pods(namespace="node-agents", labels={"app": "alloy"}))

    return synthesize_addons(build, protected=protected)


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize_loki(LokiConfig())


def test_aws_backup_leaves_volumes_out_for_a_reason(synthesized: Synthesized) -> None:
    parameters = synthesized.one("kubernetes_storage_class_v1")["parameters"]
    tags = dict(
        value.split("=", 1) for name, value in parameters.items() if name.startswith("tagSpecification_")
    )
    assert tags["backup"] == "none"
    assert len(tags["backup-reason"]) >= 10
    assert tags["managed-by"] == "terraform"


@pytest.fixture(scope="module")
def values(synthesized: Synthesized) -> Values:
    return values_of(synthesized, Chart.LOKI)


@pytest.fixture(scope="module")
def configuration(values: Values) -> Values:
    found: Values = values["loki"]["structuredConfig"]
    return found


def test_loki_knows_each_key(configuration: Values) -> None:
    validate_loki(configuration)


def test_loki_knows_each_key_of_the_local_configuration() -> None:
    validate_loki(yaml.safe_load(LOCAL.read_text(encoding="utf-8")))


def test_the_local_version_is_that_of_the_chart() -> None:
    found = re.findall(r"grafana/loki:(\S+?)@", Path("compose.yaml").read_text(encoding="utf-8"))
    assert found == [find_release(Chart.LOKI).app_version]


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("limits_config", "max_label_names_per_user"), 5, "no key limits_config.max_label_names_per_user"),
        (("limits_config", "retention_period"), "30 days", "is a duration"),
        (("limits_config", "retention_period"), 30, "is a duration"),
        (("limits_config", "max_line_size"), "64kb", "is a int"),
        (("compactor", "retention_enabled"), "true", "is a boolean"),
        (
            ("storage_config", "object_store", "s3", "bucket"),
            "b",
            "no key storage_config.object_store.s3.bucket",
        ),
        (("common", "ring"), "memberlist", "has keys in it"),
        (("schema_config", "configs"), [{"form": "2026-01-01"}], "no key schema_config.configs.form"),
        (("surprise",), True, "no key surprise"),
    ],
)
def test_unknown_keys_and_wrong_types_fail(
    configuration: Values, path: tuple[str, ...], value: Any, message: str
) -> None:
    changed = copy.deepcopy(configuration)
    target = changed
    for name in path[:-1]:
        target = target[name]
    target[path[-1]] = value
    with pytest.raises(AssertionError, match=message):
        validate_loki(changed)


def test_each_log_is_in_three_zones(values: Values, configuration: Values) -> None:
    pods = values["singleBinary"]
    [spread] = pods["topologySpreadConstraints"]
    assert pods["replicas"] == configuration["common"]["replication_factor"] == 3
    assert (spread["topologyKey"], spread["maxSkew"]) == ("topology.kubernetes.io/zone", 1)
    assert spread["whenUnsatisfiable"] == "DoNotSchedule"


def test_no_component_of_another_mode_runs(values: Values) -> None:
    assert values["deploymentMode"] == "Monolithic"
    assert [values[name]["replicas"] for name in ("read", "write", "backend")] == [0, 0, 0]


def test_one_replica_needs_no_other() -> None:
    values = values_of(synthesize_loki(LokiConfig(highly_available=False), protected=False), Chart.LOKI)
    assert values["singleBinary"]["replicas"] == 1
    assert values["loki"]["structuredConfig"]["common"]["replication_factor"] == 1


def test_loki_deletes_before_the_bucket_does(synthesized: Synthesized, configuration: Values) -> None:
    [rule] = synthesized.one("aws_s3_bucket_lifecycle_configuration", "log-store/bucket/lifecycle")["rule"]
    [expiration] = rule["expiration"]
    assert configuration["limits_config"]["retention_period"] == f"{RETENTION_DAYS * 24}h"
    assert configuration["compactor"]["retention_enabled"] is True
    # Loki looks for logs to delete every ten minutes, and deletes them two hours later.
    assert expiration["days"] >= RETENTION_DAYS + 7
    assert rule["noncurrent_version_expiration"] == [{"noncurrent_days": 7}]


def test_role_uses_the_bucket_and_its_key_only(synthesized: Synthesized) -> None:
    statements = permissions_of(synthesized, "loki", "loki")
    resources = {each for statement in statements for each in statement["Resource"]}
    assert resources == {
        "${aws_s3_bucket.log-store_bucket_D4852BFE.arn}",
        "${aws_s3_bucket.log-store_bucket_D4852BFE.arn}/*",
        "${aws_kms_key.log-store_key_C216DACD.arn}",
    }
    actions = {each for statement in statements for each in statement["Action"]}
    assert not [each for each in actions if each.endswith(("*", "Policy", "Version")) and each[:3] == "s3:"]


def test_logs_have_a_tenant_and_nobody_deletes_them(configuration: Values) -> None:
    assert configuration["auth_enabled"] is True
    assert configuration["limits_config"]["deletion_mode"] == "disabled"


def test_queries_end_before_the_server_closes_the_connection(configuration: Values) -> None:
    server, limits = configuration["server"], configuration["limits_config"]
    assert int(server["http_server_write_timeout"][:-1]) > int(limits["query_timeout"][:-1])


def test_volumes_are_encrypted_and_end_with_their_pods(synthesized: Synthesized, values: Values) -> None:
    volumes = synthesized.one("kubernetes_storage_class_v1")
    parameters = volumes["parameters"]
    assert (parameters["type"], parameters["encrypted"]) == ("gp3", "true")
    assert parameters["kmsKeyId"].startswith("${aws_kms_key.cluster_")
    assert "environment=test" in parameters.values()
    assert volumes["volume_binding_mode"] == "WaitForFirstConsumer"
    persistence = values["singleBinary"]["persistence"]
    assert persistence["storageClass"] == "${kubernetes_storage_class_v1.encrypted-gp3.metadata[0].name}"
    assert (persistence["enableStatefulSetAutoDeletePVC"], persistence["whenDeleted"]) == (True, "Delete")


def test_only_prometheus_grafana_and_writers_connect(synthesized: Synthesized) -> None:
    peers = {}
    for path, policy in synthesized.of_type("kubernetes_network_policy_v1").items():
        if path.startswith("loki/") and "Ingress" in policy["spec"]["policy_types"]:
            for rule in policy["spec"].get("ingress", []):
                ports = {port["port"] for port in rule["ports"]}
                peers[path.rpartition("/")[2]] = ports
    assert peers == {
        "metrics": {"3100"},
        "from-own": {"9095", "7946"},
        "readers": {"3100"},
        "alloy": {"3100"},
    }


def test_memory_limit_leaves_room_for_go(values: Values) -> None:
    pods = values["singleBinary"]
    [limit] = [each["value"] for each in pods["extraEnv"] if each["name"] == "GOMEMLIMIT"]
    assert int(limit.removesuffix("MiB")) < int(pods["resources"]["limits"]["memory"].removesuffix("Mi"))


@pytest.mark.parametrize("environment", [DEV, STAGING, PRODUCTION], ids=lambda each: str(each.name))
def test_highly_available_environments_have_three_zones(environment: Environment) -> None:
    if environment.loki.highly_available:
        assert len(environment.network.zones) == 3


@pytest.mark.parametrize(
    "change",
    [{"memory_mib": 100}, {"volume_gib": 1}, {"limits": {"max_streams": 1}}, {"replicas": 2}],
    ids=str,
)
def test_unusable_settings_are_refused(change: dict[str, Any]) -> None:
    LokiConfig(limits=LogLimits())
    with pytest.raises(ConfigError):
        LokiConfig(**change)
