"""Backups of resources with data."""

import re

from policies.databases import is_promoted, is_replica
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, is_expression, pass_if

_SCHEDULES = ("daily", "monthly")
# Types that AWS Backup supports. Not clusters of EKS and stacks of CloudFormation, whose parts count.
# https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-feature-availability.html
_TYPES = (
    "aws_db_instance",
    "aws_docdb_cluster",
    "aws_dsql_cluster",
    "aws_dynamodb_table",
    "aws_ebs_volume",
    "aws_efs_file_system",
    "aws_fsx_lustre_file_system",
    "aws_fsx_ontap_volume",
    "aws_fsx_openzfs_file_system",
    "aws_fsx_windows_file_system",
    "aws_instance",
    "aws_neptune_cluster",
    "aws_rds_cluster",
    "aws_redshift_cluster",
    "aws_redshiftserverless_namespace",
    "aws_s3_bucket",
    "aws_storagegateway_cached_iscsi_volume",
    "aws_storagegateway_stored_iscsi_volume",
    "aws_timestreamwrite_table",
)
# Buckets also have what expires, or what is a copy. Each other type needs a waiver.
_TYPES_WITH_REASON = ("aws_s3_bucket",)
_REASON = re.compile(r"\S.{8,}\S", re.DOTALL)


@rule(
    id="CKV_ARQ_60",
    severity="HIGH",
    on=_TYPES,
    why="AWS Backup selects by this tag: without it, nobody can restore after an error or an attack.",
    link="https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html",
)
def stateful_resource_backed_up(resource: Block, _: Stack) -> Verdict:
    """Resources with data must have the tag `backup`: daily, monthly, or none with a `backup-reason` (S3)."""
    if resource.type == "aws_db_instance" and is_replica(resource) and not is_promoted(resource):
        return Verdict.NOT_APPLICABLE
    tags = resource.get("tags")
    if is_expression(tags):
        return Verdict.UNKNOWN
    backup = tags.get("backup") if isinstance(tags, dict) else None
    if is_expression(backup):
        return Verdict.UNKNOWN
    if backup == "none" and resource.type in _TYPES_WITH_REASON and isinstance(tags, dict):
        reason = tags.get("backup-reason")
        return pass_if(isinstance(reason, str) and _REASON.fullmatch(reason) is not None)
    return pass_if(backup in _SCHEDULES)
