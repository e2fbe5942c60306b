"""Charges of each resource type, one module per group of types."""

from collections.abc import Mapping

from arqctl.cost.charges.audit import AUDIT
from arqctl.cost.charges.backup import BACKUP
from arqctl.cost.charges.builds import BUILDS
from arqctl.cost.charges.cache import CACHE
from arqctl.cost.charges.charge import ChargeFunction
from arqctl.cost.charges.cluster import CLUSTER
from arqctl.cost.charges.cluster_volumes import CLUSTER_VOLUMES
from arqctl.cost.charges.compute import COMPUTE
from arqctl.cost.charges.database import DATABASE
from arqctl.cost.charges.distribution import DISTRIBUTION
from arqctl.cost.charges.events import EVENTS
from arqctl.cost.charges.monitoring import MONITORING
from arqctl.cost.charges.network import NETWORK
from arqctl.cost.charges.security import SECURITY
from arqctl.cost.charges.storage import STORAGE

CHARGES_BY_TYPE: Mapping[str, ChargeFunction] = {
    **COMPUTE,
    **CLUSTER,
    **CLUSTER_VOLUMES,
    **DATABASE,
    **CACHE,
    **NETWORK,
    **SECURITY,
    **MONITORING,
    **STORAGE,
    **EVENTS,
    **BACKUP,
    **AUDIT,
    **BUILDS,
    **DISTRIBUTION,
}
"""By resource type. An undeterminable charge has an unknown quantity, so nothing is free by mistake."""
