"""The recovery objectives of the environments. Synthesis refuses what a configuration can't reach."""

from typing import Final

from constructs_arq.core.recovery import (
    DataSet,
    Loss,
    NotRecovered,
    Recovery,
    RecoveryObjectives,
    hours,
    minutes,
)

# The person or the board that answers for the data, and decided. A deployment to AWS refuses this example.
_DATA_OWNER: Final = "owner-of-data@arq.example"
# With backups.cross_account_copy, all three can be recovered: replace them by Recovery(…).
_DATABASE_OF_ACCOUNT: Final = NotRecovered(
    reason="the database, its snapshots, both vaults and the dumps are in this account: all data is lost "
    "for good. backups.cross_account_copy keeps a daily backup",
    accepted_by=_DATA_OWNER,
)
_SERVICES_OF_ACCOUNT: Final = NotRecovered(
    reason="the services start again from the repository, but their database is lost for good",
    accepted_by=_DATA_OWNER,
)
_STATE_OF_ACCOUNT: Final = NotRecovered(
    reason="the state and its copy are in this account. Its resources are lost too, and Terraform makes new "
    "ones in another account",
    accepted_by=_DATA_OWNER,
)
_UNCHANGED: Final = Recovery(rto=minutes(0), rpo=minutes(0))

PRODUCTION_RECOVERY: Final[RecoveryObjectives] = {
    Loss.INSTANCE: {
        DataSet.SERVICES: Recovery(rto=minutes(15), rpo=minutes(0)),
        DataSet.DATABASE: Recovery(rto=minutes(15), rpo=minutes(0)),
        DataSet.CACHE: Recovery(rto=minutes(15), rpo=minutes(5)),
        DataSet.METRICS: _UNCHANGED,
        DataSet.LOGS: _UNCHANGED,
    },
    Loss.ZONE: {
        DataSet.SERVICES: Recovery(rto=minutes(15), rpo=minutes(0)),
        DataSet.DATABASE: Recovery(rto=minutes(15), rpo=minutes(0)),
        DataSet.CACHE: Recovery(rto=minutes(15), rpo=minutes(5)),
        DataSet.SITE: _UNCHANGED,
        DataSet.STATE: _UNCHANGED,
        DataSet.IMAGES: _UNCHANGED,
        DataSet.SECRETS: _UNCHANGED,
        DataSet.QUEUE: _UNCHANGED,
        DataSet.METRICS: _UNCHANGED,
        DataSet.LOGS: _UNCHANGED,
    },
    # All of these need a person. 15 minutes are not reachable: the page and the engineer take 10 of them.
    Loss.TABLE: {
        DataSet.DATABASE: Recovery(rto=hours(6), rpo=minutes(5)),
        DataSet.SITE: Recovery(rto=minutes(30), rpo=minutes(0)),
        DataSet.STATE: Recovery(rto=minutes(30), rpo=minutes(0)),
        DataSet.IMAGES: Recovery(rto=minutes(30), rpo=minutes(0)),
        DataSet.SECRETS: Recovery(rto=minutes(30), rpo=minutes(0)),
    },
    Loss.DATABASE: {
        DataSet.SERVICES: Recovery(rto=minutes(45), rpo=minutes(10)),
        DataSet.DATABASE: Recovery(rto=minutes(45), rpo=minutes(10)),
    },
    # The standby waits for a person too.
    Loss.REGION: {
        DataSet.SERVICES: Recovery(rto=minutes(40), rpo=minutes(10)),
        DataSet.DATABASE: Recovery(rto=minutes(30), rpo=minutes(10)),
        DataSet.CACHE: Recovery(rto=minutes(15), rpo=None),
        DataSet.SITE: Recovery(rto=minutes(15), rpo=minutes(15)),
        DataSet.STATE: Recovery(rto=minutes(30), rpo=minutes(15)),
        DataSet.IMAGES: Recovery(rto=minutes(15), rpo=minutes(30)),
        DataSet.SECRETS: Recovery(rto=minutes(15), rpo=minutes(5)),
        DataSet.QUEUE: Recovery(rto=minutes(15), rpo=None),
        DataSet.METRICS: Recovery(rto=minutes(15), rpo=None),
        DataSet.LOGS: Recovery(rto=minutes(15), rpo=None),
    },
    Loss.ACCOUNT: {
        DataSet.SERVICES: _SERVICES_OF_ACCOUNT,
        DataSet.DATABASE: _DATABASE_OF_ACCOUNT,
        DataSet.SITE: Recovery(rto=hours(30), rpo=minutes(0)),
        DataSet.STATE: _STATE_OF_ACCOUNT,
        DataSet.IMAGES: Recovery(rto=hours(30), rpo=minutes(0)),
        DataSet.SECRETS: Recovery(rto=hours(30), rpo=minutes(0)),
    },
}
"""Fifteen minutes hold for the loss of an instance and of a zone, and for the site's files."""

