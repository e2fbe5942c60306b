"""Resource types that hold what can't be made again: data, keys, names in the world, evidence.

A type belongs here when destroying and re-creating one loses data, breaks what others have stored (a key, an
address, a certificate), or cuts off what stands on it.
"""

STATEFUL_TYPES = frozenset(
    {
        # Databases, caches and search
        "aws_db_instance",
        "aws_db_cluster_snapshot",
        "aws_db_instance_automated_backups_replication",
        "aws_db_snapshot",
        "aws_docdb_cluster",
        "aws_docdb_global_cluster",
        "aws_dynamodb_global_table",
        "aws_dynamodb_table",
        "aws_elasticache_cluster",
        "aws_elasticache_global_replication_group",
        "aws_elasticache_replication_group",
        "aws_elasticache_serverless_cache",
        "aws_elasticsearch_domain",
        "aws_keyspaces_keyspace",
        "aws_keyspaces_table",
        "aws_memorydb_cluster",
        "aws_neptune_cluster",
        "aws_opensearch_domain",
        "aws_opensearchserverless_collection",
        "aws_qldb_ledger",
        "aws_rds_cluster",
        "aws_rds_cluster_instance",
        "aws_rds_global_cluster",
        "aws_redshift_cluster",
        "aws_redshiftserverless_namespace",
        "aws_timestreamwrite_database",
        "aws_timestreamwrite_table",
        # Files, volumes and backups
        "aws_backup_vault",
        "aws_backup_logically_air_gapped_vault",
        "aws_ebs_snapshot",
        "aws_ebs_volume",
        "aws_efs_file_system",
        "aws_fsx_lustre_file_system",
        "aws_fsx_ontap_file_system",
        "aws_fsx_openzfs_file_system",
        "aws_fsx_windows_file_system",
        "aws_glacier_vault",
        "aws_s3_bucket",
        "aws_s3_directory_bucket",
        "aws_s3tables_table_bucket",
        # Keys, secrets and parameters
        "aws_kms_external_key",
        "aws_kms_key",
        "aws_kms_replica_key",
        "aws_secretsmanager_secret",
        "aws_ssm_parameter",
        "aws_acmpca_certificate_authority",
        # Clusters and registries
        "aws_ecr_repository",
        "aws_ecrpublic_repository",
        "aws_ecs_cluster",
        "aws_eks_cluster",
        "aws_emr_cluster",
        "aws_mq_broker",
        "aws_msk_cluster",
        "aws_msk_serverless_cluster",
        # Queues, topics and streams
        "aws_kinesis_firehose_delivery_stream",
        "aws_kinesis_stream",
        "aws_sns_topic",
        "aws_sqs_queue",
        # Names in the world
        "aws_acm_certificate",
        "aws_cloudfront_distribution",
        "aws_cognito_identity_pool",
        "aws_cognito_user_pool",
        "aws_eip",
        "aws_globalaccelerator_accelerator",
        "aws_lb",
        "aws_nat_gateway",
        "aws_route53_zone",
        # The ground that others stand on
        "aws_iam_openid_connect_provider",
        "aws_subnet",
        "aws_vpc",
        "aws_ec2_transit_gateway",
        # Evidence
        "aws_cloudtrail",
        "aws_cloudtrail_event_data_store",
        "aws_cloudwatch_log_group",
        "aws_config_configuration_recorder",
        # Instances that are their own disk
        "aws_instance",
    }
)


def is_stateful(address: str) -> bool:
    """Whether an address names a resource of a stateful type."""
    return address.split(".", 1)[0] in STATEFUL_TYPES
