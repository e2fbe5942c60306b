"""A policy rule of this project, written as a plain Checkov rule."""

from typing import Any

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck


class QueueHasDeadLetterQueue(BaseResourceCheck):
    """Reports SQS queues without a redrive policy."""

    def __init__(self) -> None:
        super().__init__(
            name="SQS queues must have a dead-letter queue: set redrive_policy",
            id="CKV_SHIPPING_1",
            categories=[CheckCategories.BACKUP_AND_RECOVERY],
            supported_resources=["aws_sqs_queue"],
        )

    def scan_resource_conf(self, conf: dict[str, list[Any]]) -> CheckResult:
        """Return whether the queue has a redrive policy."""
        return CheckResult.PASSED if conf.get("redrive_policy") else CheckResult.FAILED


check = QueueHasDeadLetterQueue()
