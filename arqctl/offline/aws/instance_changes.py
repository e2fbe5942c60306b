"""Changes of RDS instances that are in progress.

RDS rejects a change while an instance is not available. Real changes take minutes, simulated ones no time.
So the provider holds each answer for a moment. If Terraform meanwhile asks for another change of the same
instance, then the configuration does not order the two.
A copy of backups leaves its source in `modifying`: the provider for AWS waits for the copy only. So no change
may follow it in the same apply. https://github.com/hashicorp/terraform-provider-aws/issues/43474
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html#Overview.DBInstance.Status
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from arqctl.offline.aws.checks.resource import Resource, make_error
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.diagnostic import Diagnostic

_HOLD_SECONDS = 0.3
# An apply never takes longer. Its claims have its process id, so the next apply does not find them.
_CLAIM_SECONDS = 24 * 3600
_COPY = "aws_db_instance_automated_backups_replication"
# Types whose creation changes an instance, with the argument that names it. A proxy target needs an available
# instance, too.
_CHANGING = {
    "aws_db_instance": "replicate_source_db",
    _COPY: "source_db_instance_arn",
    "aws_db_proxy_target": "db_instance_identifier",
}


@contextmanager
def changed_instance(
    resource: Resource,
    store: ResourceStore,
    *,
    apply: int,
    hold: Callable[[], None] = lambda: time.sleep(_HOLD_SECONDS),
) -> Iterator[Diagnostic | None]:
    """Yield why RDS rejects the creation of `resource` now, or None. Then hold the answer.

    `apply` identifies the apply: it is the process id of Terraform, which starts all providers.
    """
    argument = _CHANGING.get(resource.type, "")
    # The last part of an ARN is the identifier.
    instance = (resource.get_text(argument) or "").rpartition(":")[2]
    if not instance or resource.account is None:
        yield None
        return
    claim = f"aws_db_instance/{instance}/{apply}"
    if other := store.claim(resource.account, claim, resource.type, seconds=_CLAIM_SECONDS):
        yield make_error(
            "Database instance is not available",
            f"The creation of {other} is changing {instance} (InvalidDBInstanceState). {_fix(other)}",
            argument,
        )
        return
    is_available = True
    try:
        yield None
        hold()
        is_available = resource.type != _COPY
    finally:
        if is_available:
            store.release(resource.account, claim)


def _fix(other: str) -> str:
    if other == _COPY:
        return f"Create the {_COPY} last: add this resource to its depends_on."
    return "Add that resource to depends_on."
