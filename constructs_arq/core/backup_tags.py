"""The tags by which AWS Backup selects what it backs up."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

BACKUP_TAG: Final = "backup"
REASON_TAG: Final = "backup-reason"
_NO_BACKUP: Final = "none"
# https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
_TAG_VALUE: Final = re.compile(r"[A-Za-z0-9 +\-=._:/@]{10,256}")


class BackupSchedule(StrEnum):
    """The interval of backups of a resource.

    `DAILY` keeps backups of each day, and longer those of each month. `MONTHLY` keeps only the latter.
    """

    DAILY = "daily"
    MONTHLY = "monthly"


@dataclass(frozen=True)
class NoBackup:
    """AWS Backup leaves a resource out, because of `reason`, which the resource has as a tag.

    Raises:
        ValueError: if the reason is not 10 to 256 characters that AWS allows in tags.
    """

    reason: str

    def __post_init__(self) -> None:
        if not _TAG_VALUE.fullmatch(self.reason):
            raise ValueError(
                "the reason for no backup must be 10 to 256 letters, digits, spaces and + - = . _ : / @, got "
                f"{self.reason!r}. Change the text."
            )


def backup_tags(backup: BackupSchedule | NoBackup) -> dict[str, str]:
    """Return the tags of a resource with this backup."""
    if isinstance(backup, NoBackup):
        return {BACKUP_TAG: _NO_BACKUP, REASON_TAG: backup.reason}
    return {BACKUP_TAG: backup.value}
