"""The ways to recover files, images, secrets and messages."""

from collections.abc import Iterator

from constructs_arq.core.recovery import Loss
from constructs_arq.core.recovery_data_routes import leave_account, leave_region, wait_for_person
from constructs_arq.core.recovery_facts import RecoveryFacts
from constructs_arq.core.recovery_route import Route, Serial, figures, steps


def site_routes(facts: RecoveryFacts, loss: Loss) -> Iterator[Route]:
    """Yield the ways to recover the files of the site. The repository has all of them."""
    if loss is Loss.ZONE:
        yield Route(how="S3 has the files in three zones", timeline=Serial(), lost=figures("s3-zone-loss"))
    if loss is Loss.TABLE:
        yield Route(
            how="the workflow publishes the files again",
            timeline=Serial((wait_for_person(facts), steps("site-publication"))),
        )
    if loss is Loss.REGION:
        yield Route(
            how="CloudFront reads the copy in the backup region",
            timeline=steps("cloudfront-origin-failover"),
            lost=figures("s3-replication"),
        )
    if loss is Loss.ACCOUNT:
        yield Route(
            how="the workflow publishes the files in another account",
            timeline=Serial((leave_account(facts), steps("site-publication"))),
        )


def state_routes(facts: RecoveryFacts, loss: Loss) -> Iterator[Route]:
    """Yield the ways to recover the state of Terraform."""
    if loss is Loss.ZONE:
        yield Route(how="S3 has the state in three zones", timeline=Serial(), lost=figures("s3-zone-loss"))
    if loss is Loss.TABLE:
        yield Route(
            how="an earlier version of the object",
            timeline=Serial((wait_for_person(facts), steps("s3-version-restore"))),
            runbook="state-lost",
        )
    if loss is Loss.REGION:
        yield Route(
            how="Terraform reads the copy in the backup region",
            timeline=Serial((wait_for_person(facts), steps("decision", "state-switch"))),
            lost=figures("s3-replication"),
            runbook="state-lost",
        )
    if loss is Loss.ACCOUNT and facts.account_copies:
        yield Route(
            how="restore of the copy in the account for backups",
            timeline=Serial((leave_account(facts), steps("s3-version-restore", "state-switch"))),
            lost=figures("backup-interval", "backup-window"),
        )


def image_routes(facts: RecoveryFacts, loss: Loss) -> Iterator[Route]:
    """Yield the ways to recover images. The repository has all sources."""
    if loss is Loss.ZONE:
        yield Route(how="ECR has the images in S3", timeline=Serial(), lost=figures("s3-zone-loss"))
    if loss is Loss.TABLE:
        yield Route(
            how="the workflow builds the images again",
            timeline=Serial((wait_for_person(facts), steps("image-build"))),
        )
    if loss is Loss.REGION and facts.standby:
        yield Route(
            how="the copies in the backup region",
            timeline=Serial(),
            lost=figures("image-replication"),
        )
    yield from _renewal(facts, loss, how="the workflow builds the images", figure="image-build")


def secret_routes(facts: RecoveryFacts, loss: Loss) -> Iterator[Route]:
    """Yield the ways to recover secrets. Their owners can issue new values."""
    if loss is Loss.ZONE:
        yield Route(
            how="Secrets Manager is a service of the region",
            timeline=Serial(),
            lost=figures("secret-zone-loss"),
        )
    if loss is Loss.TABLE:
        yield Route(
            how="restore of the deleted secret",
            timeline=Serial((wait_for_person(facts), steps("secret-restore"))),
            runbook="secret-lost",
        )
    if loss is Loss.REGION and facts.standby:
        # No stack has them: `arqctl doctor ENV --aws` checks them.
        yield Route(
            how="the replicas that an administrator made in the backup region, which the doctor checks",
            timeline=Serial(),
            lost=figures("secret-replication"),
        )
    yield from _renewal(facts, loss, how="owners enter the values", figure="secret-entry")


def _renewal(facts: RecoveryFacts, loss: Loss, *, how: str, figure: str) -> Iterator[Route]:
    """Yield the ways to make contents again in another region or account, which takes `figure`."""
    if loss is Loss.REGION:
        yield Route(how=f"{how} in the backup region", timeline=Serial((leave_region(facts), steps(figure))))
    if loss is Loss.ACCOUNT:
        yield Route(how=f"{how} in another account", timeline=Serial((leave_account(facts), steps(figure))))


def queue_routes(facts: RecoveryFacts, loss: Loss) -> Iterator[Route]:
    """Yield the ways to recover the queue."""
    if loss is Loss.ZONE:
        yield Route(
            how="SQS has the messages in several zones", timeline=Serial(), lost=figures("sqs-zone-loss")
        )
    if loss is Loss.REGION:
        yield Route(
            how="the queue of the standby, which is empty"
            if facts.standby
            else "a new queue in the backup region, which is empty",
            timeline=leave_region(facts),
            lost=None,
        )
