"""Log groups of an RDS instance."""

from constructs import Construct

from constructs_arq.core.protocols import EncryptionKey
from constructs_arq.storage.log_group import LogGroup, RetentionDays


class InstanceLogs(Construct):
    """Encrypted log groups with retention. If they are missing, RDS creates groups without both.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.PublishtoCloudWatchLogs.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        identifier: str,
        key: EncryptionKey,
        retention_days: RetentionDays,
    ) -> None:
        super().__init__(scope, id)
        self.exports = ["postgresql", "upgrade"]
        groups = {
            export: LogGroup(
                self,
                export,
                name=f"/aws/rds/instance/{identifier}/{export}",
                key=key,
                retention_days=retention_days,
            )
            for export in self.exports
        }
        self.log: LogGroup = groups["postgresql"]
        self.resources = [group.resource for group in groups.values()]
