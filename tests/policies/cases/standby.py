"""Failover to another region: replicas, copies of buckets and images, and distributions."""

from policies.stack import Json
from tests.policies.cases.example import Bodies, Example, in_dev
from tests.policies.mutations import Body, TerraformJson, add_resource, regression

SOURCE = "arn:aws:rds:eu-west-1:210987654321:db:main"
REPLICA: Body = {
    "replicate_source_db": SOURCE,
    "storage_encrypted": True,
    "kms_key_id": "${aws_kms_key.it.arn}",
    "backup_retention_period": 35,
    "lifecycle": {"ignore_changes": ["replicate_source_db"]},
}
ENABLED: Body = {"status": "Enabled"}
COPY_RULE: Body = {
    "status": "Enabled",
    "filter": {"prefix": ""},
    "delete_marker_replication": ENABLED,
    "source_selection_criteria": {"sse_kms_encrypted_objects": ENABLED},
    "destination": {
        "bucket": "${aws_s3_bucket.copy.arn}",
        "encryption_configuration": {"replica_kms_key_id": "${aws_kms_key.copy.arn}"},
        "metrics": ENABLED,
        "replication_time": ENABLED,
    },
}
HOME: Body = {"region": "eu-west-1", "allowed_account_ids": ["210987654321"]}
BACKUP: Body = {"region": "eu-central-1", "alias": "there", "allowed_account_ids": ["210987654321"]}
THERE: Body = {"provider": "aws.there"}
BUCKETS: Bodies = {
    "aws_s3_bucket.it": {},
    "aws_s3_bucket.copy": THERE,
    "provider.aws": HOME,
    "provider.aws.there": BACKUP,
}
REPLICATION: Bodies = {
    "aws_s3_bucket_replication_configuration.it": {
        "bucket": "${aws_s3_bucket.it.id}",
        "rule": [COPY_RULE],
    },
    **BUCKETS,
}
PLAN_RULE: Body = {
    "target_vault_name": "${aws_backup_vault.copies.name}",
    "schedule": "cron(0 5 ? * * *)",
    "lifecycle": {"delete_after": 7},
}
# The instances of restore tests have the tags of the database.
EXCLUDED = "arn:aws:rds:eu-central-1:210987654321:db:awsbackup-restore-test-*"
ACCOUNT: Bodies = {
    "provider.aws": HOME,
    "provider.aws.there": BACKUP,
    "output.standby_region": {"value": "eu-central-1"},
    "output.standby_repositories": {"value": ["it-images"]},
    "aws_ecr_repository.copy": {"name": "it-images", **THERE},
    "aws_ecr_replication_configuration.it": {
        "depends_on": ["aws_ecr_repository.copy"],
        "replication_configuration": {
            "rule": [
                {
                    "destination": [{"region": "eu-central-1", "registry_id": "210987654321"}],
                    "repository_filter": [{"filter": "it-images", "filter_type": "PREFIX_MATCH"}],
                }
            ]
        },
    },
    "aws_backup_vault.copies": {"name": "it", **THERE},
    "aws_backup_plan.it": {"rule": [PLAN_RULE], **THERE},
    "aws_backup_selection.it": {
        "plan_id": "${aws_backup_plan.it.id}",
        "selection_tag": [{"key": "backup", "value": "daily"}],
        "not_resources": [EXCLUDED],
        **THERE,
    },
}
SITE: Body = {"origin_id": "site", "domain_name": "${aws_s3_bucket.it.bucket_regional_domain_name}"}
SITE_COPY: Body = {"origin_id": "copy", "domain_name": "${aws_s3_bucket.copy.bucket_regional_domain_name}"}
API: Body = {
    "origin_id": "api",
    "vpc_origin_config": {"vpc_origin_id": "${aws_cloudfront_vpc_origin.it.id}"},
}
API_STANDBY: Body = {"origin_id": "standby", "vpc_origin_config": {"vpc_origin_id": "vo_1"}}
GROUP: Body = {
    "origin_id": "both",
    "failover_criteria": {"status_codes": [500, 502, 503, 504]},
    "member": [{"origin_id": "site"}, {"origin_id": "copy"}],
}
SWITCH: Body = {"event_type": "viewer-request", "function_arn": "${aws_cloudfront_function.switch.arn}"}
OTHER: Bodies = {"aws_cloudfront_distribution.other": {"origin": [API_STANDBY]}}
API_BEHAVIOR: Body = {"target_origin_id": "api", "function_association": [SWITCH]}
SWITCHED: Bodies = {
    "aws_cloudfront_vpc_origin.it": {},
    "aws_cloudfront_function.switch": {
        "key_value_store_associations": ["${aws_cloudfront_key_value_store.it.arn}"]
    },
}


