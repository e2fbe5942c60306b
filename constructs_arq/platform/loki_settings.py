"""The configuration of Loki."""

from collections.abc import Mapping
from typing import Final

from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.kubernetes.custom_objects import Json

HTTP_PORT: Final = 3100
GRPC_PORT: Final = 9095
MEMBERLIST_PORT: Final = 7946
# Loki keeps an index of each day from here on in this format. A new format needs a second entry with a later
# date. https://grafana.com/docs/loki/latest/operations/storage/schema/
_SCHEMA_FROM: Final = "2026-01-01"
_REPLICAS: Final = 3
_FOLDER: Final = "/var/loki"
_QUERY_SECONDS: Final = 60
_MESSAGE_BYTES: Final = 100 * 1024 * 1024


class LogLimits(Config):
    """Limits of what Loki accepts. It refuses more, and Alloy then reports dropped lines."""

    mb_per_second: int = Field(default=8, ge=1, le=64, description="Rate of all lines together.")
    max_streams: int = Field(
        default=5000, ge=100, description="Active combinations of labels. Each costs memory."
    )
    max_line_kib: int = Field(default=64, ge=1, le=256, description="Longer lines are cut.")


class LokiConfig(Config):
    """Settings of Loki that an environment can vary."""

    highly_available: bool = Field(
        default=True, description="Three replicas with all logs, in three zones; otherwise one."
    )
    cpu_millicores: int = Field(default=500, ge=100, description="CPU of a replica.")
    memory_mib: int = Field(default=2048, ge=512, description="Memory of a replica.")
    volume_gib: int = Field(default=20, ge=10, description="Volume of a replica for logs not yet in S3.")
    limits: LogLimits = LogLimits()

    @property
    def replicas(self) -> int:
        """The number of pods."""
        return _REPLICAS if self.highly_available else 1


def loki_configuration(
    config: LokiConfig, *, bucket_name: str, region: str, retention_days: int, namespace: str
) -> Mapping[str, Json]:
    """Return Loki's configuration file: each process runs all components, and S3 holds the logs.

    https://github.com/grafana/loki/blob/v3.7.6/docs/sources/shared/configuration.md
    """
    service = f"loki.{namespace}.svc.cluster.local"
    return {
        "auth_enabled": True,
        "server": {
            "http_listen_port": HTTP_PORT,
            "grpc_listen_port": GRPC_PORT,
            # Longer than a query takes at most.
            "http_server_read_timeout": f"{_QUERY_SECONDS + 10}s",
            "http_server_write_timeout": f"{_QUERY_SECONDS + 10}s",
            # By default, Loki fails queries with results of more than 4 MB.
            "grpc_server_max_recv_msg_size": _MESSAGE_BYTES,
            "grpc_server_max_send_msg_size": _MESSAGE_BYTES,
            "log_level": "warn",
        },
        "common": {
            "path_prefix": _FOLDER,
            "replication_factor": config.replicas,
            "ring": {"kvstore": {"store": "memberlist"}},
            "compactor_grpc_address": f"{service}:{GRPC_PORT}",
        },
        "memberlist": {
            "bind_port": MEMBERLIST_PORT,
            "join_members": [f"loki-memberlist.{namespace}.svc.cluster.local:{MEMBERLIST_PORT}"],
            # Pods of another system with the same address can't join.
            "cluster_label": f"{namespace}-loki",
            # Without it, a pod that finds no other at its start stays alone.
            "rejoin_interval": "90s",
        },
        "schema_config": {
            "configs": [
                {
                    "from": _SCHEMA_FROM,
                    "store": "tsdb",
                    "object_store": "s3",
                    "schema": "v13",
                    "index": {"prefix": "index_", "period": "24h"},
                }
            ]
        },
        "storage_config": {
            "use_thanos_objstore": True,
            "object_store": {
                "s3": {
                    "bucket_name": bucket_name,
                    "endpoint": f"s3.{region}.amazonaws.com",
                    "region": region,
                    # The credentials of Pod Identity. The bucket encrypts all objects with its key.
                    "native_aws_auth_enabled": True,
                }
            },
        },
        "ingester": {
            "chunk_encoding": "snappy",
            "wal": {
                "enabled": True,
                "dir": f"{_FOLDER}/wal",
                # A pod that stops for good leaves nothing on its volume only.
                "flush_on_shutdown": True,
                "replay_memory_ceiling": f"{config.memory_mib // 2}MB",
            },
        },
        "compactor": {
            "working_directory": f"{_FOLDER}/compactor",
            "retention_enabled": True,
            "delete_request_store": "s3",
        },
        "limits_config": _limits(config.limits, retention_days),
        "chunk_store_config": {"chunk_cache_config": _cache(config.memory_mib // 16)},
        "query_range": {
            "align_queries_with_step": True,
            "cache_results": True,
            "results_cache": {"cache": _cache(config.memory_mib // 16)},
        },
        "analytics": {"reporting_enabled": False},
    }


def _limits(limits: LogLimits, retention_days: int) -> dict[str, Json]:
    return {
        "retention_period": f"{retention_days * 24}h",
        # Nobody deletes logs through the API. https://grafana.com/docs/loki/latest/operations/storage/logs-deletion/
        "deletion_mode": "disabled",
        "ingestion_rate_strategy": "global",
        "ingestion_rate_mb": limits.mb_per_second,
        "ingestion_burst_size_mb": 2 * limits.mb_per_second,
        "per_stream_rate_limit": f"{limits.mb_per_second // 2 or 1}MB",
        "per_stream_rate_limit_burst": f"{limits.mb_per_second}MB",
        "max_global_streams_per_user": limits.max_streams,
        "max_label_names_per_series": 10,
        "max_label_name_length": 64,
        "max_label_value_length": 256,
        "max_line_size": f"{limits.max_line_kib}KB",
        "max_line_size_truncate": True,
        "allow_structured_metadata": True,
        "max_structured_metadata_size": "4KB",
        "max_structured_metadata_entries_count": 16,
        # Loki would add a label, which has the value of `app`.
        "discover_service_name": [],
        "reject_old_samples": True,
        "reject_old_samples_max_age": "168h",
        "max_query_length": f"{(retention_days + 1) * 24}h",
        "max_query_series": 500,
        "max_querier_bytes_read": "20GB",
        "query_timeout": f"{_QUERY_SECONDS}s",
        "volume_enabled": True,
    }


def _cache(megabytes: int) -> dict[str, Json]:
    return {"embedded_cache": {"enabled": True, "max_size_mb": megabytes}}
