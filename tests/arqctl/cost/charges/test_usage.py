"""Assumed usage costs what a manual calculation with the assumptions of production gives."""

import json
from decimal import Decimal

import pytest

from arqctl.core.json_access import Json
from arqctl.cost.assumptions import assumptions_of
from arqctl.cost.estimate import estimate
from arqctl.cost.priceable import PriceableResource
from tests.arqctl.cost.priced_stacks import cents, resource, used

HOURS = Decimal(730)


def test_a_gateway_costs_its_traffic() -> None:
    assert used(resource("aws_nat_gateway"))["vpc/nat-gateway-data"] == cents(50 * Decimal("0.048"))


def test_an_endpoint_and_a_load_balancer_cost_their_traffic() -> None:
    endpoint = resource("aws_vpc_endpoint", vpc_endpoint_type="Interface", subnet_ids=["a", "b"])
    assert used(endpoint)["vpc/interface-endpoint-data"] == cents(30 * Decimal("0.01"))
    balancer = resource("aws_lb", load_balancer_type="application", internal=True)
    assert used(balancer)["elb/application-lcu"] == cents(HOURS * Decimal("0.008"))


def test_traffic_between_zones_is_charged_in_both_directions() -> None:
    assert used(resource("aws_vpc")) == {"transfer/inter-zone": cents(2 * 400 * Decimal("0.01"))}


def test_a_log_group_costs_its_ingestion_and_storage() -> None:
    group = resource(
        "aws_cloudwatch_log_group", name="/aws/eks/production-cluster/cluster", retention_in_days=60
    )
    assert used(group) == {
        "logs/ingestion": cents(20 * Decimal("0.57")),
        "logs/storage": cents(2 * 20 * Decimal("0.15") * Decimal("0.03")),
    }


def test_logs_of_infrequent_access_cost_half() -> None:
    group = resource(
        "aws_cloudwatch_log_group", name="/aws/eks/x/cluster", log_group_class="INFREQUENT_ACCESS"
    )
    assert used(group)["logs/ingestion-infrequent-access"] == cents(20 * Decimal("0.285"))


def test_a_bucket_costs_storage_and_requests() -> None:
    assert used(resource("aws_s3_bucket", bucket_prefix="production-log-store-bucket-")) == {
        "s3/standard": cents(200 * Decimal("0.023")),
        "s3/write": cents(2_000_000 * Decimal("0.000005")),
        "s3/read": cents(500_000 * Decimal("0.0000004")),
    }


def distribution(**behaviors: Json) -> PriceableResource:
    return resource("aws_cloudfront_distribution", **behaviors)


def behavior(*functions: str) -> dict[str, Json]:
    return {
        "function_association": [
            {"event_type": "viewer-request", "function_arn": f"${{aws_cloudfront_function.{name}.arn}}"}
            for name in functions
        ]
    }


REQUESTS = 20_000_000
SWITCH = resource("aws_cloudfront_function", "switch", key_value_store_associations=["x"])
ROUTES = resource("aws_cloudfront_function", "routes")


def test_requests_to_a_distribution_cost_invocations_of_its_functions() -> None:
    one = distribution(default_cache_behavior=behavior(), ordered_cache_behavior=[behavior("routes")])
    costs = used(one, SWITCH, ROUTES)
    assert costs["cloudfront/function"] == cents(REQUESTS * Decimal("0.0000001"))
    assert "cloudfront/key-read" not in costs
    two = distribution(default_cache_behavior=behavior("routes", "switch"), ordered_cache_behavior=[{}])
    assert used(two, SWITCH, ROUTES)["cloudfront/function"] == cents(2 * REQUESTS * Decimal("0.0000001"))


def test_a_function_with_a_store_costs_reads_of_keys() -> None:
    cdn = distribution(default_cache_behavior=behavior("routes"), ordered_cache_behavior=[behavior("switch")])
    assert used(cdn, SWITCH, ROUTES)["cloudfront/key-read"] == cents(REQUESTS * Decimal("0.00000003"))


def test_a_distribution_without_functions_costs_none() -> None:
    assert set(used(distribution(default_cache_behavior=[{}]))) == {
        "cloudfront/request-europe",
        "cloudfront/transfer-europe",
    }


def test_generated_behaviors_of_a_distribution_are_unpriced() -> None:
    assert used(distribution(ordered_cache_behavior="${local.x}"))["cloudfront/function"] is None


