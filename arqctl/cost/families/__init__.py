"""What each type of resource is charged for: one file a family of types."""

from collections.abc import Mapping

from arqctl.cost.charge import Charging
from arqctl.cost.families.cache import CACHE
from arqctl.cost.families.cluster import CLUSTER
from arqctl.cost.families.compute import COMPUTE
from arqctl.cost.families.database import DATABASE
from arqctl.cost.families.monitoring import MONITORING
from arqctl.cost.families.network import NETWORK
from arqctl.cost.families.security import SECURITY

CHARGING: Mapping[str, Charging] = {
    **COMPUTE,
    **CLUSTER,
    **DATABASE,
    **CACHE,
    **NETWORK,
    **SECURITY,
    **MONITORING,
}
"""By type. A type that is here is never free by mistake: what it can't tell, it leaves unknown."""
