"""Defects in the databases and the cache: engines, sizes, windows, passwords."""

from tests.arqctl.offline.defects.defect_planting import Defect, Ref, apply_all, drop, in_other_resource, put

_DB, _AT = "aws_db_instance", "database"
_CACHE = "aws_elasticache_replication_group"

DEFECTS = (
    Defect("engine-unknown", _DB, _AT, put("engine", "postgress"), "engine"),
    Defect("engine-version-unknown", _DB, _AT, put("engine_version", "17.99"), "17.99"),
    Defect("class-unknown", _DB, _AT, put("instance_class", "db.r7g.huge"), "db.r7g.huge"),
    Defect("class-not-for-engine", _DB, _AT, put("instance_class", "db.x1.16xlarge"), "db.x1.16xlarge"),
    Defect("storage-type", _DB, _AT, put("storage_type", "gp4"), "storage_type"),
    Defect("storage-cannot-grow", _DB, _AT, put("max_allocated_storage", 100), "max_allocated_storage"),
    Defect("iops-needs-more-storage", _DB, _AT, put("iops", 4000), "iops"),
    Defect("backups-too-long", _DB, _AT, put("backup_retention_period", 36), "backup_retention_period"),
    Defect("backup-window-syntax", _DB, _AT, put("backup_window", "2am-3am"), "backup_window"),
    Defect(
        "maintenance-window-day",
        _DB,
        _AT,
        put("maintenance_window", "son:03:30-son:04:30"),
        "maintenance_window",
    ),
    Defect("windows-overlap", _DB, _AT, put("backup_window", "04:00-05:00"), "maintenance_window"),
    Defect(
        "two-passwords", _DB, _AT, put("manage_master_user_password", True), "manage_master_user_password"
    ),
    Defect("monitoring-interval", _DB, _AT, put("monitoring_interval", 20), "monitoring_interval"),
    Defect("monitoring-without-role", _DB, _AT, drop("monitoring_role_arn"), "monitoring_role_arn"),
    Defect(
        "insights-retention",
        _DB,
        _AT,
        put("performance_insights_retention_period", 100),
        "performance_insights_retention_period",
    ),
    Defect(
        "advanced-insights-too-short",
        _DB,
        _AT,
        put("performance_insights_retention_period", 7),
        "performance_insights_retention_period",
    ),
    Defect("identifier-characters", _DB, _AT, put("identifier", "production_database"), "identifier"),
    Defect("identifier-ends-in-hyphen", _DB, _AT, put("identifier", "production-"), "identifier"),
    Defect("database-name", _DB, _AT, put("db_name", "1-app"), "db_name"),
    Defect("user-reserved", _DB, _AT, put("username", "rdsadmin"), "username"),
    Defect("database-port", _DB, _AT, put("port", 80), "port"),
    Defect(
        "logs-of-another-engine", _DB, _AT, put("enabled_cloudwatch_logs_exports", ["slowquery"]), "slowquery"
    ),
    Defect("logs-unknown", _DB, _AT, put("enabled_cloudwatch_logs_exports.0", "everything"), "everything"),
    Defect("key-without-encryption", _DB, _AT, put("storage_encrypted", False), "storage_encrypted"),
    Defect("network-type", _DB, _AT, put("network_type", "IPV6"), "network_type"),
    Defect(
        "alarm-before-its-instance",
        _DB,
        _AT,
        in_other_resource(
            "aws_cloudwatch_metric_alarm",
            "alarms/database/cpu",
            put("dimensions", {"DBInstanceIdentifier": "production-database"}),
        ),
        "Alarm before its resource",
    ),
    Defect("database-without-user", _DB, _AT, drop("username"), "username"),
    Defect(
        "subnets-in-one-zone",
        "aws_db_subnet_group",
        "database/subnets",
        put(
            "subnet_ids",
            [
                Ref("aws_subnet", "network/isolated/euw1-az1", "id"),
                Ref("aws_subnet", "network/private/euw1-az1", "id"),
            ],
        ),
        "zone",
    ),
    Defect(
        "subnet-group-with-one-subnet",
        "aws_db_subnet_group",
        "database/subnets",
        put("subnet_ids", [Ref("aws_subnet", "network/isolated/euw1-az1", "id")]),
        "zone",
    ),
    Defect(
        "parameters-of-another-version",
        _DB,
        _AT,
        in_other_resource("aws_db_parameter_group", "database/parameters", put("family", "postgres16")),
        "postgres16",
    ),
    Defect(
        "parameter-apply-method",
        "aws_db_parameter_group",
        "database/parameters",
        put("parameter.0.apply_method", "sometime"),
        "apply_method",
    ),
    Defect(
        "proxy-family", "aws_db_proxy", "database/proxy", put("engine_family", "POSTGRES"), "engine_family"
    ),
    Defect(
        "proxy-connections",
        "aws_db_proxy_default_target_group",
        "database/proxy/targets",
        put("connection_pool_config.max_connections_percent", 150),
        "max_connections_percent",
    ),
    Defect(
        "backup-copy-too-long",
        "aws_db_instance_automated_backups_replication",
        "database/backup-copy",
        put("retention_period", 36),
        "retention_period",
    ),
    Defect(
        "events-of-unknown-source",
        "aws_db_event_subscription",
        "database/events",
        put("source_type", "database"),
        "source_type",
    ),
    Defect("cache-engine", _CACHE, "cache", put("engine", "keyval"), "engine"),
    Defect("cache-node-type", _CACHE, "cache", put("node_type", "cache.r7g.huge"), "cache.r7g.huge"),
    Defect("cache-engine-version", _CACHE, "cache", put("engine_version", "latest"), "engine_version"),
    Defect(
        "cache-snapshots-too-long",
        _CACHE,
        "cache",
        put("snapshot_retention_limit", 36),
        "snapshot_retention_limit",
    ),
    Defect(
        "cache-windows-overlap", _CACHE, "cache", put("snapshot_window", "04:00-05:00"), "maintenance_window"
    ),
    Defect(
        "cache-log-type",
        _CACHE,
        "cache",
        put("log_delivery_configuration.0.log_type", "fast-log"),
        "log_type",
    ),
    Defect(
        "cache-failover-without-replica",
        _CACHE,
        "cache",
        put("replicas_per_node_group", 0),
        "automatic_failover_enabled",
    ),
    Defect(
        "cache-tls-mode", _CACHE, "cache", put("transit_encryption_mode", "always"), "transit_encryption_mode"
    ),
    Defect(
        "cache-id-too-long", _CACHE, "cache", put("replication_group_id", "c" * 41), "replication_group_id"
    ),
    Defect("cache-two-node-counts", _CACHE, "cache", put("num_cache_clusters", 3), "num_cache_clusters"),
    Defect(
        "cache-parameters-of-another-engine",
        _CACHE,
        "cache",
        in_other_resource("aws_elasticache_parameter_group", "cache/parameters", put("family", "redis7")),
        "redis7",
    ),
    Defect(
        "cache-user-authentication",
        "aws_elasticache_user",
        "cache/users/user-api",
        put("authentication_mode.type", "kerberos"),
        "type",
    ),
    Defect(
        "cache-user-without-passwords",
        "aws_elasticache_user",
        "cache/users/user-api",
        apply_all(drop("authentication_mode"), put("passwords", ["short"])),
        "passwords",
    ),
)