@pytest.mark.parametrize(
    ("type_", "item", "price"),
    [
        ("ARM_CONTAINER", "codebuild/arm1.small", "0.00385"),
        ("LINUX_CONTAINER", "codebuild/general1.small", "0.005"),
    ],
)
def test_a_build_project_costs_its_minutes(type_: str, item: str, price: str) -> None:
    environment: Json = {"type": type_, "compute_type": "BUILD_GENERAL1_SMALL"}
    project = resource("aws_codebuild_project", environment=environment)
    assert used(project) == {item: cents(600 * Decimal(price))}


@pytest.mark.parametrize(
    "environment",
    [
        {"type": "ARM_LAMBDA_CONTAINER", "compute_type": "BUILD_LAMBDA_1GB"},
        {"type": "ARM_CONTAINER", "compute_type": "BUILD_GENERAL1_LARGE"},
        {},
    ],
)
def test_other_build_environments_are_unpriced(environment: dict[str, Json]) -> None:
    project = resource("aws_codebuild_project", environment=environment)
    assert len(estimate([project], assumptions_of("production")).unpriced) == 1


def test_a_canary_costs_the_time_of_its_function() -> None:
    canary = resource(
        "aws_synthetics_canary",
        schedule={"expression": "rate(1 minute)"},
        run_config={"memory_in_mb": 1024},
    )
    assert used(canary)["lambda/gib-second"] == cents(43_800 * 12 * Decimal("0.0000166667"))


def test_a_spot_instance_costs_a_share_of_the_price_on_demand() -> None:
    group = resource(
        "aws_eks_node_group",
        capacity_type="SPOT",
        instance_types=["m7g.large"],
        scaling_config={"min_size": 2, "desired_size": 2},
    )
    assert used(group)["ec2/m7g.large"] == cents(HOURS * 2 * Decimal("0.4") * Decimal("0.091"))


@pytest.mark.parametrize(("capacity", "share"), [(["on-demand"], 1), (["spot", "on-demand"], Decimal("0.4"))])
def test_a_node_pool_costs_its_nodes(capacity: list[str], share: Decimal) -> None:
    requirement = {"key": "karpenter.sh/capacity-type", "operator": "In", "values": capacity}
    pool = {"kind": "NodePool", "spec": {"template": {"spec": {"requirements": [requirement]}}}}
    release = resource("helm_release", values=[json.dumps({"objects": [{"kind": "EC2NodeClass"}, pool]})])
    assert used(release) == {
        "ec2/m7g.xlarge": cents(HOURS * 3 * share * Decimal("0.1819")),
        "ebs/gp3": cents(3 * 50 * Decimal("0.088")),
    }


def test_a_release_without_claims_and_pools_costs_nothing() -> None:
    release = resource("helm_release", values=['{"replicas": 2}'])
    assert estimate([release], assumptions_of("production")).resources == ()


def test_backups_of_a_database_cost_above_the_free_part_here_and_fully_elsewhere() -> None:
    database = resource("aws_db_instance", engine="postgres", allocated_storage=200, storage_type="gp3")
    assert used(database)["rds/backup"] == cents(100 * Decimal("0.095"))
    copy = resource(
        "aws_db_instance_automated_backups_replication",
        "copy",
        "eu-central-1",
        source_db_instance_arn="${aws_db_instance.main.arn}",
    )
    found = used(copy, database)
    assert found["rds/backup"] == cents(280 * Decimal("0.103"))
    assert found["transfer/inter-region"] == cents(250 * Decimal("0.02"))


def test_a_replica_pays_for_changes_from_another_region_only() -> None:
    def replica(source: str) -> PriceableResource:
        fixed = {"engine": "postgres", "instance_class": "db.r7g.large", "storage_type": "gp3"}
        values = {**fixed, "allocated_storage": 200, "replicate_source_db": source}
        return resource("aws_db_instance", "replica", "eu-central-1", **values)  # type: ignore[arg-type]

    found = used(replica("arn:aws:rds:eu-west-1:210987654321:db:production-database"))
    assert found["transfer/inter-region"] == cents(250 * Decimal("0.02"))
    for near in ("arn:aws:rds:eu-central-1:210987654321:db:other", "other"):
        assert "transfer/inter-region" not in used(replica(near))


