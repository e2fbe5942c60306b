"""Jobs and scheduled jobs: the pods of services, with an end."""

from constructs_arq.core.port import Port
from constructs_arq.kubernetes.storage_class import StorageClass
from constructs_arq.security.connections import SecurityGroup
from constructs_arq.security.key import Key
from constructs_arq.services.cron_job import CronJob, CronJobConfig
from constructs_arq.services.job import Job
from constructs_arq.services.scratch_volume import ScratchVolume
from tests.services.service_builders import DIGEST, JOB, RESOURCES, Shop, synthesize_shop
from tests.support import Resource, Synthesized

LEDGER = SecurityGroup.from_id(
    security_group_id="sg-0fedcba9876543210", name="ledger", listens_on=Port.tcp(5432)
)


def _job(shop: Shop) -> Job:
    job = Job(
        shop.stack,
        "migrator",
        cluster=shop.cluster,
        namespace=shop.namespace,
        images=shop.images,
        environment={"DATABASE_HOST": "db.example"},
        files={"users.json": '{"users": []}'},
        depends_on=[shop.namespace.resource],
        config=JOB,
    )
    job.connections.allow_to(LEDGER, why="it creates users there", ranges=["10.9.0.0/24"])
    return job


def _resource() -> Resource:
    return synthesize_shop(_job).one("kubernetes_job_v1")


def _cron_job() -> Synthesized:
    config = CronJobConfig(
        image=DIGEST, resources=RESOURCES, schedule="15 1 * * *", time_zone="Europe/Berlin", retries=1
    )
    return synthesize_shop(
        lambda shop: CronJob(
            shop.stack,
            "settlement",
            cluster=shop.cluster,
            namespace=shop.namespace,
            images=shop.images,
            config=config,
        )
    )


def test_each_change_of_a_program_is_a_new_job_that_the_deployment_waits_for() -> None:
    synthesized = synthesize_shop(_job)
    job = synthesized.one("kubernetes_job_v1")
    assert job["metadata"]["name"].startswith("migrator-${substr(sha256(jsonencode(local.migrator_inputs")
    [inputs] = [each for key, each in synthesized.json["locals"].items() if "inputs" in key]
    assert inputs["image"].endswith(DIGEST)
    assert inputs["arguments"] == "migrate --all"
    assert inputs["variables"].startswith("${kubernetes_config_map_v1.migrator_environment")
    assert inputs["files"].startswith("${kubernetes_config_map_v1.migrator_files")
    assert job["wait_for_completion"] is True
    assert job["timeouts"]["create"] == "180s"
    # Terraform would create a job again that Kubernetes deletes after a time.
    assert "ttl_seconds_after_finished" not in job["spec"]


def test_the_network_is_open_before_the_program_starts() -> None:
    first, *policies = _resource()["depends_on"]
    assert first == "kubernetes_namespace_v1.shop"
    assert [each.partition("connections_")[2].rpartition("_")[0] for each in policies] == [
        "dns",
        "credentials-tcp-80",
        "to-ledger-tcp-5432",
    ]
    assert all(each.startswith("kubernetes_network_policy_v1.migrator_identity") for each in policies)


def test_a_job_has_the_restricted_pods_of_services() -> None:
    pod = _resource()["spec"]["template"]["spec"]
    [container] = pod["container"]
    assert pod["node_selector"] == {"kubernetes.io/arch": "arm64"}
    assert pod["security_context"]["seccomp_profile"] == {"type": "RuntimeDefault"}
    assert container["security_context"]["capabilities"] == {"drop": ["ALL"]}
    assert container["security_context"]["read_only_root_filesystem"] is True
    assert container["args"] == ["migrate", "--all"]
    assert container["resources"]["limits"]["memory"] == "256Mi"
    assert pod["restart_policy"] == "Never"
    assert "readiness_probe" not in container


def test_files_are_in_one_folder() -> None:
    pod = _resource()["spec"]["template"]["spec"]
    [container] = pod["container"]
    assert {each["name"]: each["mount_path"] for each in container["volume_mount"]}["files"] == "/etc/service"
    [volume] = [each for each in pod["volume"] if each["name"] == "files"]
    assert volume["config_map"]["name"].startswith("${kubernetes_config_map_v1.migrator_files")


def test_a_scheduled_job_never_overlaps_with_itself() -> None:
    spec = _cron_job().one("kubernetes_cron_job_v1")["spec"]
    assert (spec["schedule"], spec["timezone"]) == ("15 1 * * *", "Europe/Berlin")
    assert spec["concurrency_policy"] == "Forbid"
    assert spec["starting_deadline_seconds"] == 3600
    job = spec["job_template"]["spec"]
    assert (job["backoff_limit"], job["active_deadline_seconds"]) == (1, 900)
    assert job["template"]["spec"]["node_selector"] == {"kubernetes.io/arch": "arm64"}
    assert job["template"]["metadata"]["annotations"] == {"karpenter.sh/do-not-disrupt": "true"}


def test_the_pods_of_a_scheduled_job_have_the_labels_of_its_network_policies() -> None:
    synthesized = _cron_job()
    job = synthesized.one("kubernetes_cron_job_v1")["spec"]["job_template"]
    labels = job["spec"]["template"]["metadata"]["labels"]
    policy = synthesized.one("kubernetes_network_policy_v1", "settlement/identity/connections/dns")
    assert policy["spec"]["pod_selector"]["match_labels"] == labels
    [container] = job["spec"]["template"]["spec"]["container"]
    assert container["image"].endswith(DIGEST)


def test_a_scratch_volume_is_as_large_as_stated_and_ends_with_its_pod() -> None:
    def make(shop: Shop) -> None:
        volumes = StorageClass(
            shop.stack, "gp3", key=Key(shop.stack, "volumes-key", description="Encrypts volumes")
        )
        CronJob(
            shop.stack,
            "dump",
            cluster=shop.cluster,
            namespace=shop.namespace,
            images=shop.images,
            scratch=ScratchVolume(storage_class=volumes, gib=400),
            config=CronJobConfig(image=DIGEST, resources=RESOURCES, schedule="15 3 * * SAT"),
        )

    spec = synthesize_shop(make).one("kubernetes_cron_job_v1")["spec"]
    pod = spec["job_template"]["spec"]["template"]["spec"]
    [claim] = [each["ephemeral"]["volume_claim_template"]["spec"] for each in pod["volume"][1:]]
    assert claim["resources"] == {"requests": {"storage": "400Gi"}}
    assert claim["storage_class_name"].startswith("${kubernetes_storage_class_v1.gp3")
    [container] = pod["container"]
    assert {"mount_path": "/scratch", "name": "scratch"} in container["volume_mount"]
