"""The lag of a replica behind its source."""

import shlex


def lag_command(replica: str, region: str) -> str:
    """Return the command that prints the lag of the last five minutes in seconds.

    Times are seconds of the epoch: `date` computes others in each operating system in another way.
    """
    name = shlex.quote(replica)
    return (
        f"aws cloudwatch get-metric-statistics --region {shlex.quote(region)} --namespace AWS/RDS "
        f"--metric-name ReplicaLag --dimensions Name=DBInstanceIdentifier,Value={name} --period 60 "
        '--statistics Maximum --start-time "$(($(date +%s) - 300))" --end-time "$(date +%s)"'
    )


def replay_text(source: str, replica: str) -> str:
    """Return the instruction to wait until the replica has all writes of a source that gets no more.

    The metric of the lag is no proof: without writes, it does not stay 0.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PostgreSQL.Replication.ReadReplicas.Monitor.html
    """
    return (
        f"Run `SELECT pg_current_wal_lsn();` on `{source}`. Then wait until "
        f"`SELECT pg_last_wal_replay_lsn() >= 'LSN';` is true on `{replica}`, with the printed LSN."
    )