def test_images_are_charged_for_each_other_region() -> None:
    def charged(*regions: str) -> object:
        rule: Json = {"destination": [{"region": each, "registry_id": "210987654321"} for each in regions]}
        replication = resource(
            "aws_ecr_replication_configuration", replication_configuration={"rule": [rule]}
        )
        found = estimate([replication], assumptions_of("production")).resources
        return sum((each.known_monthly for each in found), Decimal(0))

    assert charged("eu-central-1") == cents(10 * Decimal("0.02"))
    assert charged("eu-central-1", "us-east-1") == 2 * cents(10 * Decimal("0.02"))
    assert charged("eu-west-1") == 0


def test_backup_vaults_plans_and_restore_tests_are_charged() -> None:
    database = resource("aws_db_instance", engine="postgres", instance_class="db.r7g.large")
    assert used(resource("aws_backup_vault")) == {
        "rds/backup": cents(400 * Decimal("0.095")),
        "backup/s3-storage": cents(10 * Decimal("0.05")),
    }
    plan = resource("aws_backup_plan", rule=[{"copy_action": [{"destination_vault_arn": "x"}]}])
    assert used(plan) == {"transfer/inter-region": cents(250 * Decimal("0.02"))}
    assert used(resource("aws_backup_restore_testing_plan"), database) == {
        "backup/restore-test": cents(2 * Decimal("1.5")),
        "rds/postgres/db.r7g.large": cents(4 * Decimal("0.268")),
    }


@pytest.mark.parametrize(
    ("type_", "values", "expected"),
    [
        ("aws_cloudtrail", {"event_selector": [{"data_resource": []}]}, {"cloudtrail/data-event": 5}),
        ("aws_config_configuration_recorder", {}, {"config/item": 12}),
        ("aws_guardduty_detector_feature", {"name": "EKS_AUDIT_LOGS"}, {"guardduty/eks-audit-event": "51.9"}),
        ("aws_guardduty_detector_feature", {"name": "RUNTIME_MONITORING"}, {"guardduty/runtime": 36}),
        ("aws_securityhub_standards_subscription", {}, {"securityhub/check": 12}),
        ("aws_inspector2_enabler", {"resource_types": ["ECR"]}, {"inspector/image": "5.4"}),
        (
            "aws_accessanalyzer_analyzer",
            {"type": "ACCOUNT_UNUSED_ACCESS"},
            {"accessanalyzer/unused-access": 16},
        ),
    ],
)
def test_audit_services_cost_their_events(
    type_: str, values: dict[str, object], expected: dict[str, object]
) -> None:
    assert used(resource(type_, **values)) == {  # type: ignore[arg-type]
        item: Decimal(str(amount)).quantize(Decimal("0.01")) for item, amount in expected.items()
    }


def test_audits_of_a_region_without_a_cluster_cost_little() -> None:
    here, there = (
        used(resource("aws_guardduty_detector", "main", region)) for region in ("eu-west-1", "eu-central-1")
    )
    assert here["guardduty/cloudtrail-event"] == cents(5_000_000 * Decimal("0.0000044"))
    assert there["guardduty/cloudtrail-event"] == cents(300_000 * Decimal("0.0000046"))


@pytest.mark.parametrize(
    ("type_", "values"),
    [
        ("aws_cloudtrail", {}),
        ("aws_accessanalyzer_analyzer", {"type": "ACCOUNT"}),
        ("aws_guardduty_detector_feature", {"name": "S3_DATA_EVENTS", "status": "DISABLED"}),
        ("aws_eks_addon", {"addon_name": "vpc-cni"}),
        ("kubernetes_service_v1", {"spec": {"type": "ClusterIP"}}),
        ("aws_flow_log", {}),
    ],
)
def test_free_uses_are_not_charged(type_: str, values: dict[str, object]) -> None:
    costs = estimate([resource(type_, **values)], assumptions_of("production"))  # type: ignore[arg-type]
    assert (costs.resources, costs.usage_based) == ((), ())


@pytest.mark.parametrize(
    ("type_", "values"),
    [
        ("aws_guardduty_detector_feature", {"name": "NEXT_FEATURE"}),
        ("aws_flow_log", {"log_destination_type": "s3"}),
        ("kubernetes_service_v1", {"spec": {"type": "LoadBalancer"}}),
        ("aws_cloudwatch_log_delivery", {"delivery_source_name": "x"}),
    ],
)
def test_an_unknown_charge_is_unpriced(type_: str, values: dict[str, object]) -> None:
    costs = estimate([resource(type_, **values)], assumptions_of("production"))  # type: ignore[arg-type]
    assert len(costs.unpriced) == 1
