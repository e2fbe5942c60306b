"""Configuration of AWS Backup in an environment."""

import re
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator

from constructs_arq.core.config import Config, validation_error

# Snapshots may begin in this time after the hour of the plan.
START_MINUTES: Final = 60
_VAULT_ARN: Final = re.compile(r"arn:aws[a-z-]*:backup:[a-z0-9-]+:\d{12}:backup-vault:[A-Za-z0-9_-]{2,50}")


def _vault_arn(arn: str) -> str:
    if not _VAULT_ARN.fullmatch(arn):
        raise validation_error(
            "must be the ARN of a backup vault",
            fix='Write it like "arn:aws:backup:eu-west-1:123456789012:backup-vault:copies".',
        )
    return arn


VaultArn = Annotated[str, AfterValidator(_vault_arn)]


class BackupConfig(Config):
    """Days for which AWS Backup keeps backups, and the vaults for copies."""

    daily_days: int = Field(default=35, ge=7, le=100, description="Days to keep the backups of each day.")
    monthly_days: int = Field(
        default=365, ge=31, le=3650, description="Days to keep the backups of each month's first day."
    )
    start_hour: int = Field(
        default=5,
        ge=0,
        le=22,
        description="Hour of the day in UTC when backups start. RDS must not be in a window of its own.",
    )
    copy_to_backup_region: bool = Field(
        default=True, description="Copy each backup to a vault in the backup region."
    )
    cross_account_copy: VaultArn | None = Field(
        default=None,
        description="Vault of another account of the organization, in the same region, for another copy.",
    )

    @property
    def has_copies(self) -> bool:
        """Whether each backup has a copy, which has the key of its vault. Snapshots of RDS have no other key.

        https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html
        """
        return self.copy_to_backup_region or self.cross_account_copy is not None

    @property
    def copy_account(self) -> str | None:
        """The account of `cross_account_copy`."""
        return self.cross_account_copy.split(":")[4] if self.cross_account_copy else None

    @model_validator(mode="after")
    def _check_months_outlast_days(self) -> Self:
        if self.monthly_days <= self.daily_days:
            raise validation_error(
                f"monthly_days {self.monthly_days} must be more than daily_days {self.daily_days}",
                fix="Raise monthly_days: the backup of a month's first day replaces that of the day.",
            )
        return self