STAGING_RECOVERY: Final[RecoveryObjectives] = {
    **PRODUCTION_RECOVERY,
    # Its database is smaller, but nobody is paged less.
    Loss.TABLE: {
        **PRODUCTION_RECOVERY[Loss.TABLE],
        DataSet.DATABASE: Recovery(rto=hours(3), rpo=minutes(5)),
    },
    # It has no standby.
    Loss.REGION: {
        DataSet.SERVICES: Recovery(rto=hours(14), rpo=minutes(30)),
        DataSet.DATABASE: Recovery(rto=hours(14), rpo=minutes(30)),
        DataSet.CACHE: Recovery(rto=hours(14), rpo=None),
        DataSet.SITE: Recovery(rto=minutes(15), rpo=minutes(15)),
        DataSet.STATE: Recovery(rto=minutes(30), rpo=minutes(15)),
        DataSet.IMAGES: Recovery(rto=hours(14), rpo=minutes(0)),
        DataSet.SECRETS: Recovery(rto=hours(14), rpo=minutes(0)),
        DataSet.QUEUE: Recovery(rto=hours(14), rpo=None),
        DataSet.METRICS: Recovery(rto=hours(14), rpo=None),
        DataSet.LOGS: Recovery(rto=hours(14), rpo=None),
    },
}

_DEV_DATA: Final = NotRecovered(
    reason="dev has generated data only, which the migrations create again", accepted_by=_DATA_OWNER
)
_DAYS: Final = Recovery(rto=hours(96), rpo=minutes(0))
_DAYS_EMPTY: Final = Recovery(rto=hours(96), rpo=None)

DEV_RECOVERY: Final[RecoveryObjectives] = {
    Loss.INSTANCE: {
        DataSet.SERVICES: Recovery(rto=hours(1), rpo=minutes(0)),
        DataSet.DATABASE: Recovery(rto=hours(1), rpo=minutes(0)),
        DataSet.CACHE: Recovery(rto=hours(1), rpo=None),
        DataSet.METRICS: Recovery(rto=hours(1), rpo=minutes(0)),
        DataSet.LOGS: Recovery(rto=hours(1), rpo=minutes(0)),
    },
    # Nobody is paged, so a weekend can pass before somebody reads the mail.
    Loss.ZONE: {
        DataSet.SERVICES: Recovery(rto=hours(96), rpo=minutes(5)),
        DataSet.DATABASE: Recovery(rto=hours(96), rpo=minutes(5)),
        DataSet.CACHE: _DAYS_EMPTY,
        DataSet.SITE: _UNCHANGED,
        DataSet.STATE: _UNCHANGED,
        DataSet.IMAGES: _UNCHANGED,
        DataSet.METRICS: _DAYS_EMPTY,
        DataSet.LOGS: _DAYS_EMPTY,
    },
    Loss.TABLE: {
        DataSet.DATABASE: Recovery(rto=hours(96), rpo=minutes(5)),
        DataSet.SITE: _DAYS,
        DataSet.STATE: _DAYS,
        DataSet.IMAGES: _DAYS,
    },
    Loss.DATABASE: {
        DataSet.SERVICES: Recovery(rto=hours(96), rpo=minutes(5)),
        DataSet.DATABASE: Recovery(rto=hours(96), rpo=minutes(5)),
    },
    Loss.REGION: {
        DataSet.SERVICES: _DEV_DATA,
        DataSet.DATABASE: _DEV_DATA,
        DataSet.CACHE: _DAYS_EMPTY,
        DataSet.SITE: Recovery(rto=minutes(15), rpo=minutes(15)),
        DataSet.STATE: Recovery(rto=hours(96), rpo=minutes(15)),
        DataSet.IMAGES: _DAYS,
        DataSet.METRICS: _DAYS_EMPTY,
        DataSet.LOGS: _DAYS_EMPTY,
    },
    Loss.ACCOUNT: {
        DataSet.SERVICES: _DEV_DATA,
        DataSet.DATABASE: _DEV_DATA,
        DataSet.SITE: _DAYS,
        DataSet.STATE: _STATE_OF_ACCOUNT,
        DataSet.IMAGES: _DAYS,
    },
}
