"""Checks of one resource: valid configurations pass, invalid ones fail with a matching message."""

import json

import pytest

from arqctl.offline.aws.checks import check_config
from arqctl.offline.aws.checks.check_registry import CONFIG_CHECKS
from arqctl.offline.values import UNKNOWN, Unknown, Value

Config = dict[str, Value]
ROOT = "arn:aws:iam::210987654321:root"


def policy_json(**statement: Value) -> str:
    elements: Config = {
        "Sid": "One",
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": "*",
        **statement,
    }
    elements = {name: value for name, value in elements.items() if value is not None}
    return json.dumps({"Version": "2012-10-17", "Statement": [elements]})


def trust_policy_json(**statement: Value) -> str:
    defaults: Config = {
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "ec2.amazonaws.com"},
        "Resource": None,
    }
    return policy_json(**{**defaults, **statement})


ALARM: Config = {
    "alarm_name": "cpu",
    "metric_name": "CPU",
    "namespace": "X",
    "statistic": "Maximum",
    "period": 60,
    "evaluation_periods": 5,
    "threshold": 1,
}
CANARY: Config = {
    "name": "production-site",
    "runtime_version": "syn-nodejs-puppeteer-17.0",
    "handler": "site.handler",
    "zip_file": "site.zip",
    "schedule": [{"expression": "rate(1 minute)"}],
    "run_config": [{"timeout_in_seconds": 60}],
}
LISTENER: Config = {"protocol": "HTTPS", "port": 443, "certificate_arn": UNKNOWN}
TARGET_GROUP: Config = {
    "port": 80,
    "protocol": "HTTP",
    "vpc_id": "vpc-1",
    "health_check": [{"interval": 30, "timeout": 5}],
}
INGRESS_RULE: Config = {
    "security_group_id": "sg-1",
    "ip_protocol": "tcp",
    "from_port": 443,
    "to_port": 443,
    "cidr_ipv4": "10.0.0.0/8",
}
AUTOSCALING_GROUP: Config = {
    "min_size": 1,
    "max_size": 3,
    "vpc_zone_identifier": ["subnet-1"],
    "launch_template": [{"id": "lt-1"}],
}
DATABASE: Config = {
    "identifier": "orders",
    "engine": "postgres",
    "username": "dba",
    "allocated_storage": 20,
    "skip_final_snapshot": True,
}
CACHE: Config = {"replication_group_id": "cache", "automatic_failover_enabled": True, "num_cache_clusters": 2}
CLUSTER: Config = {"name": "c", "version": "1.35", "vpc_config": [{"subnet_ids": ["subnet-1", "subnet-2"]}]}
RECORD: Config = {"zone_id": "Z1", "name": "a.example", "type": "A", "ttl": 60, "records": ["192.0.2.1"]}
DISTRIBUTION: Config = {
    "origin": [{"origin_id": "site"}],
    "default_cache_behavior": [
        {"target_origin_id": "site", "allowed_methods": ["GET", "HEAD"], "cached_methods": ["GET", "HEAD"]}
    ],
    "viewer_certificate": [{"cloudfront_default_certificate": True}],
}
ALL_OBJECTS: Config = {"id": "all", "filter": [{"prefix": ""}]}

# Type, valid configuration, changed arguments that make it invalid, and a part of the message.


def backup_plan(**changes: Value) -> Config:
    rule: Config = {
        "rule_name": "daily",
        "target_vault_name": "vault",
        "start_window": 60,
        "completion_window": 720,
        "lifecycle": [{"delete_after": 35}],
    }
    return {"name": "production-backup-daily", "rule": [{**rule, **changes}]}


