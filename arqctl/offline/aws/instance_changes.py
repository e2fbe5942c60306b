"""Changes of RDS instances that are in progress.

RDS rejects a change while an instance is not available. Real changes take minutes, simulated ones no time.
So the provider holds each answer for a moment. If Terraform meanwhile asks for another change of the same
instance, then the configuration does not order the two.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html#Overview.DBInstance.Status
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from arqctl.offline.aws.checks.resource import Resource, make_error
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.diagnostic import Diagnostic

_HOLD_SECONDS = 0.3
# A killed apply leaves its claim.
_CLAIM_SECONDS = 30
# Types whose creation changes an instance, with the argument that names it. A proxy target needs an available
# instance, too.
_CHANGING = {
    "aws_db_instance": "replicate_source_db",
    "aws_db_instance_automated_backups_replication": "source_db_instance_arn",
    "aws_db_proxy_target": "db_instance_identifier",
}


@contextmanager
def changed_instance(
    resource: Resource, store: ResourceStore, hold: Callable[[], None] = lambda: time.sleep(_HOLD_SECONDS)
) -> Iterator[Diagnostic | None]:
    """Yield why RDS rejects the creation of `resource` now, or None. Then hold the answer."""
    argument = _CHANGING.get(resource.type, "")
    # The last part of an ARN is the identifier.
    instance = (resource.get_text(argument) or "").rpartition(":")[2]
    if not instance or resource.account is None:
        yield None
        return
    claim = f"aws_db_instance/{instance}"
    if other := store.claim(resource.account, claim, resource.type, seconds=_CLAIM_SECONDS):
        yield make_error(
            "Database instance is not available",
            f"The creation of {other} is changing {instance} (InvalidDBInstanceState). Add that resource to "
            "depends_on.",
            argument,
        )
        return
    try:
        yield None
        hold()
    finally:
        store.release(resource.account, claim)