def _replica(**changes: Json) -> Bodies:
    return {"aws_db_instance.it": {**REPLICA, **changes}}


def _replication(**changes: Json) -> Bodies:
    address = "aws_s3_bucket_replication_configuration.it"
    return {**REPLICATION, address: {**REPLICATION[address], "rule": [{**COPY_RULE, **changes}]}}


def _destination(**changes: Json) -> Bodies:
    destination = COPY_RULE["destination"]
    assert isinstance(destination, dict)
    return _replication(destination={**destination, **changes})


def _account(**changes: Body | None) -> Bodies:
    """Return an account with other bodies by type, or without them."""
    return {
        address: {**body, **(changes.get(type_) or {})}
        for address, body in ACCOUNT.items()
        if (type_ := address.partition(".")[0]) not in changes or changes[type_] is not None
    }


def _images(*, registry: str = "210987654321", name: str = "it-images") -> Body:
    return {
        "replication_configuration": {
            "rule": [
                {
                    "destination": [{"region": "eu-central-1", "registry_id": registry}],
                    "repository_filter": [{"filter": name}],
                }
            ]
        }
    }


def _plan_rule(**changes: Json) -> Body:
    return {"rule": [{**PLAN_RULE, **changes}]}


def _outputs(**outputs: Body | None) -> Bodies:
    """Return an account with other outputs, or without them."""
    changed = {f"output.{name}": body for name, body in outputs.items()}
    return {address: body for address, body in {**ACCOUNT, **changed}.items() if body is not None}


def _site(**changes: Json) -> Bodies:
    body: Body = {
        "origin": [SITE, SITE_COPY],
        "origin_group": [GROUP],
        "default_cache_behavior": {"target_origin_id": "both"},
        **changes,
    }
    return {"aws_cloudfront_distribution.it": body, **REPLICATION}


def _api(behavior: Json = API_BEHAVIOR, origins: Json = None, **others: Body) -> Bodies:
    body: Body = {"origin": origins or [API, API_STANDBY], "default_cache_behavior": behavior}
    return {"aws_cloudfront_distribution.it": body, **SWITCHED, **others}


def _one_origin(**changes: Json) -> Bodies:
    """Return a distribution with one origin: by default a bucket that nothing copies."""
    body: Body = {
        "origin": [{**SITE, **changes}],
        "default_cache_behavior": {"target_origin_id": "site"},
    }
    return {"aws_cloudfront_distribution.it": body, **BUCKETS}


def _group(**changes: Json) -> Bodies:
    return _site(origin_group=[{**GROUP, **changes}])


