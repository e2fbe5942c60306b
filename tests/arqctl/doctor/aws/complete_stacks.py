"""Stacks to which every check applies."""

import json

from arqctl.core.assembly import Stack
from tests.arqctl.doctor.aws.aws_account import ACCOUNT, REGION, stack

GROUPS = ["${aws_security_group.one.id}", "${aws_security_group.two.id}"]
SUBNETS = ["${aws_subnet.a.id}", "${aws_subnet.b.id}"]
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/production-boundary"

SERVICE_LINKED_ROLE_NAMES = {
    "apidestinations.events": "AWSServiceRoleForAmazonEventBridgeApiDestinations",
    "autoscaling": "AWSServiceRoleForAutoScaling",
    "config": "AWSServiceRoleForConfig",
    "spot": "AWSServiceRoleForEC2Spot",
    "rds": "AWSServiceRoleForRDS",
    "elasticache": "AWSServiceRoleForElastiCache",
}

NETWORK = {
    "aws_vpc": {"main": {"cidr_block": "10.0.0.0/16"}},
    "aws_subnet": {
        "a": {"availability_zone_id": "euw1-az1", "vpc_id": "${aws_vpc.main.id}"},
        "b": {"availability_zone_id": "euw1-az2", "vpc_id": "${aws_vpc.main.id}"},
    },
    "aws_internet_gateway": {"main": {}},
    "aws_eip": {"a": {}, "b": {}},
    "aws_nat_gateway": {"a": {"subnet_id": "${aws_subnet.a.id}"}, "b": {"subnet_id": "${aws_subnet.b.id}"}},
    "aws_vpc_endpoint": {
        "s3": {"vpc_endpoint_type": "Gateway", "vpc_id": "${aws_vpc.main.id}"},
        "ecr": {
            "vpc_endpoint_type": "Interface",
            "vpc_id": "${aws_vpc.main.id}",
            "security_group_ids": GROUPS,
        },
    },
    "aws_vpc_security_group_ingress_rule": {"one": {"security_group_id": GROUPS[0]}},
    "aws_network_acl": {"main": {"ingress": [{"rule_no": 1}, {"rule_no": 2}], "egress": [{"rule_no": 1}]}},
}
COMPUTE = {
    "aws_eks_cluster": {"main": {"name": "production-cluster", "version": "1.35"}},
    "aws_eks_addon": {
        "dns": {
            "addon_name": "coredns",
            "addon_version": "v1.14.3-eksbuild.3",
            "cluster_name": "${aws_eks_cluster.main.name}",
        },
        "newest": {"addon_name": "vpc-cni", "addon_version": "${data.aws_eks_addon_version.x.version}"},
    },
    "aws_eks_access_entry": {"admin": {"principal_arn": f"arn:aws:iam::{ACCOUNT}:role/platform-admin"}},
    "aws_lambda_function": {"forwarder": {"reserved_concurrent_executions": 10}},
    "aws_eks_node_group": {
        "system": {
            "ami_type": "AL2023_ARM_64_STANDARD",
            "version": "1.35",
            "release_version": "1.35.8-20260917",
            "instance_types": ["m7g.xlarge", "m6g.xlarge"],
            "capacity_type": "ON_DEMAND",
            "scaling_config": {"min_size": 3, "max_size": 9},
            "update_config": {"max_unavailable": 1},
            "subnet_ids": SUBNETS,
        },
        "spot": {
            "instance_types": ["c7g.large"],
            "capacity_type": "SPOT",
            "scaling_config": {"min_size": 1, "max_size": 3},
            "subnet_ids": SUBNETS,
        },
        "gpu": {"instance_types": ["g5.xlarge"], "scaling_config": {"max_size": 1}, "subnet_ids": SUBNETS},
    },
    "aws_lb": {"ingress": {"name": "production-ingress", "load_balancer_type": "application"}},
}
DATA = {
    "aws_db_subnet_group": {"main": {"subnet_ids": SUBNETS}},
    "aws_db_instance": {
        "main": {
            "identifier": "production-database",
            "engine": "postgres",
            "engine_version": "17",
            "instance_class": "db.r7g.large",
            "multi_az": True,
            "allocated_storage": 200,
            "max_allocated_storage": 1000,
            "db_subnet_group_name": "${aws_db_subnet_group.main.name}",
        },
        "replica": {
            "identifier": "production-reports",
            "instance_class": "db.r7g.large",
            "replicate_source_db": "${aws_db_instance.main.identifier}",
        },
    },
    "aws_elasticache_replication_group": {"main": {}},
    "aws_kms_key": {"main": {}},
}
EDGE = {
    "aws_sfn_state_machine": {
        "failover": {"name": "production-failover", "definition": "{}"},
        "drill": {"name": "production-drill", "definition": '{"Namespace": "Arq/Paging"}'},
    },
    "aws_scheduler_schedule": {"heartbeat": {"target": {"arn": "${aws_sns_topic.heartbeat.arn}"}}},
    "aws_cloudwatch_event_connection": {"pager": {"name": "production-pager"}},
    "aws_acm_certificate": {"site": {"domain_name": "app.acme.io"}},
    "aws_route53_record": {"site": {"zone_id": "Z04511962NQ8ZBQHN7VTC", "name": "app.acme.io"}},
    "aws_cloudfront_distribution": {"site": {"comment": "production-site"}},
    "aws_cloudfront_cache_policy": {"site": {"name": "production-pages"}},
    "aws_cloudfront_response_headers_policy": {"site": {"name": "production-headers"}},
    "aws_sns_topic": {
        "critical": {"name": "production-critical"},
        "heartbeat": {"name": "production-heartbeat"},
    },
    "aws_sns_topic_subscription": {
        "mail": {
            "endpoint": "on-call@acme.io",
            "protocol": "email",
            "topic_arn": "${aws_sns_topic.critical.arn}",
        }
    },
}
ACCOUNT_RESOURCES = {
    "aws_iam_service_linked_role": {
        "autoscaling": {"aws_service_name": "autoscaling.amazonaws.com"},
        "own": {"aws_service_name": "autoscaling.amazonaws.com", "custom_suffix": "fleet"},
    },
    "aws_iam_role": {
        "plan": {"name": "production-delivery-plan", "permissions_boundary": "${aws_iam_policy.boundary.arn}"}
    },
    "aws_codestarconnections_connection": {"github": {"name": "production-github"}},
    "aws_iam_policy": {"boundary": {"name": "production-boundary"}},
    "aws_iam_openid_connect_provider": {
        "github": {
            "url": "https://token.actions.githubusercontent.com",
            "client_id_list": ["sts.amazonaws.com"],
        }
    },
    "aws_ebs_encryption_by_default": {"main": {}, "edge": {"provider": "aws.us-east-1"}},
    "aws_ec2_instance_metadata_defaults": {"main": {}},
    "aws_s3_account_public_access_block": {"main": {}},
    "aws_vpc_block_public_access_options": {"edge": {"provider": "aws.us-east-1"}},
    "aws_ce_anomaly_monitor": {"main": {"name": "production-costs", "monitor_dimension": "SERVICE"}},
    "aws_iam_account_password_policy": {"main": {}},
    "aws_guardduty_detector": {"main": {}},
    "aws_securityhub_account": {"main": {}},
    "aws_config_configuration_recorder": {"main": {"name": "default"}},
    "aws_config_delivery_channel": {"main": {"name": "default"}},
    "aws_accessanalyzer_analyzer": {"main": {"analyzer_name": "production-external", "type": "ACCOUNT"}},
}
STANDBY = {
    "aws_db_instance": {
        "database": {
            "identifier": "production-standby-database",
            "instance_class": "db.r7g.large",
            "replicate_source_db": f"arn:aws:rds:{REGION}:{ACCOUNT}:db:production-database",
            "skip_final_snapshot": True,
        }
    }
}
BOOTSTRAP_RESOURCES = {
    "aws_s3_bucket": {"state": {"bucket": "state-of-production"}},
    "aws_kms_alias": {"state": {"name": "alias/production-state-key"}},
}


def secrets_stack(name: str, region: str, *keys: str) -> Stack:
    """Return a cluster stack that reads two fields of each of these secrets in a region."""
    store = {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ClusterSecretStore",
        "metadata": {"name": "secrets"},
        "spec": {"provider": {"aws": {"service": "SecretsManager", "region": region}}},
    }
    data = [
        {"remoteRef": {"key": key, "property": field}, "sourceRef": {"storeRef": {"name": "secrets"}}}
        for key in keys
        for field in ("watchdog_url", "routing_key")
    ]
    secret = {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "spec": {"data": data}}
    values = json.dumps({"objects": [store, secret]})
    return stack(name, resource={"helm_release": {"secrets": {"values": [values]}}})


def complete_stacks() -> tuple[Stack, ...]:
    return (
        stack("production-bootstrap", resource=BOOTSTRAP_RESOURCES),
        stack("production-account", resource=ACCOUNT_RESOURCES),
        stack("production", resource={**NETWORK, **COMPUTE, **DATA, **EDGE}),
        secrets_stack("production-platform", REGION, "production/paging"),
        stack("production-standby", resource=STANDBY),
    )