CASES: list[tuple[str, Config, Config, str]] = [
    ("aws_vpc", {"cidr_block": "10.0.0.0/16"}, {"cidr_block": "10.0.0.0/33"}, "CIDR"),
    ("aws_vpc", {"cidr_block": "10.0.0.0/16"}, {"cidr_block": "10.0.1.0/16"}, "10.0.0.0/16"),
    ("aws_vpc", {"cidr_block": "10.0.0.0/16"}, {"cidr_block": "10.0.0.0/8"}, "/16"),
    ("aws_vpc", {"cidr_block": "10.0.0.0/16"}, {"cidr_block": "2001:db8::/56"}, "IPv4"),
    ("aws_subnet", {"cidr_block": "10.0.0.0/28", "vpc_id": UNKNOWN}, {"cidr_block": "10.0.0.0/29"}, "/28"),
    (
        "aws_subnet",
        {"cidr_block": "10.0.0.0/28", "vpc_id": Unknown("vpc-1")},
        {"vpc_id": Unknown("rtb-1")},
        "VPC's id",
    ),
    (
        "aws_vpc",
        {"cidr_block": "10.0.0.0/16", "tags": {"a": "b"}},
        {"tags": {f"k{n}": "" for n in range(51)}},
        "51 tags",
    ),
    ("aws_vpc", {"cidr_block": "10.0.0.0/16", "tags": {"a": "b"}}, {"tags": {"aws:a": "b"}}, "aws:"),
    ("aws_vpc", {"cidr_block": "10.0.0.0/16", "tags": {"a": "b"}}, {"tags": {"a": "b" * 257}}, "257"),
    (
        "aws_iam_role",
        {"assume_role_policy": trust_policy_json(), "tags": {"a": "b"}},
        {"tags": {"a": "b*"}},
        "character",
    ),
    (
        "aws_flow_log",
        {"iam_role_arn": "arn:aws:iam::210987654321:role/logs"},
        {"iam_role_arn": "logs"},
        "ARN",
    ),
    (
        "aws_flow_log",
        {"iam_role_arn": "arn:aws:iam::210987654321:role/logs"},
        {"iam_role_arn": "arn:aws:s3:::logs"},
        "role's ARN",
    ),
    ("aws_iam_role", {"assume_role_policy": trust_policy_json()}, {"assume_role_policy": "{"}, "JSON"),
    (
        "aws_iam_role",
        {"assume_role_policy": trust_policy_json()},
        {"assume_role_policy": trust_policy_json(Principal=None)},
        "no Principal",
    ),
    (
        "aws_iam_role",
        {"assume_role_policy": trust_policy_json()},
        {"assume_role_policy": trust_policy_json(Resource="*")},
        "Resource",
    ),
    (
        "aws_iam_role",
        {"assume_role_policy": trust_policy_json()},
        {"assume_role_policy": trust_policy_json(Action="s3:GetObject")},
        "sts:",
    ),
    (
        "aws_iam_role",
        {"assume_role_policy": trust_policy_json()},
        {"assume_role_policy": trust_policy_json(Principal={"Services": "x"})},
        "'Services'",
    ),
    (
        "aws_iam_role",
        {"assume_role_policy": trust_policy_json()},
        {"assume_role_policy": trust_policy_json(Sid="with space")},
        "letters and digits",
    ),
    (
        "aws_iam_role_policy",
        {"policy": policy_json()},
        {"policy": policy_json(Effect="allow")},
        "Allow or Deny",
    ),
    ("aws_iam_role_policy", {"policy": policy_json()}, {"policy": policy_json(Action=None)}, "no Action"),
    ("aws_iam_role_policy", {"policy": policy_json()}, {"policy": policy_json(Resource=None)}, "no Resource"),
    ("aws_iam_role_policy", {"policy": policy_json()}, {"policy": policy_json(Principal="*")}, "Principal"),
    (
        "aws_iam_role_policy",
        {"policy": policy_json()},
        {"policy": policy_json(Action="s3.GetObject")},
        "SERVICE:ACTION",
    ),
    ("aws_iam_role_policy", {"policy": policy_json()}, {"policy": policy_json(Resource="bucket")}, "ARN"),
    (
        "aws_iam_role_policy",
        {"policy": policy_json()},
        {"policy": policy_json(Condition={"StringIs": {"a": "b"}})},
        "StringIs",
    ),
    (
        "aws_iam_role_policy",
        {"policy": policy_json()},
        {"policy": policy_json().replace("2012-10-17", "2024-01-01")},
        "2012-10-17",
    ),
    (
        "aws_iam_role_policy",
        {"policy": policy_json()},
        {"policy": policy_json().replace("Version", "version")},
        "'version'",
    ),
    (
        "aws_iam_policy",
        {"policy": policy_json()},
        {"policy": policy_json(Resource=["arn:aws:s3:::" + "a" * 6200])},
        "6144",
    ),
    (
        "aws_sns_topic_policy",
        {"policy": policy_json(Principal="*")},
        {"policy": policy_json(Principal={"AWS": "joe"})},
        "joe",
    ),
    (
        "aws_kms_key",
        {"policy": policy_json(Principal={"AWS": ROOT}, Action="kms:*")},
        {"policy": policy_json(Principal={"AWS": ROOT}, Action="kms:Encrypt")},
        "locks",
    ),
    (
        "aws_iam_role_policy_attachment",
        {"policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
        {"policy_arn": "arn:aws:iam::aws:role/x"},
        "policy",
    ),
    ("aws_s3_bucket", {"bucket": "logs.example"}, {"bucket": "Logs"}, "lower-case"),
    ("aws_s3_bucket", {"bucket": "logs.example"}, {"bucket": "192.168.0.1"}, "IP address"),
    ("aws_s3_bucket", {"bucket_prefix": "logs-"}, {"bucket_prefix": "l" * 38}, "37"),
    ("aws_iam_role", {"name": "reader"}, {"name": "r" * 65}, "64"),
    (
        "aws_route",
        {"destination_cidr_block": "0.0.0.0/0", "gateway_id": UNKNOWN},
        {"gateway_id": None},
        "target",
    ),
    (
        "aws_route",
        {"destination_cidr_block": "0.0.0.0/0", "gateway_id": UNKNOWN},
        {"gateway_id": "igw-1", "nat_gateway_id": Unknown("nat-1")},
        "target",
    ),
    ("aws_nat_gateway", {"subnet_id": UNKNOWN, "allocation_id": UNKNOWN}, {"allocation_id": None}, "address"),
    ("aws_nat_gateway", {"subnet_id": UNKNOWN, "allocation_id": UNKNOWN}, {"subnet_id": None}, "subnet"),
    (
        "aws_db_subnet_group",
        {"subnet_ids": ["subnet-1", "subnet-2"]},
        {"subnet_ids": ["subnet-1"]},
        "two zones",
    ),
    ("aws_eks_cluster", CLUSTER, {"vpc_config": [{"subnet_ids": [UNKNOWN]}]}, "two zones"),
    ("aws_eks_cluster", CLUSTER, {"version": "v1.35"}, "1.35"),
    (
        "aws_eks_cluster",
        CLUSTER,
        {"kubernetes_network_config": [{"service_ipv4_cidr": "8.0.0.0/16"}]},
        "private",
    ),
    (
        "aws_eks_node_group",
        {"scaling_config": [{"min_size": 1, "desired_size": 2, "max_size": 3}]},
        {"scaling_config": [{"min_size": 3, "desired_size": 2, "max_size": 3}]},
        "min_size",
    ),
    ("aws_eks_node_group", {"launch_template": [{"id": "lt-1"}]}, {"disk_size": 20}, "disk_size"),
    (
        "aws_eks_access_policy_association",
        {"policy_arn": "arn:aws:eks::aws:cluster-access-policy/A"},
        {"policy_arn": "arn:aws:iam::aws:policy/A"},
        "access policy",
    ),
    ("aws_autoscaling_group", AUTOSCALING_GROUP, {"min_size": 4}, "max_size"),
    ("aws_autoscaling_group", AUTOSCALING_GROUP, {"launch_template": []}, "template"),
    (
        "aws_autoscaling_group",
        AUTOSCALING_GROUP,
        {"instance_maintenance_policy": [{"min_healthy_percentage": 100, "max_healthy_percentage": 90}]},
        "smaller",
    ),
    ("aws_vpc_security_group_ingress_rule", INGRESS_RULE, {"from_port": 444}, "lower one"),
    ("aws_vpc_security_group_ingress_rule", INGRESS_RULE, {"to_port": 65536}, "65535"),
    ("aws_vpc_security_group_ingress_rule", INGRESS_RULE, {"ip_protocol": "-1"}, "protocol"),
    ("aws_vpc_security_group_ingress_rule", INGRESS_RULE, {"cidr_ipv4": None}, "one peer"),
    ("aws_vpc_security_group_ingress_rule", INGRESS_RULE, {"description": "it's"}, "description"),
    (
        "aws_security_group_rule",
        {"protocol": "tcp", "from_port": 1, "to_port": 2, "self": True},
        {"self": None},
        "without a source",
    ),
    (
        "aws_network_acl",
        {"ingress": [{"rule_no": 100, "protocol": "-1", "from_port": 0, "to_port": 0}]},
        {"ingress": [{"rule_no": 0}]},
        "32766",
    ),
    ("aws_db_instance", DATABASE, {"max_allocated_storage": 20}, "grow"),
    ("aws_db_instance", DATABASE, {"allocated_storage": 5}, "20"),
    ("aws_db_instance", DATABASE, {"storage_type": "io1", "allocated_storage": 100}, "iops"),
    ("aws_db_instance", DATABASE, {"backup_retention_period": 36}, "35"),
    ("aws_db_instance", DATABASE, {"backup_window": "2:00-3:00"}, "02:00-03:00"),
    ("aws_db_instance", DATABASE, {"backup_window": "02:00-02:10"}, "30"),
    (
        "aws_db_instance",
        DATABASE,
        {"backup_window": "23:30-00:30", "maintenance_window": "mon:00:00-mon:01:00"},
        "overlap",
    ),
    ("aws_db_instance", DATABASE, {"monitoring_interval": 7}, "monitoring_interval"),
    (
        "aws_db_instance",
        DATABASE,
        {"manage_master_user_password": True, "password": "secret-enough"},
        "Two passwords",
    ),
    ("aws_db_instance", DATABASE, {"skip_final_snapshot": False}, "destroyed"),
    (
        "aws_db_instance",
        {"replicate_source_db": "orders", "instance_class": "db.m7g.large", "skip_final_snapshot": True},
        {"database_insights_mode": "standard"},
        "does not support DatabaseInsightsMode",
    ),
    (
        "aws_db_instance",
        DATABASE,
        {"snapshot_identifier": "rds:orders-2026-11-29", "multi_az": True},
        "iam_database_authentication_enabled (off), parameter_group_name (the default group)",
    ),
    (
        "aws_db_parameter_group",
        {"parameter": [{"name": "a"}]},
        {"parameter": [{"name": "a"}, {"name": "a"}]},
        "twice",
    ),
    ("aws_cloudwatch_log_group", {"retention_in_days": 365}, {"retention_in_days": 100}, "365"),
    ("aws_kms_key", {"deletion_window_in_days": 7}, {"deletion_window_in_days": 6}, "7 to 30"),
    ("aws_secretsmanager_secret", {"recovery_window_in_days": 0}, {"recovery_window_in_days": 5}, "7 to 30"),
    ("aws_lambda_function", {"timeout": 900, "memory_size": 128}, {"timeout": 901}, "900"),
    ("aws_sqs_queue", {"name": "q.fifo", "fifo_queue": True}, {"name": "q"}, ".fifo"),
    (
        "aws_sqs_queue",
        {"redrive_policy": '{"deadLetterTargetArn": "a", "maxReceiveCount": 3}'},
        {"redrive_policy": '{"maxReceiveCount": 3}'},
        "deadLetterTargetArn",
    ),
    ("aws_sns_topic", {"name": "t"}, {"name": "t.fifo"}, "fifo_topic"),
    (
        "aws_sns_topic_subscription",
        {"protocol": "email", "endpoint": "a@b.example"},
        {"endpoint": "a"},
        "endpoint",
    ),
    (
        "aws_sns_topic_subscription",
        {"protocol": "sqs", "endpoint": Unknown("arn:aws:sqs:x")},
        {"endpoint": Unknown("https://sqs")},
        "endpoint",
    ),
    ("aws_cloudwatch_metric_alarm", ALARM, {"period": 45}, "60"),
    ("aws_synthetics_canary", CANARY, {"name": "Production-Site"}, "lower-case"),
    ("aws_synthetics_canary", CANARY, {"runtime_version": "nodejs22.x"}, "syn-nodejs-puppeteer-17.0"),
    ("aws_synthetics_canary", CANARY, {"runtime_version": "syn-nodejs-puppeteer-7.0"}, "ended"),
    ("aws_synthetics_canary", CANARY, {"zip_file": None}, "zip_file"),
    ("aws_synthetics_canary", CANARY, {"schedule": [{"expression": "rate(2 hours)"}]}, "rate(1 hour)"),
    ("aws_synthetics_canary", CANARY, {"schedule": [{"expression": "1 minute"}]}, "rate(1 minute)"),
    ("aws_synthetics_canary", CANARY, {"run_config": [{"timeout_in_seconds": 61}]}, "next run"),
    ("aws_cloudwatch_metric_alarm", ALARM, {"period": 86400, "evaluation_periods": 8}, "604800 seconds"),
    ("aws_cloudwatch_metric_alarm", ALARM, {"datapoints_to_alarm": 6}, "evaluation_periods"),
    ("aws_cloudwatch_metric_alarm", ALARM, {"statistic": None}, "statistic"),
    ("aws_cloudwatch_metric_alarm", ALARM, {"threshold": None}, "threshold"),
    ("aws_cloudwatch_metric_alarm", ALARM, {"alarm_actions": ["pager"]}, "ARN"),
    ("aws_route53_record", RECORD, {"records": ["b.example"]}, "b.example"),
    ("aws_route53_record", RECORD, {"type": "CNAME", "records": ["b.example", "c.example"]}, "several"),
    ("aws_route53_record", RECORD, {"ttl": None}, "ttl"),
    (
        "aws_route53_record",
        {
            **RECORD,
            "records": None,
            "ttl": None,
            "alias": [{"name": "d1.cloudfront.net", "zone_id": "Z2FDTNDATAQYW2"}],
        },
        {"alias": [{"name": "d1.cloudfront.net", "zone_id": "Z1"}]},
        "CloudFront",
    ),
    ("aws_cloudfront_distribution", DISTRIBUTION, {"origin": [{"origin_id": "other"}]}, "target_origin_id"),
    (
        "aws_cloudfront_distribution",
        DISTRIBUTION,
        {"ordered_cache_behavior": [{"target_origin_id": "site", "allowed_methods": ["POST"]}]},
        "allowed_methods",
    ),
    ("aws_cloudfront_distribution", DISTRIBUTION, {"aliases": ["a.example"]}, "certificate"),
    (
        "aws_cloudfront_distribution",
        DISTRIBUTION,
        {
            "viewer_certificate": [
                {
                    "acm_certificate_arn": Unknown("arn:aws:acm:eu-west-1:210987654321:certificate/1"),
                    "ssl_support_method": "sni-only",
                }
            ]
        },
        "us-east-1",
    ),
    (
        "aws_cloudfront_distribution",
        DISTRIBUTION,
        {"web_acl_id": "arn:aws:wafv2:eu-west-1:210987654321:regional/webacl/a/b"},
        "CLOUDFRONT",
    ),
    ("aws_cloudfront_cache_policy", {"min_ttl": 0, "default_ttl": 1}, {"min_ttl": 2}, "order"),
    (
        "aws_wafv2_web_acl",
        {"scope": "REGIONAL", "rule": [{"name": "a", "priority": 0}]},
        {"rule": [{"priority": 0}, {"priority": 0}]},
        "priority",
    ),
    ("aws_acm_certificate", {"domain_name": "*.a.example"}, {"domain_name": "a..example"}, "a..example"),
    ("aws_lb_listener", LISTENER, {"certificate_arn": None}, "certificate"),
    (
        "aws_lb_listener",
        LISTENER,
        {"load_balancer_arn": Unknown("arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/net/a")},
        "protocol",
    ),
    ("aws_lb_listener", LISTENER, {"default_action": [{"type": "forward"}]}, "target_group_arn"),
    ("aws_lb_target_group", TARGET_GROUP, {"port": None}, "port"),
    ("aws_lb_target_group", TARGET_GROUP, {"health_check": [{"interval": 10, "timeout": 10}]}, "timeout"),
    (
        "aws_launch_template",
        {"block_device_mappings": [{"ebs": [{"volume_size": 20, "volume_type": "gp3"}]}]},
        {"block_device_mappings": [{"ebs": [{"volume_size": 20000, "volume_type": "gp2"}]}]},
        "16384",
    ),
    ("aws_launch_template", {"user_data": "ZWNobw=="}, {"user_data": "#!/bin/sh"}, "base64"),
    ("aws_launch_template", {"image_id": "ami-1"}, {"image_id": "al2023"}, "ami-"),
    (
        "aws_launch_template",
        {"network_interfaces": [{"security_groups": ["sg-1"]}]},
        {"vpc_security_group_ids": ["sg-1"]},
        "two places",
    ),
    (
        "aws_elasticache_replication_group",
        CACHE,
        {"multi_az_enabled": True, "automatic_failover_enabled": False},
        "failover",
    ),
    ("aws_elasticache_replication_group", CACHE, {"num_cache_clusters": 1}, "2 at least"),
    ("aws_elasticache_replication_group", CACHE, {"user_group_ids": ["g"]}, "transit_encryption_enabled"),
    (
        "aws_s3_bucket_lifecycle_configuration",
        {"rule": [{**ALL_OBJECTS, "expiration": [{"days": 1}]}]},
        {"rule": [ALL_OBJECTS]},
        "no action",
    ),
    (
        "aws_s3_bucket_lifecycle_configuration",
        {"rule": [{**ALL_OBJECTS, "expiration": [{"days": 1}]}]},
        {"rule": [{**ALL_OBJECTS, "transition": [{"days": 1, "storage_class": "STANDARD_IA"}]}]},
        "30",
    ),
    (
        "aws_s3_bucket_lifecycle_configuration",
        {"rule": [{**ALL_OBJECTS, "expiration": [{"days": 1}]}]},
        {"rule": [{**ALL_OBJECTS, "expiration": [{"days": 1}]}] * 2},
        "have the id all",
    ),
    (
        "aws_s3_bucket_server_side_encryption_configuration",
        {"rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "AES256"}]}]},
        {
            "rule": [
                {
                    "apply_server_side_encryption_by_default": [
                        {"sse_algorithm": "AES256", "kms_master_key_id": UNKNOWN}
                    ]
                }
            ]
        },
        "aws:kms",
    ),
    ("aws_cloudwatch_event_rule", {"event_pattern": "{}"}, {"event_pattern": "{"}, "JSON"),
    (
        "aws_cloudwatch_event_rule",
        {"schedule_expression": "rate(5 minutes)"},
        {"schedule_expression": "5 minutes"},
        "rate(",
    ),
    (
        "aws_cloudwatch_event_rule",
        {"schedule_expression": "rate(5 minutes)"},
        {"schedule_expression": None},
        "without events",
    ),
    (
        "aws_ecr_lifecycle_policy",
        {"policy": '{"rules": [{"rulePriority": 1, "selection": {}, "action": {}}]}'},
        {"policy": '{"rules": [{"rulePriority": 1, "selection": {}}]}'},
        "action",
    ),
    (
        "aws_ecr_lifecycle_policy",
        {"policy": '{"rules": [{"rulePriority": 1, "selection": {"tagStatus": "any"}, "action": {}}]}'},
        {"policy": '{"rules": [{"rulePriority": 1, "selection": {"tagStatus": "few"}, "action": {}}]}'},
        "tagStatus",
    ),
    (
        "aws_cloudwatch_event_rule",
        {"event_pattern": '{"source": ["aws.ec2"], "detail": {"state": [{"exists": true}]}}'},
        {"event_pattern": '{"source": ["aws.ec2"], "detail": {"state": "stopped"}}'},
        "'state'",
    ),
    (
        "aws_network_acl",
        {"ingress": [{"rule_no": 1, "action": "ALLOW", "protocol": "-1"}]},
        {"ingress": [{"rule_no": 1, "action": "permit", "protocol": "-1"}]},
        "allow or deny",
    ),
    ("aws_eks_cluster", CLUSTER, {"version": "1.12"}, "Unsupported"),
    (
        "aws_elasticache_replication_group",
        {
            "automatic_failover_enabled": True,
            "cluster_mode": "disabled",
            "num_node_groups": 1,
            "replicas_per_node_group": 1,
        },
        {"replicas_per_node_group": 0},
        "replicas_per_node_group",
    ),
    (
        "aws_s3_bucket_replication_configuration",
        {"role": "arn:aws:iam::210987654321:role/copies"},
        {"role": "arn:aws:kms:eu-west-1:210987654321:key/1"},
        "role's ARN",
    ),
    ("aws_db_instance", DATABASE, {"username": None}, "username"),
    ("aws_db_instance", DATABASE, {"username": "rdsadmin"}, "rdsadmin"),
    ("aws_db_instance", {**DATABASE, "db_name": "orders_1"}, {"db_name": "1-orders"}, "db_name"),
    (
        "aws_db_instance",
        {**DATABASE, "enabled_cloudwatch_logs_exports": ["postgresql", "upgrade", "iam-db-auth-error"]},
        {"enabled_cloudwatch_logs_exports": ["slowquery"]},
        "slowquery",
    ),
    (
        "aws_db_instance",
        {**DATABASE, "storage_type": "gp3", "allocated_storage": 400, "iops": 12000},
        {"allocated_storage": 399},
        "iops",
    ),
    (
        "aws_db_instance",
        {**DATABASE, "database_insights_mode": "advanced", "performance_insights_retention_period": 465},
        {"performance_insights_retention_period": 7},
        "465",
    ),
    (
        "aws_autoscaling_policy",
        {"policy_type": "StepScaling", "adjustment_type": "ChangeInCapacity", "step_adjustment": [{}]},
        {"step_adjustment": []},
        "step_adjustment",
    ),
    ("aws_backup_vault", {"name": "production-backup"}, {"name": "production/backup"}, "hyphens"),
    (
        "aws_backup_restore_testing_plan",
        {"name": "production_restore_tests"},
        {"name": "production-restore-tests"},
        "digits and _",
    ),
    ("aws_backup_restore_testing_selection", {"name": "d" * 50}, {"name": "d" * 51}, "50"),
    (
        "aws_backup_vault_lock_configuration",
        {"backup_vault_name": "vault", "min_retention_days": 35, "max_retention_days": 365},
        {"min_retention_days": 366},
        "min_retention_days 366 is above",
    ),
    ("aws_backup_plan", backup_plan(), backup_plan(start_window=30), "start_window"),
    ("aws_backup_plan", backup_plan(), backup_plan(completion_window=90), "completion_window"),
    (
        "aws_backup_plan",
        backup_plan(),
        backup_plan(lifecycle=[{"cold_storage_after": 30, "delete_after": 35}]),
        "deletes after 35 days",
    ),
    (
        "aws_backup_plan",
        backup_plan(copy_action=[{"lifecycle": [{"delete_after": 35}]}]),
        backup_plan(copy_action=[{"lifecycle": [{"cold_storage_after": 30, "delete_after": 100}]}]),
        "daily, copy",
    ),
]


@pytest.mark.parametrize(("type", "valid", "change", "message_part"), CASES)
def test_valid_configurations_pass_and_invalid_ones_fail_with_a_message(
    type: str, valid: Config, change: Config, message_part: str
) -> None:
    assert check_config(type, valid) == []
    messages = [f"{each.summary} {each.detail}" for each in check_config(type, {**valid, **change})]
    assert any(message_part in each for each in messages), messages


def test_every_config_check_has_a_case() -> None:
    types_with_cases = {case[0] for case in CASES}
    untested = [
        f"{check.__module__}.{check.__name__}"
        for check, types in CONFIG_CHECKS.items()
        if not types_with_cases & set(types)
    ]
    assert untested == []


@pytest.mark.parametrize(("type", "valid", "change", "message_part"), CASES)
def test_unknown_values_never_fail(type: str, valid: Config, change: Config, message_part: str) -> None:
    unknown: Config = dict.fromkeys({**valid, **change}, UNKNOWN)
    assert [each for each in check_config(type, unknown) if not each.is_warning] == [], message_part


def test_the_known_part_of_a_policy_with_references_is_checked() -> None:
    document = policy_json(Principal="*", Effect="Denied", Resource="REFERENCE")
    known_part = document[: document.index("REFERENCE")]
    [problem] = check_config("aws_s3_bucket_policy", {"bucket": UNKNOWN, "policy": Unknown(known_part)})
    assert "'Denied'" in problem.detail
    assert (
        check_config("aws_s3_bucket_policy", {"policy": Unknown(known_part.replace("Denied", "Deny"))}) == []
    )


def test_resources_of_other_providers_are_not_checked() -> None:
    assert check_config("random_id", {"tags": {"aws:a": ""}, "cidr_block": "x"}) == []