EXAMPLES = (
    Example(
        "CKV_ARQ_65",
        passes=(
            _replica(),
            _replica(replicate_source_db="${aws_db_instance.main.arn}"),
            {"aws_db_instance.it": in_dev({**REPLICA, "backup_retention_period": 1})},
        ),
        fails=(
            _replica(kms_key_id=None),
            _replica(kms_key_id="arn:aws:kms:eu-central-1:210987654321:alias/aws/rds"),
            _replica(kms_key_id="arn:aws:kms:eu-west-1:210987654321:key/it"),
            _replica(storage_encrypted=False),
            _replica(backup_retention_period=None),
            _replica(backup_retention_period=7),
            {"aws_db_instance.it": in_dev({**REPLICA, "backup_retention_period": 0})},
            _replica(lifecycle=None),
        ),
        unknown=(
            _replica(replicate_source_db="${var.source}"),
            _replica(replicate_source_db="${var.id}"),
            _replica(replicate_source_db="${local.id}"),
            _replica(replicate_source_db="${data.aws_db_instance.main.id}"),
            _replica(replicate_source_db="${data.terraform_remote_state.main.outputs.id}"),
            {**_replica(replicate_source_db="${aws_db_instance.main.id}"), "aws_db_instance.main": THERE},
            {**_replica(replicate_source_db="${aws_db_instance.main.id}-x"), "aws_db_instance.main": {}},
            _replica(backup_retention_period="${var.days}"),
            _replica(kms_key_id="${var.production ? var.key : null}"),
        ),
        not_applicable=(
            {"aws_db_instance.it": {}},
            {"aws_db_instance.it": {"replicate_source_db": "main"}},
            {
                **_replica(replicate_source_db="${aws_db_instance.main.identifier}"),
                "aws_db_instance.main": {},
            },
        ),
    ),
    Example(
        "CKV2_ARQ_15",
        passes=(
            REPLICATION,
            # Another rule may copy some objects elsewhere.
            {
                **REPLICATION,
                "aws_s3_bucket_replication_configuration.it": {
                    "bucket": "${aws_s3_bucket.it.id}",
                    "rule": [{**COPY_RULE, "filter": {"prefix": "public/"}}, COPY_RULE],
                },
            },
        ),
        fails=(
            {"aws_s3_bucket_replication_configuration.it": {"bucket": "${aws_s3_bucket.it.id}"}},
            _replication(status="Disabled"),
            _replication(filter={"prefix": "public/"}),
            _replication(filter={"and": {"prefix": "", "tags": {"copy": "yes"}}}),
            _replication(prefix="public/"),
            _replication(delete_marker_replication={"status": "Disabled"}),
            _replication(source_selection_criteria=None),
            _destination(encryption_configuration=None),
            _destination(replication_time=None),
            _destination(metrics={"status": "Disabled"}),
            {**REPLICATION, "aws_s3_bucket.copy": {}},
            {**REPLICATION, "aws_s3_bucket.copy": {"provider": "aws"}},
            {**REPLICATION, "aws_s3_bucket.copy": {**THERE, "region": "eu-west-1"}},
        ),
        unknown=(
            _destination(bucket="arn:aws:s3:::elsewhere"),
            _replication(status="${var.status}"),
            _replication(filter={"prefix": "${var.prefix}"}),
            {**REPLICATION, "provider.aws.there": {**BACKUP, "region": "${var.region}"}},
        ),
    ),
    Example(
        "CKV2_ARQ_16",
        passes=(ACCOUNT,),
        fails=(
            _account(aws_ecr_replication_configuration=None),
            _account(aws_ecr_repository=None),
            _account(aws_ecr_repository={"provider": "aws"}),
            _account(aws_ecr_repository={"name": "others"}),
            _account(aws_ecr_repository={"name": "it-images-x"}),
            # Nobody uses the repository that it copies.
            _account(aws_ecr_repository={"name": "x"}, aws_ecr_replication_configuration=_images(name="x")),
            # ECR would make the other repositories with this beginning.
            _account(aws_ecr_replication_configuration=_images(name="it")),
            _outputs(standby_repositories=None),
            _outputs(standby_repositories={"value": ["it-images", "others"]}),
            _account(aws_ecr_replication_configuration={"depends_on": []}),
            _account(aws_ecr_replication_configuration={"provider": "aws.there"}),
            _account(aws_ecr_replication_configuration=_images(registry="444455556666")),
            _account(aws_ecr_replication_configuration=_images(name="")),
            _outputs(standby_region={"value": "eu-north-1"}),
            _outputs(standby_region={"value": ""}),
            _outputs(standby_region={"value": "", "description": "none"}),
            _outputs(standby_region={"value": None}),
            {**_outputs(standby_region=None), "aws_ebs_encryption_by_default.it": {}},
            _account(aws_backup_plan=None),
            _account(aws_backup_plan={"provider": "aws"}),
            _account(aws_backup_plan={"rule": []}),
            _account(aws_backup_plan=_plan_rule(schedule="cron(0 5 1 1 ? 2099)")),
            _account(aws_backup_plan=_plan_rule(schedule="cron(0 5 1 * ? *)")),
            _account(aws_backup_plan=_plan_rule(lifecycle={"delete_after": 1})),
            _account(aws_backup_selection={"condition": {"string_equals": [{"key": "x", "value": "y"}]}}),
            _account(aws_backup_selection={"not_resources": [EXCLUDED, "arn:aws:rds:*:*:db:*"]}),
            _account(aws_backup_vault={"provider": "aws"}),
            _account(aws_backup_selection=None),
            _account(aws_backup_selection={"selection_tag": [{"key": "backup", "value": "monthly"}]}),
        ),
        unknown=(
            _outputs(standby_region={"value": "${var.region}"}),
            _account(aws_backup_plan=_plan_rule(schedule="${var.schedule}")),
            _account(aws_backup_selection={"not_resources": ["${var.excluded}"]}),
        ),
        not_applicable=(
            _outputs(standby_region=None),
            _outputs(standby_region={"value": "", "description": "A day without dev is accepted"}),
            {"provider.aws.there": BACKUP, **ACCOUNT},
        ),
    ),
    Example(
        "CKV2_ARQ_17",
        passes=(
            _site(),
            _group(failover_criteria={"status_codes": ["500", "502", "503", "504", "403"]}),
            _api(),
            # Without a standby, an API has one region.
            _api({"target_origin_id": "api"}, [API]),
            # Nothing copies this bucket.
            _one_origin(),
            # This origin is no bucket.
            _one_origin(domain_name="shop.example", custom_origin_config={"https_port": 443}),
        ),
        fails=(
            _site(default_cache_behavior={"target_origin_id": "site"}),
            _site(ordered_cache_behavior=[{"path_pattern": "/assets/*", "target_origin_id": "site"}]),
            _site(default_cache_behavior={"target_origin_id": "missing"}),
            _group(failover_criteria={"status_codes": [500]}),
            _group(failover_criteria=None),
            _group(member=[{"origin_id": "site"}]),
            _group(member=[{"origin_id": "site"}, {"origin_id": "site"}]),
            {**_site(), "aws_s3_bucket.copy": {}},
            _api({"target_origin_id": "api"}),
            _api({**API_BEHAVIOR, "function_association": [{**SWITCH, "event_type": "viewer-response"}]}),
            {**_api(), "aws_cloudfront_function.switch": {}},
            # Another distribution of the stack has the standby.
            _api(API_BEHAVIOR, [API], **OTHER),
        ),
        unknown=(
            _site(default_cache_behavior={"target_origin_id": "${var.origin}"}),
            _one_origin(domain_name="it.s3.eu-west-1.amazonaws.com"),
            _one_origin(domain_name="${var.bucket}"),
            _group(failover_criteria={"status_codes": ["${var.code}"]}),
            {**_site(), "provider.aws.there": {**BACKUP, "region": "${var.region}"}},
        ),
    ),
)


def _name_standby_region(document: TerraformJson) -> str:
    document["output"] = {"standby_region": {"value": "eu-central-1"}}
    return "provider.aws"


REGRESSIONS = (
    regression(
        "replica in another region without key and backups",
        add_resource("aws_db_instance", lambda _: {"replicate_source_db": SOURCE}),
        "CKV_ARQ_65",
    ),
    regression(
        "copy of a bucket without deletions",
        add_resource(
            "aws_s3_bucket_replication_configuration",
            lambda _: {"rule": [{**COPY_RULE, "delete_marker_replication": {"status": "Disabled"}}]},
        ),
        "CKV2_ARQ_15",
    ),
    regression(
        "account that prepared nothing for its standby",
        _name_standby_region,
        "CKV2_ARQ_16",
    ),
    regression(
        "API that a failover does not move",
        add_resource(
            "aws_cloudfront_distribution",
            lambda _: {"origin": [API_STANDBY], "default_cache_behavior": {"target_origin_id": "standby"}},
        ),
        "CKV2_ARQ_17",
    ),
)
