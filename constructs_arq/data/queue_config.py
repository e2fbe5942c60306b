"""Configuration of a queue."""

from typing import Final, Self

from pydantic import Field, model_validator

from constructs_arq.core.config import Config, validation_error

DAY_SECONDS: Final = 24 * 60 * 60


class QueueConfig(Config):
    """Settings of a queue that an environment can vary.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
    """

    processing_seconds: int = Field(
        default=30, ge=1, le=3600, description="Longest time from the receipt of a message to its deletion."
    )
    visibility_seconds: int = Field(
        default=120, ge=1, le=43_200, description="Time after which a message without deletion is sent again."
    )
    max_receives: int = Field(
        default=5, ge=2, le=1000, description="Receipts without deletion. Then the dead-letter queue has it."
    )
    retention_days: int = Field(default=4, ge=1, le=13, description="Retention of messages, in days.")
    dead_letter_days: int = Field(
        default=14, ge=2, le=14, description="Retention in the dead-letter queue, from the first sending on."
    )
    late_after_seconds: int = Field(
        default=900, ge=60, description="Age of the oldest message that raises an alarm."
    )

    @model_validator(mode="after")
    def _hide_messages_while_they_are_processed(self) -> Self:
        if self.visibility_seconds < self.processing_seconds:
            raise validation_error(
                f"visibility_seconds {self.visibility_seconds} must not be less than processing_seconds "
                f"{self.processing_seconds}, or another consumer receives the message at the same time",
                fix="Raise visibility_seconds. A consumer can lower it for a message that failed.",
            )
        return self

    @model_validator(mode="after")
    def _keep_failed_messages(self) -> Self:
        if self.dead_letter_days <= self.retention_days:
            raise validation_error(
                f"dead_letter_days {self.dead_letter_days} must be greater than retention_days "
                f"{self.retention_days}: a failed message keeps the time of its first sending",
                fix="Raise dead_letter_days or lower retention_days.",
            )
        attempts = self.max_receives * self.visibility_seconds
        if attempts >= self.retention_days * DAY_SECONDS:
            raise validation_error(
                f"max_receives x visibility_seconds = {attempts} seconds must be less than retention_days "
                f"{self.retention_days}, or a failed message expires before its last attempt",
                fix="Lower max_receives or visibility_seconds.",
            )
        return self

    @model_validator(mode="after")
    def _allow_one_more_attempt_before_the_alarm(self) -> Self:
        if not self.visibility_seconds < self.late_after_seconds < self.retention_days * DAY_SECONDS:
            raise validation_error(
                f"late_after_seconds {self.late_after_seconds} must be between visibility_seconds "
                f"{self.visibility_seconds} and retention_days {self.retention_days}: one failed attempt is "
                "no alarm, and expired messages have no age",
                fix="Set it to several times visibility_seconds.",
            )
        return self
