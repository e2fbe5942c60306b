"""All checks of AWS, and how they run: concurrently, each on its own."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count

from arqctl.core.aws_api import AwsApi, AwsError
from arqctl.core.progress import ProgressCallback
from arqctl.doctor.aws import account
from arqctl.doctor.aws.account_defaults import ENCRYPTION, METADATA, PUBLIC_ACCESS
from arqctl.doctor.aws.addon_versions import ADDON_VERSIONS
from arqctl.doctor.aws.anomaly_monitors import ANOMALY_MONITORS
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, IncompleteStackError, unknown
from arqctl.doctor.aws.cloudfront import CLOUDFRONT
from arqctl.doctor.aws.configuration import Configuration
from arqctl.doctor.aws.connections import CONNECTIONS
from arqctl.doctor.aws.database_classes import DATABASE_CLASSES
from arqctl.doctor.aws.drills import DRILLS
from arqctl.doctor.aws.existing_services import EXISTING_SERVICES
from arqctl.doctor.aws.heartbeats import HEARTBEATS
from arqctl.doctor.aws.hosted_zones import HOSTED_ZONES
from arqctl.doctor.aws.identity_providers import IDENTITY_PROVIDERS
from arqctl.doctor.aws.instance_types import INSTANCE_TYPES
from arqctl.doctor.aws.node_releases import NODE_RELEASES
from arqctl.doctor.aws.pager_connections import PAGER_CONNECTIONS
from arqctl.doctor.aws.public_networks import PUBLIC_NETWORKS
from arqctl.doctor.aws.quotas.all_quotas import QUOTA_CHECKS
from arqctl.doctor.aws.regions import REGIONS
from arqctl.doctor.aws.roles import ACCESS_ROLES, BOUNDARIES, DELIVERY_ROLES
from arqctl.doctor.aws.root_user import ROOT_USER
from arqctl.doctor.aws.service_linked_roles import SERVICE_LINKED_ROLES
from arqctl.doctor.aws.standby_replicas import STANDBY_REPLICAS
from arqctl.doctor.aws.state import STATE_BUCKET, STATE_KEY
from arqctl.doctor.aws.stored_secrets import STORED_SECRETS
from arqctl.doctor.aws.subscriptions import SUBSCRIPTIONS
from arqctl.doctor.aws.zone_delegation import DELEGATION
from arqctl.doctor.aws.zones import ZONES
from arqctl.doctor.check import Check, Status

CHECKS: tuple[AwsCheck, ...] = (
    REGIONS,
    ZONES,
    STATE_BUCKET,
    STATE_KEY,
    SERVICE_LINKED_ROLES,
    DELIVERY_ROLES,
    BOUNDARIES,
    IDENTITY_PROVIDERS,
    ENCRYPTION,
    METADATA,
    PUBLIC_ACCESS,
    PUBLIC_NETWORKS,
    ANOMALY_MONITORS,
    EXISTING_SERVICES,
    ROOT_USER,
    ACCESS_ROLES,
    HOSTED_ZONES,
    DELEGATION,
    CLOUDFRONT,
    INSTANCE_TYPES,
    DATABASE_CLASSES,
    ADDON_VERSIONS,
    NODE_RELEASES,
    *QUOTA_CHECKS,
    CONNECTIONS,
    STORED_SECRETS,
    STANDBY_REPLICAS,
    SUBSCRIPTIONS,
    PAGER_CONNECTIONS,
    DRILLS,
    HEARTBEATS,
)
"""The checks in the order of the report, after that of the account."""

NAMES = (account.NAME, *(check.name for check in CHECKS))
ACTIONS = frozenset(account.ACTIONS).union(*(check.actions for check in CHECKS))
"""The IAM actions that all checks need."""

_DENIED = frozenset(
    {"AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation", "403"}
)
_CONCURRENT_CALLS = 4 * (os.cpu_count() or 1)


def check_aws(
    api: AwsApi, configuration: Configuration, largest: Configuration, on_progress: ProgressCallback
) -> list[Check]:
    """Check the account; if it is the environment's, run all other checks.

    `largest` is the configuration for which quotas must suffice: with a standby, that after a failover.

    Raises:
        InputError: when AWS rejects the credentials or can't be reached.
    """
    on_progress("asking AWS for the account")
    found, context = account.check_account(api, configuration)
    if found.status is Status.MISSING:
        return [found]
    checks = [_of(largest, each) if each in QUOTA_CHECKS else each for each in CHECKS]
    return [found, *run_checks(checks, context, on_progress)]


def _of(configuration: Configuration, check: AwsCheck) -> AwsCheck:
    """Return a check of another configuration."""
    return replace(check, run=lambda context: check.run(replace(context, configuration=configuration)))


def run_checks(checks: Sequence[AwsCheck], context: AwsContext, on_progress: ProgressCallback) -> list[Check]:
    """Run the checks concurrently, and return their results in the given order."""
    done = count(1)

    def run(check: AwsCheck) -> list[Check]:
        results = _run(check, context)
        on_progress(f"checked {next(done)} of {len(checks)}: {check.name}")
        return results

    with ThreadPoolExecutor(_CONCURRENT_CALLS) as pool:
        return [result for results in pool.map(run, checks) for result in results]


def _run(check: AwsCheck, context: AwsContext) -> list[Check]:
    """Run a check. Without an answer its result is unknown, and so not fine."""
    try:
        return list(check.run(context))
    except AwsError as error:
        return [unknown(check.name, str(error), _fix(check, error))]
    except IncompleteStackError as error:
        return [unknown(check.name, error.found, error.fix)]


def _fix(check: AwsCheck, error: AwsError) -> str:
    if error.code in _DENIED:
        return f"Allow {', '.join(dict.fromkeys(check.actions))}"
    return error.fix or "Run it again"
