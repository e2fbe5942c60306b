"""Promotions and deletions of database instances, which happen outside of Terraform.

After a promotion, RDS reports no source of the replica, and Terraform reads it so. A configuration with a
source is an update that the provider for AWS refuses: it can end a replication, but can't start one again.
A deleted instance is not in the next state, and its id is not used again.
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_PromoteReadReplica.html
https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/rds/instance.go
"""

from collections.abc import Iterator, Mapping

from arqctl.offline.aws.account import Account
from arqctl.offline.aws.checks.resource import Resource, make_error
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.aws.stored_resource import StoredResource
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Value

_TYPE = "aws_db_instance"
_SOURCE = "replicate_source_db"
_STATUS = "status"
_DELETED = "deleted"


def promote_replica(store: ResourceStore, account: Account, identifier: str, *, backup_days: int) -> bool:
    """Promote a replica as RDS does: it loses its source, and keeps backups for `backup_days`.

    Return False if there is no replica with this identifier in the account's region.
    """
    found = find_instance(store, account, identifier)
    if found is None or not found.state.get(_SOURCE):
        return False
    promoted = {**found.state, _SOURCE: "", "backup_retention_period": backup_days}
    store.save(account, _TYPE, found.id, promoted)
    return True


def delete_instance(store: ResourceStore, account: Account, identifier: str) -> bool:
    """Delete an instance as an administrator does. Return False if there is none with this identifier."""
    found = find_instance(store, account, identifier)
    if found is not None:
        store.save(account, _TYPE, found.id, {"id": found.id, _STATUS: _DELETED})
    return found is not None


def find_instance(store: ResourceStore, account: Account, identifier: str) -> StoredResource | None:
    """Return the instance with this identifier in the account's region."""
    instances = store.list_resources(account, _TYPE)
    return next((each for each in instances if each.state.get("identifier") == identifier), None)


def observe_instance(
    state: dict[str, Value], store: ResourceStore, account: Account
) -> dict[str, Value] | None:
    """Return the state of an instance as RDS reports it: after a promotion, without a source.

    Return None if it was deleted.
    """
    stored = _find(state, store, account)
    if stored is not None and stored.state.get(_STATUS) == _DELETED:
        return None
    if not state.get(_SOURCE) or stored is None or stored.state.get(_SOURCE):
        return state
    changed = (_SOURCE, "backup_retention_period")
    return {**state, **{name: stored.state.get(name) for name in changed}}


def check_source(resource: Resource, store: ResourceStore) -> Iterator[Diagnostic]:
    """Check that an update does not give a source to an instance that exists."""
    if resource.type != _TYPE or resource.account is None:
        return
    source, stored = resource.get_text(_SOURCE), _find(resource.values, store, resource.account)
    if source and stored and stored.state.get(_SOURCE) != source:
        yield make_error(
            "Cannot elect new source database for replication",
            f"{resource.get_text('identifier')} exists and does not replicate {source}. The provider for AWS "
            f"refuses this. Add {_SOURCE} to ignore_changes, or remove it.",
            _SOURCE,
        )


def _find(state: Mapping[str, Value], store: ResourceStore, account: Account) -> StoredResource | None:
    name = state.get("id")
    return store.find(account, _TYPE, name) if isinstance(name, str) else None
